/** The own edge, home of boxes too, goes for good while everybody writes both ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeLoss } from '../src/edge-loss.ts';

for (const [how, drained, minutes] of [
  ['killed', false, 15],
  ['drained', true, 5],
] as const) {
  test(`an own edge that is ${how} for good loses no text of any contact, and repeats none`, async () => {
    const result = await edgeLoss({ seed: 7, contacts: 6, drained });
    assert.equal(result.arrived, result.texts);
    assert.equal(result.delivered, result.texts);
    assert.equal(result.twice, 0);
    const longest = Math.max(result.beforeMax, result.afterMax);
    assert.ok(longest <= minutes, `${longest} min`);
  });
}
