/** The contact list under the recovery phrase, as bytes (docs/spec/20-recovery.md, 11). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import {
  decodeList,
  ENTRIES,
  encodeList,
  type ListEntry,
  listPeriodOf,
} from '../../src/recovery/list-boxes.ts';
import { checkBits, checkFuzz, checkLengths } from '../exact.ts';

const rng = seededRng('contact list');
const random = (n: number): Uint8Array => rng.fill(new Uint8Array(n));
const entry = (name: string): ListEntry => ({
  blocked: name.length > 3,
  own: random(32),
  keySetHash: random(32),
  identityKey: random(33),
  ed25519: random(32),
  root: random(32),
  since: 1_770_000_000_000,
  name,
});

test('decoder: the list, of every length, with any bit another, and noise', () => {
  assert.equal(ENTRIES, 9);
  const full = {
    counter: 1_795_000_000,
    entries: Array.from({ length: 9 }, (_, n) => entry(`n${n}`)),
  };
  for (const page of [{ counter: 0, entries: [entry('ann')] }, full]) {
    const bytes = encodeList(page);
    assert.deepEqual(decodeList(bytes), page);
    checkLengths(bytes, decodeList);
    checkBits(bytes, decodeList, encodeList);
    checkFuzz(bytes, decodeList, 'contact list');
  }
  assert.throws(() => encodeList({ counter: 0, entries: [...full.entries, entry('one more')] }));
});

test('periods: a week where boxes live for three, less where they do not', () => {
  assert.equal(listPeriodOf(7 * DAY, 21), 1);
  assert.equal(listPeriodOf(7 * DAY - 1, 90), 0);
  assert.equal(listPeriodOf(7 * DAY, 9), 2);
  assert.equal(listPeriodOf(7 * DAY, 1), 7);
});
