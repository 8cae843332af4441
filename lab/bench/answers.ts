/**
 * Do an edge's answers tell by their time what they say? The real machine over the real SQLite
 * store, requests of every kind mixed at random with exponential pauses; the time from a
 * request's arrival to its answer's leaving, each kind against all others together
 * (Kolmogorov-Smirnov). `ks_p_min` is the smallest p times the number of kinds. Control: the same
 * with a store that takes 2 ms longer than the turn-around for new boxes only, which must show in
 * `control_p`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBoxes } from '@tacet/adapters/boxes-sqlite';
import {
  equalBytes,
  type Millis,
  pick,
  type Rng,
  randomBytes,
  randomExponential,
} from '@tacet/base';
import { edKeyPair, systemRng } from '@tacet/crypto';
import { placement } from '@tacet/directory';
import { twoSampleKs } from '@tacet/e2e/lib';
import type { Injection, PacketInjector, ReplyBlock } from '@tacet/onion';
import {
  type BoxStore,
  EdgeMachine,
  type RelayEffect,
  runStoreCommand,
  TURNAROUND_MS,
} from '@tacet/relay';
import { makeTestNetwork, TEST_NOW } from '@tacet/testkit';
import {
  BOX_PLAINTEXT,
  type BoxId,
  type BoxRecord,
  type BoxRequest,
  encodeRequest,
  type Mark,
  markOf,
  sealRecord,
  signTombstone,
} from '@tacet/wire';

export interface AnswersOptions {
  /** Requests of each kind. */
  readonly each?: number;
  readonly say?: (line: string) => void;
}

const KINDS = [
  'stored',
  'same',
  'taken',
  'bad signature',
  'other home',
  'found',
  'empty',
  'tombstone',
  'bad tombstone',
] as const;
type Kind = (typeof KINDS)[number];

const PAUSE_MS = 2;
const CONTROL_LATE_MS = 2;
const rng: Rng = systemRng;
const network = makeTestNetwork({ seed: 'answers', edges: 4 });
const { epoch, networkId } = network.document;

export async function run(options: AnswersOptions = {}): Promise<Record<string, number>> {
  const { each = 800, say = () => undefined } = options;
  const times = await measure(each, (store) => store);
  const results = KINDS.map((kind) => ({ kind, ...compare(times, kind) }));
  for (const { kind, distance, p } of results) {
    const all = times.get(kind)?.toSorted((a, b) => a - b) ?? [];
    const at = (part: number): string => (all[Math.floor(part * all.length)] ?? 0).toFixed(2);
    say(
      `${kind.padEnd(14)} p50 ${at(0.5)} p99 ${at(0.99)} ms, distance ${distance.toFixed(3)}, p ${p.toFixed(3)}`,
    );
  }
  const control = compare(await measure(each, slowToStore), 'stored');
  return {
    requests: each * KINDS.length,
    ks_p_min: Math.min(1, KINDS.length * Math.min(...results.map(({ p }) => p))),
    ks_distance_max: Math.max(...results.map(({ distance }) => distance)),
    control_p: control.p,
    control_distance: control.distance,
  };
}

function compare(times: ReadonlyMap<Kind, readonly number[]>, kind: Kind) {
  const others = KINDS.filter((other) => other !== kind).flatMap((other) => times.get(other) ?? []);
  return twoSampleKs(times.get(kind) ?? [], others);
}

/** The planted difference. */
function slowToStore(store: BoxStore): BoxStore {
  return {
    put: async (box) => {
      const result = await store.put(box);
      if (result.outcome === 'stored') {
        await new Promise((done) => setTimeout(done, TURNAROUND_MS + CONTROL_LATE_MS));
      }
      return result;
    },
    get: (marks) => store.get(marks),
    tombstone: (mark, id, day) => store.tombstone(mark, id, day),
    expire: (today) => store.expire(today),
    count: () => store.count(),
    close: () => store.close(),
  };
}

