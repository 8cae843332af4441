/**
 * Transfer for real (docs/spec/17-levels.md, 8): real daemons, edges and sockets, the real command line; kill -9
 * of the writer in its block, which then goes on to its end.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FAST } from '../lib/town.ts';
import { withFiles } from './stage.ts';

const PATIENCE = 120_000;
const SIZE = 900_000;
/** Slots of 20 ms beside 100 ms: quicker by five. */
const RATES = { ...FAST, transferSlotMs: 20, transferBlockMs: 60_000 };

test('a file in Transfer by one command, its writer killed in the block, fetched by another: whole', async () => {
  await withFiles(RATES, PATIENCE, async ({ town, alice, bob, run, newest }) => {
    const path = join(town.dir, 'report.bin');
    const bytes = randomBytes(SIZE);
    writeFileSync(path, bytes);
    const transferOf = async (who: typeof bob) =>
      (await who.api.call('status', {})).status?.transfer ?? null;

    const asked = await run('alice', 'file', 'send', 'bob', path, '--transfer');
    assert.equal(asked.code, 7);
    assert.match(asked.err, /run to the end/);
    assert.equal(await newest(alice), null, 'nothing was sent');
    const sent = await run('alice', 'file', 'send', 'bob', path, '--transfer', '--yes');
    assert.equal(sent.code, 0, sent.err);
    await town.until('it is offered', PATIENCE, async () => {
      return (await newest(bob))?.file?.state === 'offered';
    });
    assert.equal(await transferOf(alice), null, 'nothing of it shows before it is wanted');
    const { id } = (await newest(bob)) ?? assert.fail();
    const got = join(town.dir, 'got.bin');
    const first = await run(
      'bob',
      'file',
      'get',
      id,
      got,
      '--transfer',
      '--yes',
      '--timeout',
      '1s',
    );
    assert.equal(first.code, 8);
    await town.until('both are in Transfer', PATIENCE, async () => {
      const states = [await transferOf(alice), await transferOf(bob)];
      return states.every((one) => one?.state === 'on');
    });
    const end = (await transferOf(alice))?.until;
    await town.until('some of it', PATIENCE, async () => {
      return ((await newest(bob))?.file?.done ?? 0) > 20;
    });
    await alice.kill();
    await alice.start();
    assert.notEqual((await newest(bob))?.file?.state, 'here', 'control: killed in the middle');
    await town.until('again in Transfer', PATIENCE, async () => {
      return (await transferOf(alice))?.state === 'on';
    });
    assert.equal((await transferOf(alice))?.until, end, 'the same block');
    const fetched = await run('bob', 'file', 'get', id, got, '--timeout', '2m');
    assert.equal(fetched.code, 0, fetched.err);
    assert.ok(readFileSync(got).equals(bytes));
    await town.until('the blocks end', PATIENCE, async () => {
      return (await transferOf(alice)) === null && (await transferOf(bob)) === null;
    });
    assert.ok(Date.now() >= (end ?? 0), 'not before their time');
    assert.deepEqual(town.crashed(), []);
  });
});
