/**
 * 07-streams.md 2 and 5: everybody writes to somebody who is away for longer than boxes live, twice
 * and four times over. `npm run lab -- absence` is the same with three hundred contacts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absence } from '../src/absence.ts';

for (const [days, older, level] of [
  [21, 0, 'strong'],
  [90, 12, 'balanced'],
] as const) {
  test(`after ${days} days all texts of all contacts arrive, once, with nobody doing anything`, async () => {
    const result = await absence({
      seed: 5,
      contacts: 6,
      days,
      level,
      onProgress: () => undefined,
    });
    assert.equal(result.recovered, result.contacts);
    assert.equal(result.arrived, result.texts);
    assert.equal(result.twice, 0);
    assert.equal(result.receipted, result.texts);
    // Their first boxes had ended: what arrived was written again meanwhile, without being asked.
    assert.equal(result.older, older);
    assert.ok(result.writtenAgain >= older);
  });
}
