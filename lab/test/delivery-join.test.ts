/** What the delivery bench takes off a text's time, on facts made by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact, SentFact } from '../bench/delivery/facts.ts';
import { joiner } from '../bench/delivery/join.ts';

const put: SentFact = {
  kind: 'sent',
  what: 'put',
  tag: 'p',
  replyId: 'rp',
  mark: 'm',
  edge: 'e1',
  slot: 1_000.25,
  out: [10, 20, 30, 999],
  back: [1, 1, 1, 0],
};
const read: SentFact = {
  kind: 'sent',
  what: 'read',
  tag: 'r',
  replyId: 'rr',
  mark: 'm',
  edge: 'e1',
  slot: 5_000,
  out: [40, 50, 60, 70],
  back: [5, 6, 7, 0],
};
const saved: Fact = { kind: 'saved', id: 's1', at: 5_600 };
/** The box is stored 4 ms, the answer queued 3 ms, the text saved 2 ms later than drawn. */
const edges: Fact[] = [
  { kind: 'stored', mark: 'm', at: 2_000 },
  { kind: 'entered', tag: 'p', delay: 100 },
  { kind: 'entered', tag: 'r', delay: 200 },
  { kind: 'stored', mark: 'm', at: 1_000.25 + 100 + 60 + 4 },
  { kind: 'queued', replyId: 'rr', at: 5_000 + 200 + 150 + 10 + 70 + 18 + 3 },
  { kind: 'told', replyId: 'rr', at: 5_598 },
];
const text = { partSentAt: [1_000], idAtReceiver: 's1' };
const near = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-9, `${actual} is not ${expected}`);

test('drawn delays, turn-around and the wait in the down queue are taken off', () => {
  const sample = joiner([put], [read, saved], edges).sample(text);
  near(sample?.putMs, 4);
  near(sample?.getMs, 3);
  near(sample?.saveMs, 2);
  near(sample?.beyondMs, 9);
  near(sample?.downQueueMs, 5_598 - 5_451);
  near(sample?.announceMs, 5_000 - 1_164.25);
  assert.equal(sample?.standing, false);
});

test('a standing read is counted from the moment its box is stored', () => {
  const standing: SentFact = { ...read, what: 'standing', slot: 500 };
  const facts = edges.map((fact) =>
    fact.kind === 'queued' ? { ...fact, at: 1_164.25 + 10 + 70 + 18 + 3 } : fact,
  );
  const sample = joiner([put], [standing, saved], facts).sample(text);
  near(sample?.getMs, 3);
  assert.deepEqual([sample?.standing, sample?.announceMs], [true, 0]);
});

test('of several reads of one box the last answered before the text was saved counts', () => {
  const empty: SentFact = { ...read, replyId: 'r0', tag: 'r0', slot: 4_000 };
  const facts: Fact[] = [...edges, { kind: 'told', replyId: 'r0', at: 5_000 }];
  near(joiner([put], [empty, read, saved], facts).sample(text)?.getMs, 3);
});

test('texts with a retry, or read at another edge, are left out', () => {
  const one = joiner([put], [read, saved], edges);
  assert.equal(one.sample({ ...text, partSentAt: [1_000, 9_000] }), null);
  assert.equal(one.sample({ ...text, partSentAt: [1_001] }), null);
  assert.equal(one.sample({ ...text, idAtReceiver: 's2' }), null);
  assert.equal(joiner([put], [{ ...read, edge: 'e2' }, saved], edges).sample(text), null);
  assert.equal(joiner([put], [{ ...read, what: 'cover' }, saved], edges).sample(text), null);
});
