/** A second process, and kill -9: the lock goes with the process, committed rows stay. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { isAppError, Sensitive, utf8 } from '@tacet/base';
import { createProfile, openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { problemsOf } from './reference.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-crash-'));
after(() => rmSync(root, { recursive: true, force: true }));
const holder = join(import.meta.dirname, 'holder.ts');
const options = {
  dir: join(root, 'p'),
  secret: new Sensitive(utf8('correct horse')),
  cost: { memoryKiB: 64, passes: 1 },
  first: 4,
  answerStep: 0,
};

function start(): ChildProcess {
  return spawn(process.execPath, [holder, options.dir], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('a killed holder leaves no stale lock and loses no committed row', async () => {
  const profile = await createProfile(options);
  profile.store.exec('CREATE TABLE t (n INTEGER) STRICT; CREATE TABLE last (n INTEGER) STRICT');
  profile.store.run('INSERT INTO last VALUES (0)');

  const second = start();
  const [said] = await once(createInterface({ input: second.stdout ?? fail() }), 'line');
  assert.equal(said, 'profile-in-use');
  profile.close();

  for (let round = 0; round < 3; round++) {
    const child = start();
    let committed = 0;
    for await (const line of createInterface({ input: child.stdout ?? fail() })) {
      committed = Number(line);
      assert.ok(committed > 0, line);
      if (committed === 5) {
        await assert.rejects(openProfile(options), (e) => isAppError(e, 'profile-in-use'));
      }
      if (committed > 20 + round * 7) child.kill('SIGKILL');
    }
    const again = await openProfile(options);
    const last = Number(again.store.get('SELECT n FROM last')?.['n']);
    const newest = again.store.get('SELECT n FROM t ORDER BY rowid DESC LIMIT 1')?.['n'];
    assert.ok(last >= committed, `${last} kept, ${committed} promised`);
    assert.equal(newest, last, 'a transaction is there whole');
    assert.deepEqual(problemsOf(again.store), []);
    again.close();
  }
});

function fail(): never {
  throw new Error('no output');
}
