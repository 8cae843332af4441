/** The start of a store that was put back: whenever it dies the proof stays, and it comes first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import type { CrashPoint } from '@tacet/testkit/model';
import { Pair } from '../../src/histories/pair.ts';

/** False when it started without coming to that point. */
async function diesInStart(point: CrashPoint, at: number): Promise<boolean> {
  const pair = new Pair('start');
  await pair.meet();
  const [, bob] = pair.people;
  pair.copy(1);
  await pair.run(11 * MINUTE);
  bob.crashInNextStart(point, at);
  pair.rollBack(1);
  await pair.run(MINUTE);
  await pair.peace();
  assert.equal(pair.tally.of('copy-noticed'), 1, `${point} ${at}`);
  return bob.crashes > 0;
}

// Of statements each seventh; all of them with FC_RUNS.
const EVERY = process.env['FC_RUNS'] === undefined ? 7 : 1;
for (const [point, step] of [
  ['save', 1],
  ['effect', 2],
  ['statement', EVERY],
] as const) {
  test(`histories: a store put back is noticed though the start dies at any ${point}`, async () => {
    let at = 1;
    while (await diesInStart(point, at)) at += step;
    assert.ok(at > 4 * step, `${at}`);
  });
}
