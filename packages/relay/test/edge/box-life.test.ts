import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, HOUR } from '@tacet/base';
import { lifeDays } from '../../src/edge/box-life.ts';
import { makeEdge } from '../support/edge.ts';

test('rule 2.4: life is whole up to half full, falls linearly to 90 %, and ends at 95 %', () => {
  assert.equal(lifeDays(0, 21), 21);
  assert.equal(lifeDays(0.5, 21), 21);
  assert.equal(lifeDays(0.6, 21), 16);
  assert.equal(lifeDays(0.7, 21), 11);
  assert.equal(lifeDays(0.8, 21), 6);
  let before = 21;
  for (let full = 0; full < 0.95; full += 0.001) {
    const days = lifeDays(full, 21) ?? assert.fail(`refused at ${full}`);
    assert.ok(days <= before, 'never longer the fuller it is');
    assert.ok(days >= 2, 'a day at least, whatever the hour');
    before = days;
  }
  assert.equal(before, 2);
  for (const full of [0.95, 0.99, 1, 7]) assert.equal(lifeDays(full, 21), null);
  assert.equal(lifeDays(0.9, 1), 1, 'a network of one-day boxes keeps its day');
});

test('rule 2.4: an edge shortens life by its own count, then refuses; repeats are answered as ever', () => {
  const edge = makeEdge({ limits: { boxes: 100 } });
  const today = dayOf(edge.now);
  const put = (record: Uint8Array) => {
    edge.request({ kind: 'put', record: record as ReturnType<typeof edge.box>['record'] });
    edge.run(50);
    return edge.answers().at(-1)?.answer ?? assert.fail();
  };
  const first = edge.box();
  const lives: number[] = [];
  let refused = 0;
  for (let i = 0; i < 100; i++) {
    const answer = put(i === 0 ? first.record : edge.box().record);
    if (answer.status === 'stored') lives.push(answer.expiryDay - today);
    else if (answer.status === 'refused') refused += 1;
  }
  assert.equal(refused, 5);
  assert.equal(edge.counters()['put-no-room'], 5);
  assert.deepEqual(lives.slice(0, 51), Array(51).fill(21));
  assert.equal(lives[60], 16);
  assert.deepEqual(lives.slice(89), Array(6).fill(2));
  // The same record again: its own day, not today's life; another one under its mark: taken.
  assert.deepEqual(put(first.record), { status: 'stored', expiryDay: today + 21 });
  assert.deepEqual(put(first.seal(2)), { status: 'taken' });
  assert.equal(put(edge.box().record).status, 'refused');
});

test('room that a drop makes free is used at once', () => {
  const edge = makeEdge({ limits: { boxes: 20 } });
  for (let i = 0; i < 20; i++) {
    edge.request({ kind: 'put', record: edge.box().record });
    edge.run(50);
  }
  assert.equal(edge.answers().at(-1)?.answer.status, 'refused');
  const before = edge.boxes.execute({ kind: 'count' });
  edge.jump((dayOf(edge.now) + 2) * 24 * HOUR + 1_000);
  edge.run(0);
  const after = edge.boxes.execute({ kind: 'count' });
  assert.ok(before.kind === 'count' && after.kind === 'count' && after.count < before.count);
  const asked = edge.opener.replies.length;
  edge.request({ kind: 'put', record: edge.box().record }, 0);
  edge.run(50);
  assert.equal(edge.answers()[asked]?.answer.status, 'stored');
});

test('what other processes put into the same store counts', () => {
  const edge = makeEdge({ limits: { boxes: 100 } });
  edge.run(1_000);
  for (let i = 0; i < 96; i++) {
    const { mark, id, record } = edge.box();
    edge.boxes.execute({ kind: 'put', box: { mark, id, record, expiryDay: 30_000 } });
  }
  edge.run(61_000);
  edge.request({ kind: 'put', record: edge.box().record });
  edge.run(50);
  assert.equal(edge.answers().at(-1)?.answer.status, 'refused');
});

test('a repeated PUT on a later day names the day of the first', () => {
  const edge = makeEdge();
  const box = edge.box();
  const today = dayOf(edge.now);
  edge.request({ kind: 'put', record: box.record });
  edge.run(50);
  edge.jump(edge.now + 3 * 24 * HOUR);
  edge.run(0);
  edge.request({ kind: 'put', record: box.record });
  edge.run(50);
  const [first, again] = edge.answers();
  assert.deepEqual(again?.answer, first?.answer);
  assert.deepEqual(again?.answer, { status: 'stored', expiryDay: today + 21 });
});
