/** docs/spec/07-streams.md 7: fresh entropy in a stream. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR } from '@tacet/base';
import { markKey } from '@tacet/wire';
import fc from 'fast-check';
import { beaconBox, nextBeacon, nextChain, streamBox } from '../../src/streams/chain.ts';
import { StreamPair, type Written } from './stream-pair.ts';

function marksFrom(chain: Uint8Array, next: typeof nextChain, box: typeof streamBox): Set<string> {
  const marks = new Set<string>();
  for (let n = 0, at = chain; n < 200; n++, at = next(at)) {
    marks.add(String(markKey(box(at).mark)));
  }
  return marks;
}

function exchange(pair: StreamPair): Written {
  const written = pair.write();
  assert.ok(pair.deliver(written), `box ${written.index} is known to its reader`);
  pair.receipt(written.seq);
  return written;
}

test('rule 2.5: who copied the state of a stream loses it with the next healing', () => {
  const pair = new StreamPair('thief');
  const stolen = pair.outState();
  const boxes = marksFrom(stolen.chain, nextChain, streamBox);
  const beacons = marksFrom(stolen.beacon, nextBeacon, beaconBox);
  const known = (written: Written): boolean => boxes.has(String(markKey(written.mark)));
  assert.ok(known(exchange(pair)), 'before it, the thief knows every box');
  pair.now += DAY;
  assert.ok(known(exchange(pair)), 'the offer itself goes the old way');
  for (let n = 0; n < 100; n++) assert.ok(!known(exchange(pair)), 'never again');
  pair.now += DAY;
  assert.ok(!beacons.has(String(markKey(pair.beacon().mark))), 'nor a beacon');
});

test('rule 2.5: a stream is healed daily and every 64 boxes, at least 64 indices ahead', () => {
  const pair = new StreamPair('often');
  const jumps: number[] = [];
  let last = -1;
  for (let n = 0; n < 300; n++) {
    const { index } = exchange(pair);
    if (index !== last + 1) jumps.push(index - last);
    last = index;
  }
  assert.equal(jumps.length, 4);
  for (const jump of jumps) assert.equal(jump, 64);
  pair.now += DAY;
  exchange(pair);
  assert.ok(exchange(pair).index > last + 60);
});

test('rule 2.5: an offer without a receipt never comes into force, and the next one does', () => {
  const pair = new StreamPair('void');
  pair.now += DAY;
  const offer = pair.write();
  const lost = Array.from({ length: 70 }, () => pair.write());
  assert.deepEqual(
    lost.map(({ index }) => index - offer.index),
    Array.from({ length: 70 }, (_, n) => n + 1),
    'the stream goes on as it was',
  );
  for (const written of [offer, ...lost]) assert.ok(pair.deliver(written));
  pair.receipt(offer.seq);
  assert.equal(pair.writer.healing.generation(1), 0, 'that receipt came too late');
  for (const { seq } of lost) pair.receipt(seq);
  assert.equal(pair.writer.healing.generation(1), 1);
  exchange(pair);
  assert.equal(pair.reader.healing.generation(1), 1);
});

test('rule 2.5: boxes of the old generation that come late are still known; none is asked for', () => {
  const pair = new StreamPair('late');
  pair.now += DAY;
  const offer = pair.write();
  assert.ok(pair.deliver(offer));
  const late = pair.write();
  pair.receipt(offer.seq);
  exchange(pair);
  pair.reader.sweepGaps(pair.now + HOUR);
  assert.deepEqual(pair.asked, []);
  assert.ok(pair.deliver(late));
  const before = pair.waiting;
  pair.now += 3 * DAY;
  pair.reader.healing.expire(pair.now);
  assert.ok(pair.waiting <= before - 60, 'and forgotten after a day');
});

test('rule 2.5: after an absence a beacon of the new generation leads to it', () => {
  const pair = new StreamPair('beacon');
  pair.now += DAY;
  const offer = pair.write();
  assert.ok(pair.deliver(offer));
  pair.receipt(offer.seq);
  for (let n = 0; n < 100; n++) pair.write();
  pair.now += 2 * DAY;
  pair.open();
  pair.reader.everyDay(pair.now);
  assert.ok(pair.deliver(pair.beacon()));
  assert.equal(pair.reader.healing.generation(1), 1);
  assert.ok(pair.deliver(pair.write()));
});

test('healing: whatever comes, in whatever order, every box written is known to its reader', () => {
  const step = fc.record({
    kind: fc.constantFrom(
      'write',
      'write',
      'write',
      'deliver',
      'deliver',
      'receipt',
      'day',
      'open',
    ),
    which: fc.nat(1_000),
  });
  const property = fc.property(fc.array(step, { minLength: 50, maxLength: 200 }), (steps) => {
    const pair = new StreamPair('any');
    const under: Written[] = [];
    const deliver = (which: number): void => {
      const [written] = under.splice(which % Math.max(1, under.length), 1);
      if (written === undefined) return;
      assert.ok(pair.deliver(written), `box ${written.index}`);
    };
    for (const { kind, which } of steps) {
      // A reader is at most 64 boxes behind; who is further behind is led by beacons.
      if (kind === 'write' && under.length < 30) under.push(pair.write());
      else if (kind === 'deliver') deliver(which);
      else if (kind === 'day') pair.now += which < 900 ? HOUR : DAY;
      else if (kind === 'open') pair.open();
      else if (kind === 'receipt') {
        const open = [...pair.read].filter((seq) => !pair.receipted.has(seq));
        const seq = open[which % Math.max(1, open.length)];
        if (seq !== undefined) pair.receipt(seq);
      }
    }
    while (under.length > 0) deliver(0);
    exchange(pair);
  });
  fc.assert(property, { numRuns: 15, seed: 25 });
});
