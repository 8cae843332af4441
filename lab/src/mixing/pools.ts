/**
 * Closed forms of a mix and of three layers (docs/spec/04-mixing.md, 6): the pool is
 * Poisson(lambda/mu), one mix hides among log2(e lambda/mu) bits, three layers seen at their ends
 * among log2(Lambda/mu) + 2.6655; departures are Poisson and say nothing about the pool they left.
 */
import type { Millis } from '@tacet/base';
import type { RelayEffect } from '@tacet/relay';
import { courseOf } from '../model-onion.ts';
import { atMost, type Check, close } from './check.ts';
import { Field } from './field.ts';
import { correlation, distanceFromExponential, mean, PoolBelief, variance } from './figures.ts';

/** 1 % of samples of a true exponential lie further away. */
const KS_ONE_PERCENT = 1.63;
/** Differential entropy of a sum of three exponentials of mean 1, in bits. */
const THREE_LAYERS = 2.6655;
const WARM_UP = 60;

export interface PoolOptions {
  readonly seed: number;
  /** Virtual seconds that are measured. */
  readonly seconds: number;
}

const MEAN: Millis = 1_000;
const PARAMETERS = { delayMeanMs: MEAN, poolFloor: 0 };

/** One mix of each layer in a network of two a layer, at 24 requests/s in all. */
export async function pools(options: PoolOptions): Promise<Check[]> {
  const checks: Check[] = [];
  for (const layer of [1, 2, 3]) checks.push(...(await onePool(layer, options)));
  return checks;
}

export async function onePool(layer: number, { seed, seconds }: PoolOptions): Promise<Check[]> {
  const arrivals: Millis[] = [];
  const departures: Millis[] = [];
  const entropies: number[] = [];
  const belief = new PoolBelief();
  const field = new Field({
    seed: `${seed}/${layer}`,
    mixesPerLayer: 2,
    rate: 24,
    parameters: PARAMETERS,
  });
  const [mix] = field.mixes(layer);
  if (mix === undefined) throw new RangeError('no mix in that layer');
  const { machine } = mix;
  // What goes in and out of the pool, by its size before and after each call of the machine.
  const began = field.world.now + WARM_UP * 1_000;
  const note = (before: number, now: Millis): void => {
    for (let n = before; n < machine.poolSize; n++) {
      belief.arrive();
      if (now >= began) arrivals.push(now);
    }
  };
  const onOpened = machine.onOpened.bind(machine);
  machine.onOpened = (opened, now) => {
    const before = machine.poolSize;
    const kept = onOpened(opened, now);
    note(before, now);
    return kept;
  };
  const advance = machine.advance.bind(machine);
  const drain = machine.drain.bind(machine);
  machine.advance = (now) => {
    const before = machine.poolSize;
    advance(now);
    const left = machine.drain();
    note(before - left.length, now);
    for (const effect of left) {
      const entropy = belief.depart();
      if (now >= began) {
        entropies.push(entropy);
        departures.push(now);
      }
      held.push(effect);
    }
  };
  const held: RelayEffect[] = [];
  machine.drain = () => [...held.splice(0), ...drain()];
  const sizes: number[] = [];
  const sample = (): void => {
    sizes.push(machine.poolSize);
    field.world.time.after(2 * MEAN, sample);
  };
  field.world.time.at(began, sample);
  await field.run(WARM_UP + seconds);

  const load = (arrivals.length / seconds) * (MEAN / 1_000);
  const gaps = departures.slice(1).map((at, i) => at - (departures[i] ?? at));
  const before = windows(departures, began, sizes.length);
  const into = windows(arrivals, began, sizes.length);
  const of = `layer ${layer}`;
  return [
    close(`${of}: mean of the pool over lambda/mu`, mean(sizes) / load, 1, 0.03),
    close(`${of}: variance of the pool over its mean`, variance(sizes) / mean(sizes), 1, 0.2),
    close(`${of}: bits of one mix`, mean(entropies), Math.log2(Math.E * load), 0.1),
    atMost(
      `${of}: departures' distance from exponential gaps`,
      distanceFromExponential(gaps, mean(gaps)),
      KS_ONE_PERCENT,
    ),
    close(`${of}: correlation of departures with the pool`, correlation(before, sizes), 0, 0.1),
    // The same figure for arrivals must show what the one above must not.
    close(`${of}: correlation of arrivals with the pool`, correlation(into, sizes), EXPECTED, 0.15),
  ];
}

/** Of arrivals in the last WINDOW means with a pool: (1 - e^-w) / sqrt(w). */
const WINDOW = 0.5;
const EXPECTED = (1 - Math.exp(-WINDOW)) / Math.sqrt(WINDOW);

/** How many of the moments lie in the window before each sample. */
function windows(moments: readonly Millis[], began: Millis, samples: number): number[] {
  const counts = new Array<number>(samples).fill(0);
  for (const at of moments) {
    const next = Math.ceil((at - began) / (2 * MEAN));
    const before = began + next * 2 * MEAN - at;
    if (next < samples && before < WINDOW * MEAN) counts[next] = (counts[next] ?? 0) + 1;
  }
  return counts;
}

/**
 * Three layers, seen only where packets enter layer 1 and leave layer 3. The watcher gives each
 * entry the likelihood of a sum of three exponentials; what the true entry costs him, in bits, is
 * the closed form exactly when delays are what they should be.
 */
export async function threeLayers({ seed, seconds }: PoolOptions): Promise<Check[]> {
  const entries: Millis[] = [];
  const enteredAt = new Map<object, Millis>();
  const entropies: number[] = [];
  const costs: number[] = [];
  const last = new Set<number>();
  const first = new Set<number>();
  const rate = 24;
  const field: Field = new Field({
    seed: `${seed}/three`,
    mixesPerLayer: 2,
    rate,
    parameters: PARAMETERS,
    drops: (from, to, packet) => {
      const course = packet === null ? undefined : courseOf(packet);
      if (course === undefined) return false;
      // A reply, or a loop on its way back, enters from an edge.
      if (first.has(to)) enter(course);
      if (last.has(from)) leave(course);
      return false;
    },
  });
  for (const { node } of field.mixes(1)) first.add(node.id);
  for (const { node } of field.mixes(3)) last.add(node.id);
  const began = field.world.now + WARM_UP * 1_000;
  const enter = (course: object): void => {
    entries.push(field.world.now);
    enteredAt.set(course, field.world.now);
  };
  field.onEnter = (path) => {
    enter(path);
    return true;
  };
  const leave = (course: object): void => {
    const { now } = field.world;
    const at = enteredAt.get(course);
    enteredAt.delete(course);
    if (at === undefined || now < began) return;
    let [total, weighed] = [0, 0];
    for (let i = entries.length - 1; i >= 0; i--) {
      const age = (now - (entries[i] ?? 0)) / MEAN;
      if (age > 40) break;
      const likely = age ** 2 * Math.exp(-age);
      total += likely;
      if (likely > 0) weighed += likely * Math.log(likely);
    }
    const age = (now - at) / MEAN;
    const own = age ** 2 * Math.exp(-age);
    entropies.push((Math.log(total) - weighed / total) / Math.LN2);
    if (own > 0) costs.push((Math.log(total) - Math.log(own)) / Math.LN2);
  };
  await field.run(WARM_UP + seconds);
  const counted = entries.filter((at) => at >= began).length;
  const bits = Math.log2((counted / seconds) * (MEAN / 1_000)) + THREE_LAYERS;
  return [
    close('three layers: bits of the watcher of the ends', mean(entropies), bits, 0.1),
    close('three layers: what the true entry costs him', mean(costs), bits, 0.1),
  ];
}
