/** 07-streams.md 2: which boxes are asked for after digests were lost, and in which order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, dayOf } from '@tacet/base';
import { type CaughtUp, StreamPair } from './stream-pair.ts';

const LIFE = 21;

/** A pair whose reader was away for `days`; what is asked for then, in order. */
function away(seed: string, days: number) {
  const pair = new StreamPair(seed);
  const since = pair.now;
  pair.now += days * DAY;
  const asked = (): CaughtUp[] => pair.caughtUp.toSorted((a, b) => a.rank - b.rank);
  const begin = (): void => {
    pair.reader.everyDay(pair.now);
    pair.reader.recover(pair.now, since, LIFE);
  };
  return { pair, asked, begin };
}

test('the next box first, then beacons of the days since, none older than boxes live', () => {
  for (const [days, beacons] of [
    [0, 1],
    [3, 4],
    [90, LIFE + 1],
  ] as const) {
    const { pair, asked, begin } = away('order', days);
    begin();
    const [first, ...others] = asked();
    assert.deepEqual([first?.watch.owner, first?.watch.index], ['stream', 0]);
    const named = others.filter(({ watch }) => watch.owner === 'beacon');
    const newest = dayOf(pair.now);
    assert.deepEqual(
      named.map(({ watch }) => watch.index),
      Array.from({ length: beacons }, (_, n) => newest - n),
    );
    const after = others.filter(({ watch }) => watch.owner === 'stream');
    assert.deepEqual(
      after.map(({ watch }) => watch.index),
      [1, 2, 3, 4],
    );
  }
});

test('a box that is found leads to five more, until five in a row are absent', () => {
  const { pair, asked, begin } = away('chain', 3);
  const written = Array.from({ length: 7 }, () => pair.write());
  begin();
  for (const one of written) {
    const wanted = asked().find(({ watch }) => watch.index === one.index);
    assert.equal(wanted?.watch.owner, 'stream');
    pair.deliver(one);
  }
  assert.equal(pair.read.size, 7);
  const open = asked().filter(({ watch }) => watch.owner === 'stream' && watch.index > 6);
  assert.deepEqual(
    open.map(({ watch }) => watch.index),
    [7, 8, 9, 10, 11],
  );
  for (const { absent } of open) absent?.(pair.now);
  // Caught up: what comes later is announced.
  pair.caughtUp.length = 0;
  pair.deliver(pair.write());
  assert.deepEqual(asked(), []);
});

test('a beacon names what waits since; older beacons are not asked for any more', () => {
  const { pair, asked, begin } = away('beacon', 30);
  for (let n = 0; n < 20; n++) pair.write();
  pair.now -= 5 * DAY;
  const beacon = pair.beacon();
  pair.now += 5 * DAY;
  begin();
  pair.caughtUp.length = 0;
  const before = pair.waiting;
  pair.deliver(beacon);
  const likely = asked().filter(({ rank }) => rank === 0);
  assert.deepEqual(
    likely.map(({ watch }) => watch.index),
    Array.from({ length: 21 }, (_, n) => n),
  );
  // Twenty more boxes are waited for, but no beacon of that day or before.
  assert.equal(pair.waiting, before + 20 - 26);
});
