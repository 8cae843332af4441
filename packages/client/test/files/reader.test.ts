/** A reader whose boxes were forgotten, or whose writer was ready before anybody wanted (spec 19, 3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY } from '@tacet/base';
import type { NetworkId } from '@tacet/directory';
import { sealRecord } from '@tacet/wire';
import { encodeFilePart, fileBox } from '../../src/files/boxes.ts';
import * as reference from '../reference/files.ts';
import { stream } from '../reference/primitives.ts';
import { Reading } from './reading.ts';

const PART = 2_263;
const file = {
  networkId: new Uint8Array(32).fill(1),
  secret: new Uint8Array(32).fill(2),
  tree: new Uint8Array(32).fill(3),
};

/** Every box that was asked for is at no home. */
function allAbsent(reading: Reading): void {
  for (let at = 0; at < reading.asked.length; at++) {
    const { absent, watch } = reading.asked[at] ?? {};
    if (watch !== undefined && reading.watches.holds(watch)) absent?.(reading.now);
  }
}

test('a writer who comes back after the boxes were forgotten is asked for what lacks', () => {
  // 201 parts with the list: more than are watched at a time.
  const reading = new Reading({ ...file, size: 200 * PART });
  assert.equal(reading.file.next, 128);
  reading.now += 11 * DAY;
  reading.watches.expire(reading.now / DAY, 7);
  assert.equal(reading.watches.size, 0);
  reading.word({ word: 'written', round: 0, ranges: [] });
  assert.equal(reading.asked.length, 201 - 128);
  allAbsent(reading);
  assert.deepEqual(reading.said, [{ word: 'wanted', round: 1, ranges: [[0, 200]] }]);
});

test('what was written before somebody wanted it is asked for when they do', () => {
  const reading = new Reading({ ...file, size: 10 * PART }, 'offered');
  reading.word({ word: 'written', round: 0, ranges: [] });
  assert.equal(reading.asked.length, 0);
  reading.table.change(reading.id, { state: 'wanted' }, reading.now);
  reading.reader.begin(reading.file, reading.now);
  assert.equal(reading.asked.length, 11);
  allAbsent(reading);
  assert.deepEqual(reading.said, [{ word: 'wanted', round: 1, ranges: [[0, 10]] }]);
});

test('what is announced in turn is read so, and only what was missed is asked for unannounced', async () => {
  const bytes = stream(new Uint8Array(32).fill(9), 1_300 * PART);
  const { tree, body, parts } = reference.cut(bytes);
  const reading = new Reading({ ...file, size: bytes.length, tree });
  const give = (part: number): void => {
    // Sealed as shipped: the reference, which vectors.test.ts compares with, takes a second more.
    const place = fileBox(file.secret, part, 0);
    const inside = encodeFilePart(body.subarray(part * PART, (part + 1) * PART));
    assert.ok(reading.offer(part, sealRecord(place, file.networkId as NetworkId, inside)));
  };
  const order = reference.order(bytes.length, null).filter((part) => part < parts);
  assert.equal(order.length, 1_301);
  for (const part of order.slice(0, 30)) {
    reading.announce(part);
    give(part);
  }
  assert.equal(reading.asked.length, 0);
  // Found after an absence: of those that are watched from now on announcements were missed, too.
  for (const part of order.slice(30, 40)) give(part);
  assert.equal(reading.asked.length, 10);
  // One is at no home: the writer has not come so far.
  reading.asked.at(-1)?.absent?.(reading.now);
  for (const part of order.slice(40)) {
    reading.announce(part);
    give(part);
  }
  assert.equal(reading.asked.length, 10);
  await reading.work();
  assert.equal(reading.file.state, 'here');
  assert.deepEqual(await reading.bytes(), bytes);
});
