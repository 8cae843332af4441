/** The start of a store that was put back: whenever it dies the proof stays, and it comes first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE, type Millis, SECOND } from '@tacet/base';
import type { CrashPoint } from '@tacet/testkit/model';
import { Pair } from '../../src/histories/pair.ts';

/** Twelve starts of Bob, so long apart, whose own boxes nobody answers; from then on nothing is answered. */
async function startUnanswered(pair: Pair, every: Millis): Promise<void> {
  const [, bob] = pair.people;
  pair.layer.trouble.lose = 100;
  for (let n = 0; n < 12; n++) {
    bob.stop();
    bob.start();
    await pair.run(every);
  }
}

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

test('histories: a store put back is noticed before what others wrote since is read again', async () => {
  const pair = new Pair('read again');
  await pair.meet();
  pair.copy(1);
  for (let n = 0; n < 4; n++) pair.write(0, 12_000);
  await pair.run(11 * MINUTE);
  pair.rollBack(1);
  await pair.run(MINUTE);
  pair.check();
  assert.equal(pair.tally.of('copy-noticed'), 1);
  await pair.peace();
});

test('histories: what the last hour announced is read before all else that is looked for', async () => {
  const pair = new Pair('many starts');
  await pair.meet();
  // All of them may have been followed.
  await startUnanswered(pair, MINUTE);
  pair.layer.trouble.lose = 0;
  pair.copy(1);
  await pair.run(21 * MINUTE);
  pair.rollBack(1);
  await pair.run(2 * MINUTE);
  pair.check();
  assert.equal(pair.tally.of('copy-noticed'), 1);
  await pair.peace();
});

test('histories: of boxes that ended long ago only those are looked for that are written late', async () => {
  const pair = new Pair('long ago');
  await pair.meet();
  const [, bob] = pair.people;
  await startUnanswered(pair, 15 * SECOND);
  const lookedFor = (): number => bob.store.all("SELECT 1 FROM watches WHERE owner = 'own'").length;
  const before = lookedFor();
  pair.bothOff(6 * DAY);
  await pair.run(15 * SECOND);
  assert.ok(before >= 12, `${before}`);
  // The turns 0 of the last hour, and those that follow the ten minutes of these starts.
  assert.ok(lookedFor() <= 9, `${lookedFor()}`);
  await pair.peace();
});
