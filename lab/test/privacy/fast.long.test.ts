/**
 * Fast, honestly: what a watcher of one line sees of a person who writes, that it is nothing else
 * than that, that an edge drops none of it, and what it brings.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, type Millis, randomBetween, SECOND } from '@tacet/base';
import { EdgeMachine } from '@tacet/relay';
import { seededRng } from '@tacet/testkit';
import type { Person } from '../../src/person.ts';
import type { Actor } from '../../src/scenarios/stage.ts';
import { exactly, meet } from '../../src/scenarios/steps.ts';
import { linkOfPerson, watched } from './watch.ts';

/** T and T' of the demonstration. */
const SLOT: Millis = 500;
const TEXTS = 30;
/** Thirty texts tell levels apart whose medians differ by a second, not by less. */
const WORLDS = 12;

interface Seen {
  /** Instants of frames up from Alice's line, in order. */
  readonly ups: readonly Millis[];
  readonly sizes: ReadonlySet<string>;
  readonly written: readonly Millis[];
  /** ms from writing to Bob's store, ascending. */
  readonly took: readonly Millis[];
  readonly early: number;
  readonly rates: number;
}

type Level = 'strong' | 'balanced' | 'fast';

/** Ten minutes of Alice's line at one level of both, in which she writes or does not. */
async function life(level: Level, writes: boolean, seed = 'fast'): Promise<Seen> {
  const { stage, rows } = watched(seed, { parameters: { digestMs: 5 * SECOND } });
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  for (const one of [alice, bob]) await one.setLevel(level);
  // Fast begins within 300 slots.
  await stage.pass(3 * MINUTE);
  assert.equal((await alice.status()).level, level);
  const { world } = stage;
  const person = stage.personOf(alice);
  const from = world.now;
  const written: Millis[] = [];
  const rng = seededRng(`instants ${seed}`);
  for (let n = 0; writes && n < TEXTS; n++) {
    world.time.at(from + n * 18 * SECOND + randomBetween(rng, 0, 10 * SECOND), () => {
      written.push(world.now);
      for (const [who, other] of [
        [person, 'bob'],
        [stage.personOf(bob), 'alice'],
      ] as const) {
        if (level !== 'strong') who.client.setWindowInUse(true, world.now);
        who.client.markRead(other, world.now);
      }
      person.client.sendText({ contactId: 'bob', text: `t${n}`, clientId: null }, world.now);
      world.pumpPerson(person);
    });
  }
  await stage.pass(10 * MINUTE);
  const line = linkOfPerson(rows, person, from).map((row) => row.split(' '));
  const machines = world.relays.map(({ machine }) => machine);
  const edges = machines.filter((machine) => machine instanceof EdgeMachine);
  const count = (name: 'early' | 'rate-refused'): number =>
    edges.reduce((sum, { counters }) => sum + (counters.snapshot()[name] ?? 0), 0);
  if (writes)
    await exactly(
      bob,
      'alice',
      Array.from({ length: TEXTS }, (_, n) => `t${n}`),
    );
  return {
    ups: line.filter(([, way]) => way === 'up').map(([at]) => Number(at)),
    sizes: new Set(line.map(([, , bytes]) => bytes ?? '')),
    written,
    took: writes ? await times(bob, person) : [],
    early: count('early'),
    rates: count('rate-refused'),
  };
}

async function times(bob: Actor, alice: Person): Promise<Millis[]> {
  const sent = new Map(
    alice.client
      .messages({ contactId: 'bob', limit: 500 })
      .map(({ text, sentAt }) => [text, sentAt]),
  );
  return (await bob.messages('alice'))
    .filter(({ text }) => sent.has(text))
    .map(({ text, arrivedAt }) => (arrivedAt ?? Infinity) - (sent.get(text) ?? 0))
    .sort((a, b) => a - b);
}

/** Frames that lie on no grid of the period. */
function beside(ups: readonly Millis[]): Millis[] {
  const phases = ups.map((at) => at % SLOT);
  const off = (a: number, b: number): number => Math.min(Math.abs(a - b), SLOT - Math.abs(a - b));
  const grid = phases.find(
    (one) => phases.filter((p) => off(p, one) < 1e-3).length > ups.length / 2,
  );
  return ups.filter((at) => off(at % SLOT, grid ?? 0) >= 1e-3);
}

test('rule 2.2: Fast at rest is the grid of Strong, no frame more', async () => {
  const { ups, sizes, early } = await life('fast', false);
  assert.deepEqual(beside(ups), []);
  assert.ok(ups.length >= 1_199 && ups.length <= 1_201, `${ups.length} frames in ten minutes`);
  assert.deepEqual(sizes, new Set(['12288']));
  assert.equal(early, 0);
});

test('rule 2.2: Fast shows when a person writes: a frame beside the grid within a period', async (t) => {
  const { ups, written, sizes, early, rates } = await life('fast', true);
  const extras = beside(ups);
  // Seen from the line alone: for nearly every text a frame leaves 40 ms after it was written.
  const shown = written.filter((at) => extras.some((one) => one > at && one <= at + SLOT));
  t.diagnostic(`${shown.length} of ${written.length} texts show; ${extras.length} extra frames`);
  assert.ok(shown.length >= 0.9 * TEXTS, 'this is what the level gives up');
  // And no more than that: one for a text, one for each box that came (receipts).
  assert.ok(extras.length >= shown.length && extras.length <= 3 * TEXTS, `${extras.length}`);
  assert.deepEqual(sizes, new Set(['12288']));
  assert.equal(early, 0, 'the edge drops none of them');
  assert.equal(rates, 0);
  const strong = await life('strong', true);
  assert.deepEqual(beside(strong.ups), []);
});

/** Median over so many texts that an eighth of a second, half a slot in use, stands out. */
async function median(level: Level): Promise<Millis> {
  const all: Millis[] = [];
  for (let n = 0; n < WORLDS; n++) all.push(...(await life(level, true, `world ${n}`)).took);
  return all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Infinity;
}

test('rule 2.2: a text arrives sooner by Fast than by Balanced, and by that sooner than by Strong', async (t) => {
  const [fast, balanced, strong] = [
    await median('fast'),
    await median('balanced'),
    await median('strong'),
  ];
  t.diagnostic(`p50 ${Math.round(fast)}, ${Math.round(balanced)}, ${Math.round(strong)} ms`);
  assert.ok(fast < balanced && balanced < strong, `${[fast, balanced, strong]}`);
});