async function measure(
  each: number,
  wrap: (store: BoxStore) => BoxStore,
): Promise<Map<Kind, number[]>> {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-bench-answers-'));
  const store = await openBoxes({ dir });
  try {
    return await ask(each, wrap(store));
  } finally {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function ask(each: number, store: BoxStore): Promise<Map<Kind, number[]>> {
  const self = network.edges[0];
  if (self === undefined) throw new RangeError('no edge');
  const asked = new Map<number, { readonly kind: Kind; readonly at: Millis }>();
  const times = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
  let done: () => void = () => undefined;
  const injector: PacketInjector = {
    enter: () => ({ drop: 'version' }),
    reply: (block: ReplyBlock): Injection => {
      const token = new DataView(block.buffer).getUint32(0);
      const request = asked.get(token);
      asked.delete(token);
      if (request) times.get(request.kind)?.push(performance.now() - request.at);
      if (asked.size === 0) done();
      return { epoch, next: 0, packet: new Uint8Array(0) };
    },
  };
  const machine = new EdgeMachine({
    injector,
    book: network.book(),
    self: self.hash,
    sign: self.identity,
    rng,
    joinSecret: network.card.joinSecret,
  });
  const start = performance.now();
  const now = (): Millis => TEST_NOW + performance.now() - start;
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => {
    if ((machine.deadline() ?? Infinity) <= now()) machine.advance(now());
    for (const effect of machine.drain()) perform(effect);
    clearTimeout(timer);
    timer = setTimeout(settle, Math.max(1, (machine.deadline() ?? Infinity) - now()));
  };
  const perform = (effect: RelayEffect): void => {
    if (effect.kind !== 'store') return;
    runStoreCommand(store, effect.command).then((result) => {
      machine.onStore(effect.token, result, now());
      settle();
    });
  };
  machine.onDocument(network.verified, now());
  settle();

  const known = Array.from({ length: 64 }, () => makeBox(self.hash, true));
  for (const box of known) await store.put({ ...box, expiryDay: 30_000 });
  const plan = KINDS.flatMap((kind) => Array<Kind>(each).fill(kind));
  const requests = shuffled(plan).map((kind) => ({
    kind,
    data: encodeRequest(request(kind, known)),
  }));
  let due = performance.now();
  for (const [token, { kind, data }] of requests.entries()) {
    due += randomExponential(rng, PAUSE_MS);
    const wait = due - performance.now();
    // A pause below the timers' step is left out: what follows comes in a burst, as on a link.
    if (wait >= 1) await new Promise((wake) => setTimeout(wake, wait));
    const block = new Uint8Array(4_742) as ReplyBlock;
    const view = new DataView(block.buffer);
    view.setUint32(0, token);
    view.setUint32(4_738, epoch);
    asked.set(token, { kind, at: performance.now() });
    machine.onOpened({ kind: 'request', epoch, delayMs: 0, data, block }, now());
    settle();
  }
  await new Promise<void>((resolve) => {
    done = resolve;
    if (asked.size === 0) resolve();
  });
  clearTimeout(timer);
  return times;
}

type Box = ReturnType<typeof makeBox>;

/** A fresh box whose homes include the edge, or do not. */
function makeBox(edge: Uint8Array, here: boolean) {
  for (;;) {
    const seed = randomBytes(rng, 32);
    const id = edKeyPair(seed).publicKey as BoxId;
    const mark = markOf(id);
    if (placement(network.verified, mark).some((home) => equalBytes(home, edge)) !== here) continue;
    const key = randomBytes(rng, 32);
    return { seed, key, id, mark, record: seal({ seed, key }) };
  }
}

function seal(secrets: { seed: Uint8Array; key: Uint8Array }): BoxRecord {
  return sealRecord(secrets, networkId, randomBytes(rng, BOX_PLAINTEXT));
}

function request(kind: Kind, known: readonly Box[]): BoxRequest {
  const self = network.edges[0]?.hash ?? new Uint8Array(32);
  const random = (): Mark => randomBytes(rng, 8) as Mark;
  const box = pick(rng, known);
  switch (kind) {
    case 'stored':
      return { kind: 'put', record: makeBox(self, true).record };
    case 'same':
      return { kind: 'put', record: box.record };
    case 'taken':
      return { kind: 'put', record: seal(box) };
    case 'bad signature': {
      const record = makeBox(self, true).record.slice() as BoxRecord;
      record[50] = (record[50] ?? 0) ^ 1;
      return { kind: 'put', record };
    }
    case 'other home':
      return { kind: 'put', record: makeBox(self, false).record };
    case 'found':
      return { kind: 'get', waitMs: 0, marks: [box.mark, pick(rng, known).mark, random()] };
    case 'empty':
      return { kind: 'get', waitMs: 0, marks: [random(), random(), random()] };
    case 'tombstone':
      return { kind: 'tombstone', id: box.id, signature: signTombstone(box.seed, networkId) };
    case 'bad tombstone':
      return { kind: 'tombstone', id: box.id, signature: randomBytes(rng, 64) };
  }
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
