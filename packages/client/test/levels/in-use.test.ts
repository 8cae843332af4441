/**
 * Periods of use (docs/spec/17-levels.md, 3): how long they are, what a restart does to them, and
 * whether those of nobody can be told from those of a person by their length.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, type Millis, type Rng, randomBetween } from '@tacet/base';
import { type MemoryStore, seededRng } from '@tacet/testkit';
import { InUse, LEAST, MOST, visit } from '../../src/levels/in-use.ts';
import type { ProfileStore } from '../../src/ports.ts';
import { migratedStore } from '../migrated-store.ts';

const START: Millis = 20_000 * DAY;

function openStore(): MemoryStore {
  const store = migratedStore();
  return store;
}

/** Beginnings and ends of periods in some days, looked at each minute. */
function periods(seed: string, days: number, restarts = false): [Millis, Millis][] {
  const rng = seededRng(seed);
  const store = openStore();
  let use = new InUse(store, rng, START);
  const found: [Millis, Millis][] = [];
  let from: Millis | null = null;
  for (let now = START; now < START + days * DAY; now += MINUTE) {
    if (restarts && (now - START) % (7 * MINUTE) === 0) use = new InUse(store, rng, now);
    use.advance(now);
    const active = now < use.end;
    if (active && from === null) from = now;
    if (!active && from !== null) {
      found.push([from, now]);
      from = null;
    }
  }
  return found;
}

/** Keeps nothing: for lengths alone. */
const nowhere = {
  get: () => undefined,
  run: () => ({ changes: 0, rowId: 0 }),
} as unknown as ProfileStore;

/** Length of the period that a person makes who looks for `looked` at a window. */
function length(rng: Rng, looked: Millis): Millis {
  const use = new InUse(nowhere, rng, START);
  // Nobody's visits would add to it.
  for (let at = START; at <= START + looked; at += MINUTE) use.beat(at);
  return use.end - START;
}

function lengths(seed: string, n: number, looked: (rng: Rng) => Millis): number[] {
  const rng = seededRng(seed);
  return Array.from({ length: n }, () => length(rng, looked(rng)) / MINUTE);
}

/** Largest distance of two distribution functions, and its 0.1 % point for samples of that size. */
function kolmogorov(a: readonly number[], b: readonly number[]): { d: number; bound: number } {
  const points = [...a, ...b].sort((x, y) => x - y);
  const below = (s: readonly number[], x: number) =>
    s.reduce((n, v) => n + (v <= x ? 1 : 0), 0) / s.length;
  const d = Math.max(...points.map((x) => Math.abs(below(a, x) - below(b, x))));
  return { d, bound: 1.95 * Math.sqrt((a.length + b.length) / (a.length * b.length)) };
}

test('rule 2.2: a period lasts thirty minutes at least, also after the last sign of a window', () => {
  const rng = seededRng('least');
  for (let n = 0; n < 300; n++) {
    const looked = randomBetween(rng, 0, 3 * HOUR);
    const took = length(rng, looked);
    assert.ok(took - looked >= LEAST - MINUTE && took - looked <= LEAST + MOST, `${took}`);
  }
});

test('rule 2.2: periods without a person come about three times a day, at any hour', () => {
  const found = periods('nobody', 150);
  const perDay = found.length / 150;
  assert.ok(perDay > 2 && perDay < 3.6, `${perDay} a day`);
  for (let quarter = 0; quarter < 4; quarter++) {
    const there = found.filter(([from]) => Math.floor((from % DAY) / (6 * HOUR)) === quarter);
    assert.ok(there.length > found.length / 8, `${there.length} in quarter ${quarter}`);
  }
});

test("rule 2.2: a person who looks for as long as nobody's visits last makes periods of the same lengths", () => {
  const nobody = periods('nobody', 150).map(([from, to]) => (to - from) / MINUTE);
  const person = lengths('person', 400, visit);
  const same = kolmogorov(nobody, person);
  assert.ok(same.d < same.bound, `${same.d} of ${same.bound}`);
  // Planted: somebody who always looks for three hours shows by the length.
  const long = kolmogorov(
    nobody,
    lengths('long', 400, () => 3 * HOUR),
  );
  assert.ok(long.d > 2 * long.bound, `${long.d}`);
});

test('rule 2.2: when within a block a window is closed is nowhere in the length', () => {
  // Closed after two minutes or after twelve, both within the first block's first half mostly.
  const early = lengths('early', 1_500, () => 2 * MINUTE).filter((m) => m <= 60);
  const later = lengths('later', 1_500, () => 12 * MINUTE).filter((m) => m > 42 && m <= 60);
  const same = kolmogorov(
    early.filter((m) => m > 42),
    later,
  );
  assert.ok(same.d < same.bound, `${same.d} of ${same.bound}`);
});

test('a restart in the middle changes nothing that can be seen', () => {
  const found = periods('restarts', 60, true);
  assert.ok(found.length / 60 > 1.8, `${found.length / 60} a day`);
  for (const [from, to] of found) assert.ok(to - from >= LEAST, 'no period is cut');
  const store = openStore();
  const rng = seededRng('kill');
  const use = new InUse(store, rng, START);
  use.beat(START);
  assert.equal(new InUse(store, rng, START + MINUTE).end, Math.floor(use.end));
});

test('who slept through a visit does not make up for it, and a clock set back makes no weeks', () => {
  const store = openStore();
  const rng = seededRng('slept');
  new InUse(store, rng, START).setBack(0);
  const later = new InUse(store, rng, START + 30 * DAY);
  later.advance(START + 30 * DAY);
  assert.ok(later.end <= START + 30 * DAY);
  later.beat(START + 30 * DAY);
  assert.ok(new InUse(store, rng, START).end <= START + LEAST + MOST);
});
