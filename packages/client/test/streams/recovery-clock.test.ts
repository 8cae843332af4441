/** 07-streams.md 2: recovery from missing digests, at once and then ever more rarely. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '@tacet/base';
import { RecoveryClock } from '../../src/streams/recovery-clock.ts';

test('an edge that loses digests every minute causes ten recoveries a day at most', () => {
  const clock = new RecoveryClock(10 * MINUTE);
  const turns: number[] = [];
  for (let now = 0; now < DAY; now += MINUTE) {
    clock.missed(now - MINUTE);
    if (clock.take(now) !== null) turns.push(now);
  }
  assert.equal(turns[0], 0);
  assert.ok(turns.length >= 5 && turns.length <= 10, String(turns.length));
  const pauses = turns.slice(1).map((at, n) => at - (turns[n] ?? 0));
  for (const pause of pauses) assert.ok(pause >= 10 * MINUTE && pause <= 4 * HOUR + MINUTE);
});

test('what was missed meanwhile waits: the oldest point is taken at the next turn', () => {
  const clock = new RecoveryClock(10 * MINUTE);
  assert.equal(clock.take(0), null);
  clock.missed(-HOUR);
  assert.equal(clock.take(0), -HOUR);
  clock.missed(5 * MINUTE);
  clock.missed(2 * MINUTE);
  clock.missed(8 * MINUTE);
  assert.equal(clock.take(9 * MINUTE), null);
  assert.ok(clock.waiting);
  assert.equal(clock.take(21 * MINUTE), 2 * MINUTE);
  assert.ok(!clock.waiting);
});

test('a calm day ends the trouble; a clock that was set back does not silence it', () => {
  const clock = new RecoveryClock(10 * MINUTE);
  for (const now of [0, HOUR, 5 * HOUR]) {
    clock.missed(now);
    assert.equal(clock.take(now), now);
  }
  clock.missed(3 * DAY);
  assert.equal(clock.take(3 * DAY), 3 * DAY);
  clock.missed(1);
  assert.equal(clock.take(3 * DAY + 11 * MINUTE), 1);
  clock.missed(2);
  assert.equal(clock.take(DAY), 2);
});
