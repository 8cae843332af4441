/** Fast: frames beside the grid, against the rule of the edge as docs/spec/03-links.md, 4 has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBetween } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { ExtraSlots } from '../../src/rhythm/extra-slots.ts';

/** `due` of the specification: null for an early frame. */
function edge(period: number, hello: number) {
  let due = hello + 2 * period;
  return (at: number): boolean => {
    if (at < due - 2 * period) return false;
    due = Math.max(due, at) + period;
    return true;
  };
}

/** Frames of a client that always has something urgent: instants, and which are slots. */
function greedy(period: number, grid: number, seconds: number, seed: string) {
  const rng = seededRng(seed);
  const extras = new ExtraSlots(period, 0);
  const sent: { at: number; slot: boolean }[] = [];
  let slot = randomBetween(rng, 0, grid);
  let now = 0;
  while (now < seconds * 1_000) {
    const at = extras.next(now, slot);
    const quiet = randomBetween(rng, 0, 1) < 0.2;
    if (at !== null && !quiet) {
      extras.left(at);
      sent.push({ at, slot: false });
      now = at;
    } else {
      extras.left(slot);
      sent.push({ at: slot, slot: true });
      now = slot;
      slot += grid;
    }
  }
  return sent;
}

for (const [period, grid] of [
  [1_000, 2_000],
  [250, 500],
  [1_000, 1_000],
  [700, 2_000],
] as const) {
  test(`rule 2.2: whoever always has something to send is never early (T' ${period}, T ${grid})`, () => {
    const sent = greedy(period, grid, 2_000, `${period}/${grid}`);
    const jitter = seededRng('jitter');
    const passes = edge(period, 0);
    let last = 0;
    for (const { at } of sent) {
      // Late by a period at most, and in order, as a line has it.
      last = Math.max(last, at + randomBetween(jitter, 0, period));
      assert.ok(passes(last), `a frame of ${at} was early`);
    }
    const slots = sent.filter((one) => one.slot).map(({ at }) => at);
    const gaps = slots.slice(1).map((at, n) => Math.round(at - (slots[n] ?? 0)));
    assert.deepEqual(new Set(gaps), new Set([grid]), 'the grid stays where it is');
    assert.ok(sent.length <= 2_000_000 / period + 2, 'no more frames than the edge lets through');
    if (grid > period) assert.ok(sent.length > 1.2 * slots.length, 'some leave beside the grid');
  });
}

test('rule 2.2: the same comparison catches an account that allows what the edge allows', () => {
  const passes = edge(1_000, 0);
  const sent = greedy(1_000, 2_000, 2_000, 'bad');
  const jitter = seededRng('jitter');
  let last = 0;
  let early = 0;
  for (const { at } of sent) {
    last = Math.max(last, at + randomBetween(jitter, 0, 4_000));
    if (!passes(last)) early += 1;
  }
  assert.ok(early > 0, 'lateness of four periods is more than it allows for');
});

test('after a pause one leaves at once, and the second a period later', () => {
  const extras = new ExtraSlots(1_000, 0);
  extras.left(10_000);
  assert.equal(extras.next(10_300, 12_000), 10_300);
  extras.left(10_300);
  assert.equal(extras.next(10_400, 12_000), 11_000);
  extras.left(11_000);
  assert.equal(extras.next(11_000, 12_000), null);
});
