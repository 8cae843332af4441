/** A daemon that does not come to open its profile, and one that was killed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Home } from './home.ts';
import { refusals } from './refused.ts';

const home = new Home();
const refused = refusals(home);

before(() => home.create('alice'));
after(() => home.end());

test('up that cannot open the profile leaves no daemon behind', async () => {
  await home.tacet('alice', ['down']);
  const wrong = home.secret('wrong', 'tr0ub4dor and 3');
  await refused('alice', ['up', '--passphrase-file', wrong], 'passphrase-wrong', 4);
  await refused('alice', ['status'], 'daemon-not-running', 3);
});

test('a daemon that was killed starts again over what it left', async () => {
  await home.tacet('alice', ['up', '--passphrase-file', home.path('pass')]);
  const { pid } = (await home.json('alice', ['status'])) as { pid: number };
  process.kill(pid, 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await refused('alice', ['contact', 'list'], 'daemon-not-running', 3);
  const up = await home.tacet('alice', ['up', '--passphrase-file', home.path('pass')]);
  assert.equal(up.code, 0, up.err);
  assert.equal((await home.json('alice', ['status']))['state'], 'open');
});
