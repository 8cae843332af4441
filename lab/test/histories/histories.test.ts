/** The quick form of `npm run -s lab -- histories`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { Pair } from '../../src/histories/pair.ts';
import { PLANTS } from '../../src/histories/plants.ts';
import { play } from '../../src/histories/play.ts';
import { playSaid } from '../../src/histories/said.ts';
import { sweep } from '../../src/histories/sweep.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 8);

test('histories: whatever happens on the way, every text arrives once and ends as delivered', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { failure, tally } = await play({ runs: RUNS, seed, realEvery: 10, shrink: true });
  assert.equal(failure, null, `seed ${seed}: ${failure?.message}, ${failure?.how}`);
  // A history may hold none: of eight by chance, all of them never do.
  assert.ok(tally.of('text-ended-4') > 0, 'texts were written');
});

test('histories: a crash at any statement, save, await or effect loses nothing and repeats nothing', async () => {
  // One point of so many; all of them in the long form.
  const tried = await sweep({ stride: 193 });
  for (const [point, times] of Object.entries(tried)) assert.ok(times > 0, point);
});

// One that shows at once; the others in the long form.
const EARLY = ['forgets-how-it-began'];
for (const { name, about, within, make } of PLANTS.filter(({ name }) => EARLY.includes(name))) {
  test(`histories: a planted bug is found: ${name} (${about})`, async () => {
    const { failure } = await play({ runs: within, seed: 7, fault: make, mostSteps: 15 });
    assert.ok(failure !== null, 'nobody noticed');
  });
}

// Histories that broke a rule once, as short as they became.

async function met(name: string): Promise<Pair> {
  const pair = new Pair(name);
  await pair.meet();
  return pair;
}

test('histories: a store put back finds what it wrote since, though the daemon that wrote it ended hours ago', async () => {
  const pair = await met('ended long ago');
  pair.copy(1);
  await pair.run(11 * MINUTE);
  pair.bothOff(3 * HOUR);
  pair.rollBack(1);
  await pair.peace();
  assert.equal(pair.tally.of('copy-noticed'), 1);
});

test('histories: a crash while a box that is taken is looked into loses nothing of the proof', async () => {
  const pair = await met('crash');
  pair.copy(1);
  await pair.run(445 * SECOND);
  pair.rollBack(1);
  pair.people[1].crashAt('await', 1);
  pair.write(0, 5);
  await pair.run(38 * SECOND);
  await pair.peace();
  assert.equal(pair.people[1].crashes, 1);
  assert.equal(pair.tally.of('copy-noticed'), 1);
});

test('histories: a text under a number that is closed is not told as read', async () => {
  const pair = await met('closed');
  pair.write(0, 5);
  pair.bothOff(36 * HOUR);
  await pair.run(10 * SECOND);
  pair.check();
  await pair.peace();
  assert.deepEqual(
    pair.accepted.map(({ rank }) => rank),
    [4],
    'delivered, not read',
  );
});

test('histories: a text that was read says that, and nothing of what was in its way', async () => {
  const pair = await met('read');
  pair.write(0, 5);
  await pair.run(3 * MINUTE);
  pair.people[1].act((client, now) => client.markRead('1', now));
  await pair.run(5 * MINUTE);
  pair.check();
  const [alice] = pair.people;
  const { state, facts } = alice.machine.why.explain(pair.accepted[0]?.id ?? '', alice.now);
  assert.equal(state, 'read');
  assert.deepEqual(
    facts.map(({ code }) => code),
    ['read'],
  );
});

test('histories: a text that waits to be encrypted anew is not said to have been', async () => {
  const pair = await met('anew');
  const [alice] = pair.people;
  pair.write(0, 5);
  await pair.run(5 * SECOND);
  pair.bothOff(36 * HOUR);
  // It begins anew with the first slot, and dies before the ratchet has done its work.
  alice.crashAt('await', 1);
  await pair.run(10 * SECOND);
  pair.check();
  await pair.peace();
});

test('histories: an own box whose answers were all lost is read: somebody else may stand there', async () => {
  const pair = await playSaid('copy 1,run 700,trouble 100 0 0,roll back 1,run 700', 'answers lost');
  assert.equal(pair.tally.of('copy-noticed'), 1);
});

test('histories: starts without an answer, one after the other, do not hide that a store was put back', async () => {
  const restarts = Array.from({ length: 6 }, () => 'away 1 1,run 420').join();
  const pair = await playSaid(
    `copy 1,run 700,trouble 100 0 0,roll back 1,${restarts}`,
    'starts without an answer',
  );
  assert.equal(pair.tally.of('copy-noticed'), 1);
});

test('histories: a receipt that comes while answers are lost shows no text as delivered that nobody has', async () => {
  const pair = await playSaid(
    'copy 1,run 264,crash 0 at statement 1, write 1 5, run 89,trouble 40 20 30,roll back 1,run 258,write 1 5',
    'history 7',
  );
  assert.equal(pair.tally.of('copy-noticed'), 1);
});

test('histories: a receipt that overtakes the answer to a box shows no text as delivered that nobody has', async () => {
  for (let n = 0; n < 4; n++) {
    await playSaid(
      'copy 1,write 0 5,write 1 5,run 13,roll back 1,run 53,write 1 5',
      `history ${n}`,
    );
  }
});

test('histories: an edge that loses its boxes takes the sign of a store put back with it, and nobody claims more', async () => {
  const pair = await playSaid(
    'apart 0 61 h, 4 min,copy 1,run 325,roll back 1,edge 1 loses its boxes,run 10,write 0 5',
    'history 0',
  );
  assert.equal(pair.tally.of('copy-noticed'), 0);
  assert.equal(pair.tally.of('mended-after-roll-back'), 1);
});

test('histories: a sign that an edge lost stays lost when the store is put back once more', async () => {
  await playSaid(
    'copy 1,write 1 5,run 66,edge 1 loses its boxes,roll back 1,crash 0 at await 1, write 1 5, run 0,run 79,set back 1 by 60',
    'history 0',
  );
});

test('histories: an own box that is looked for after weeks is not forgotten with what was waited for then', async () => {
  const pair = await playSaid(
    [
      'answer 0 2,answer 0 2,trouble 40 20 30,write 0 5,answer 0 0,run 279,crash 1 at await 3, write 0 3000, run 103',
      'roll back 1,away 0 569,edge 1 loses its boxes,trouble 0 0 0,set back 1 by 831,run 294,run 319,away 1 492',
      'start 0 crashes at save 9, run 21,both away 572 h,set back 0 by 192,trouble 10 0 30,run 335,roll back 0',
      'crash 1 at save 10, write 1 3000, run 65,read 0',
    ].join(),
    'history 190787365',
  );
  assert.equal(pair.tally.of('copy-noticed'), 3);
});

test('histories: what is looked for does not wait for standing reads, nor behind all that ended long ago', async () => {
  await playSaid(
    [
      'apart 0 176 h, 5 min,crash 0 at await 1, write 1 5, run 36,trouble 40 20 30,set back 0 by 234',
      'crash 0 at save 9, write 1 5, run 0,set back 1 by 506,copy 0',
    ].join(),
    'history 10',
    { awake: true },
  );
});
