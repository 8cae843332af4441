/** Two profiles in one vault and a passphrase for coercion, by the real command line (docs/spec/10-store.md, 9). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { after, test } from 'node:test';
import { Home } from './home.ts';

const home = new Home();
after(() => home.end());
const first = home.path('pass');
const second = home.secret('second', 'wrong horse staple');
const coerced = home.secret('coerced', 'take it and go');

const unlock = (file: string) => home.tacet('alice', ['unlock', '--passphrase-file', file]);

async function opened(file: string): Promise<unknown> {
  const out = await unlock(file);
  if (out.code !== 0) return /passphrase does not open/.test(out.err) ? 'refused' : out.err;
  const { status } = (await home.json('alice', ['status'])) as { status: { profile: string } };
  return status.profile;
}

async function lock(...how: string[]): Promise<void> {
  assert.equal((await home.tacet('alice', ['lock', ...how])).code, 0);
}

test('each passphrase opens its profile, in the daemon that runs; the one for coercion leaves only its own', async () => {
  await home.create('alice');
  const { pid } = await home.json('alice', ['status']);
  const sizes = () =>
    new Set(
      readdirSync(home.path('alice', 'vault'))
        .filter((name) => name.endsWith('.data'))
        .map((name) => statSync(home.path('alice', 'vault', name)).size),
    );
  const add = ['vault', 'add', 'A. Miller', '--new-passphrase-file', second];
  const unsaid = await home.tacet('alice', add);
  assert.equal(unsaid.code, 2, unsaid.err);
  const added = await home.tacet('alice', [...add, '--keep-none']);
  assert.equal(added.code, 0, added.err);
  assert.match((await home.tacet('alice', [...add, '--keep-none'])).err, /this one has a use/);

  await lock();
  assert.equal(await opened(second), 'A. Miller');
  assert.equal(await opened(second), 'A. Miller');
  const duress = ['vault', 'duress', '--new-passphrase-file', coerced, '--keep-file', first];
  const made = await home.tacet('alice', duress);
  assert.equal(made.code, 0, made.err);
  await lock('--full');
  assert.equal(await opened(first), 'alice');
  assert.equal((await home.json('alice', ['status']))['pid'], pid, 'one daemon all the time');

  // Windows are locked over the profile that is to be hidden.
  await lock();
  assert.equal(await opened(coerced), 'A. Miller');
  await lock();
  assert.equal(await opened(first), 'refused');
  assert.equal(await opened(second), 'A. Miller');
  assert.equal((await home.tacet('alice', ['down'])).code, 0);
  assert.equal(sizes().size, 1, 'all slots are of one size again');
  const up = await home.tacet('alice', ['up', '--passphrase-file', coerced]);
  assert.equal(up.code, 0, up.err);
  const log = readFileSync(home.path('alice', 'daemon.log'), 'utf8');
  assert.doesNotMatch(log, /Miller|slot|horse|take it/);
});
