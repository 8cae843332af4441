/** The own edge, home of boxes too, goes for good while everybody writes both ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EdgeLossResult, edgeLoss } from '../src/edge-loss.ts';

function all(result: EdgeLossResult): number {
  assert.equal(result.arrived, result.texts);
  assert.equal(result.delivered, result.texts);
  assert.equal(result.twice, 0);
  return Math.max(result.beforeMax, result.afterMax);
}

for (const [loss, minutes] of [
  ['killed', 15],
  ['drained', 5],
] as const) {
  test(`an own edge that is ${loss} for good loses no text of any contact, and repeats none`, async () => {
    const longest = all(await edgeLoss({ seed: 7, contacts: 6, loss }));
    assert.ok(longest <= minutes, `${longest} min`);
  });
}

test('with forty contacts the loss of an own edge costs no more than the time until the second door', async () => {
  const [none, drained, killed] = [
    all(await edgeLoss({ seed: 7, contacts: 40, loss: 'none' })),
    all(await edgeLoss({ seed: 7, contacts: 40, loss: 'drained' })),
    all(await edgeLoss({ seed: 7, contacts: 40, loss: 'killed' })),
  ];
  assert.ok(drained <= none + 1, `${drained} of ${none} min`);
  assert.ok(killed <= none + 6, `${killed} of ${none} min`);
});
