/** From when on digests are missing, however long the absence was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DigestGaps } from '../../src/network/digest-gaps.ts';

const EDGE = 1;
const PATIENCE = 100;

test('07-streams 2: after an absence of months the first missing digest is known, not a later one', () => {
  const gaps = new DigestGaps(1_000);
  gaps.note(EDGE, 1_500_000, 0);
  assert.equal(gaps.lowest(), 1_001);
  assert.equal(gaps.takeOverdue(PATIENCE, PATIENCE), 1_001);
  assert.equal(gaps.lowest(), null);
});

test('07-streams 2: a gap that is filled in is none', () => {
  const gaps = new DigestGaps(1_000);
  gaps.note(EDGE, 1_004, 0);
  for (const late of [1_001, 1_002, 1_003]) gaps.note(EDGE, late, 1);
  assert.equal(gaps.lowest(), null);
  assert.equal(gaps.takeOverdue(PATIENCE, 10 * PATIENCE), null);
});
