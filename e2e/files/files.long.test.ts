/**
 * Files for real (docs/spec/19-files.md): real daemons, stores and sockets, the real command line, kill -9
 * on both sides in the middle; and nothing of a file stands in clear in any file its daemons wrote.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FAST } from '../lib/town.ts';
import { readBelow } from '../relay/lib/files.ts';
import { withFiles } from './stage.ts';

const PATIENCE = 300_000;
const SIZE = 400_000;
const CANARY = Buffer.from('the words that must stand nowhere in clear');

test('a file sent by one command, its daemons killed six times, fetched by another: whole', async () => {
  await withFiles(FAST, PATIENCE, async ({ town, home, alice, bob, run, newest }) => {
    const path = join(town.dir, 'report.bin');
    const bytes = Buffer.concat([randomBytes(SIZE / 2), CANARY, randomBytes(SIZE / 2)]);
    writeFileSync(path, bytes);

    const sent = await run('alice', 'file', 'send', 'bob', path, '--text', 'the report', '--json');
    assert.equal(sent.code, 0, sent.err);
    await town.until('it is offered', PATIENCE, async () => {
      return (await newest(bob))?.file?.state === 'offered';
    });
    const { id } = (await newest(bob)) ?? assert.fail();
    const got = join(town.dir, 'got.bin');
    // Asked for; not waited for.
    assert.equal((await run('bob', 'file', 'get', id, got, '--timeout', '1s')).code, 8);
    const parts: number[] = [];
    for (const who of [bob, alice, bob, alice, bob, alice]) {
      const before = (await newest(bob))?.file?.done ?? 0;
      parts.push(before);
      await town.until('some more of it', PATIENCE, async () => {
        const { file = null } = (await newest(bob)) ?? {};
        return file?.state === 'here' || (file?.done ?? 0) > before + 8;
      });
      await who.kill();
      await who.start();
    }
    assert.notEqual((await newest(bob))?.file?.state, 'here', 'control: killed in the middle');
    assert.ok(
      parts.every((part, n) => n === 0 || part > (parts[n - 1] ?? 0)),
      `what was here stays: ${parts.join()}`,
    );
    const fetched = await run('bob', 'file', 'get', id, got, '--timeout', '5m');
    assert.equal(fetched.code, 0, fetched.err);
    assert.ok(readFileSync(got).equals(bytes));
    assert.equal((await run('bob', 'file', 'get', id, got)).code, 2, 'nothing is written over');
    await town.until('alice knows', PATIENCE, async () => {
      return (await newest(alice))?.file?.state === 'here';
    });

    const kept = readBelow(home);
    assert.ok(kept.length > 4 && kept.some((one) => one.bytes.length > SIZE), 'control: files');
    const found = kept.filter((one) => one.bytes.includes(CANARY));
    assert.deepEqual(
      found.map(({ path: where }) => where),
      [],
    );
    assert.ok(
      readBelow(town.dir).some((one) => one.bytes.includes(CANARY)),
      'control: it is found',
    );
    assert.deepEqual(town.crashed(), []);
  });
});
