/**
 * n-1 (docs/spec/04-mixing.md, 5): somebody holds back everything that comes to one mix, waits
 * until its pool must be empty, and lets one packet in. He sees all links, and here even the size
 * of the pool. Of the packets that leave he has to say which is his.
 */
import type { Millis } from '@tacet/base';
import type { MixMachine } from '@tacet/relay';
import { courseOf } from '../model-onion.ts';
import { atLeast, atMost, type Check } from './check.ts';
import { Field } from './field.ts';
import { mean } from './figures.ts';

const MEAN: Millis = 1_000;
const FLOOR = 12;
/** ln(26/0.01) means: by then a pool without floor is empty but for one time in a hundred. */
const FLUSH = Math.log(2_600) * MEAN;

export interface IsolationOptions {
  readonly seed: number;
  readonly targets: number;
}

interface Attack {
  /** Bits, for each target. */
  readonly entropies: number[];
  /** Pool of the victim when each target came in. */
  readonly pools: number[];
  /** Loops lost before the alarm. */
  readonly lostBefore: number[];
}

export async function isolation(options: IsolationOptions): Promise<Check[]> {
  const checks: Check[] = [];
  for (const layer of [1, 2, 3]) {
    const { entropies, pools, lostBefore } = await attack(layer, 'cut', options);
    checks.push(
      atLeast(`layer ${layer}: bits that hide the one packet let in`, mean(entropies), bits(FLOOR)),
      atLeast(`layer ${layer}: the least of them`, Math.min(...entropies), bits(FLOOR)),
      atLeast(`layer ${layer}: packets in the pool, mean`, mean(pools), FLOOR - 0.5),
      atMost(`layer ${layer}: loops lost before the alarm, at most`, Math.max(...lostBefore), 3),
    );
  }
  const flooded = await attack(2, 'flood', options);
  checks.push(
    atLeast('flooded with his own packets: bits', mean(flooded.entropies), bits(FLOOR)),
    atMost('flooded: loops lost before the alarm, at most', Math.max(...flooded.lostBefore), 3),
  );
  return checks;
}

function bits(n: number): number {
  return Math.log2(n);
}

/**
 * `cut`: nothing else comes in. `flood`: his own packets do, which he knows again when they leave,
 * more than would make a mix believe that its pool is full.
 */
async function attack(
  layer: number,
  kind: 'cut' | 'flood',
  { seed, targets }: IsolationOptions,
): Promise<Attack> {
  const cut = { on: false };
  const his = new Set<object>();
  const requests = new WeakSet<object>();
  let victim = -1;
  let held: Uint8Array | null = null;
  const field = new Field({
    seed: `${seed}/isolation/${layer}/${kind}`,
    mixesPerLayer: 2,
    rate: 24,
    parameters: { delayMeanMs: MEAN, poolFloor: FLOOR },
    drops: (_from, to, packet) => {
      const course = packet === null ? undefined : courseOf(packet);
      if (!cut.on || to !== victim || course === undefined || his.has(course)) return false;
      if (requests.has(course)) held = packet;
      return true;
    },
  });
  field.onEnter = (path, to, frame) => {
    requests.add(path);
    if (!cut.on || to !== victim) return true;
    held = frame;
    return false;
  };
  const [mix] = field.mixes(layer);
  if (mix === undefined) throw new RangeError('no mix in that layer');
  const { node, machine } = mix;
  victim = node.id;
  const { counters } = machine;
  let onAlarm = (): void => undefined;
  const add = counters.add.bind(counters);
  counters.add = (name, by) => {
    add(name, by);
    if (name === 'loop-alarm') onAlarm();
  };
  const watcher = new Watcher(machine, his);
  const found: Attack = { entropies: [], pools: [], lostBefore: [] };
  for (let n = 0; n < targets; n++) {
    await field.run(60);
    const lost = counters.get('loop-lost');
    cut.on = true;
    const stop = kind === 'flood' ? flood(field, victim, layer, his) : () => undefined;
    let seen: number | null = null;
    onAlarm = () => {
      seen ??= counters.get('loop-lost') - lost;
    };
    // Whoever floods has to wait until what was there before is gone, and the mix notices.
    await field.run(kind === 'flood' ? 60 : FLUSH / 1_000);
    if (held === null) throw new RangeError('nothing was held back');
    found.pools.push(watcher.unknown);
    watcher.begin();
    field.world.inject(node, held);
    await field.run(FLUSH / 1_000);
    found.entropies.push(watcher.entropy());
    await field.run(60);
    found.lostBefore.push(seen ?? Number.POSITIVE_INFINITY);
    stop();
    cut.on = false;
    held = null;
  }
  return found;
}

/** Forty of his own packets a second through the victim. */
function flood(field: Field, victim: number, layer: number, his: Set<object>): () => void {
  let on = true;
  const next = (): void => {
    if (!on) return;
    let { frame, path } = field.request();
    while (path.hops[layer - 1]?.index !== victim) ({ frame, path } = field.request());
    his.add(path);
    field.world.inject(field.nodeAt(path.hops[0].index), frame);
    field.world.time.after(25, next);
  };
  next();
  return () => {
    on = false;
  };
}

/**
 * What the watcher believes of the packet he let in: at each departure from a pool of n packets
 * that are not his own it is the one that leaves with its present share over n.
 */
class Watcher {
  private share = 1;
  private parts: number[] = [];
  private own = 0;
  private readonly machine: MixMachine;

  constructor(machine: MixMachine, his: ReadonlySet<object>) {
    this.machine = machine;
    const isHis = (frame: Uint8Array): boolean => {
      const course = courseOf(frame);
      return course !== undefined && his.has(course);
    };
    const onOpened = machine.onOpened.bind(machine);
    machine.onOpened = (opened, now) => {
      const before = machine.poolSize;
      const kept = onOpened(opened, now);
      if (opened.kind === 'forward' && isHis(opened.packet)) {
        this.own += machine.poolSize - before;
      }
      return kept;
    };
    const drain = machine.drain.bind(machine);
    machine.drain = () => {
      const effects = drain();
      const sent = effects.filter((effect) => effect.kind === 'send');
      const theirs = sent.filter((effect) => !isHis(effect.packet)).length;
      this.own -= sent.length - theirs;
      for (let n = this.unknown + theirs; n > this.unknown; n--) this.depart(n);
      return effects;
    };
  }

  /** Packets in the pool that he does not know. */
  get unknown(): number {
    return this.machine.poolSize - this.own;
  }

  begin(): void {
    this.share = 1;
    this.parts = [];
  }

  /** Bits of "which departure was it?", his doubt whether it has left at all included. */
  entropy(): number {
    const all = [...this.parts, this.share].filter((p) => p > 0);
    return -all.reduce((sum, p) => sum + p * Math.log2(p), 0);
  }

  private depart(n: number): void {
    const part = this.share / n;
    this.parts.push(part);
    this.share -= part;
  }
}
