/** Each kind of bad input: one clear sentence, a stable code, the exit status, nothing changed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openProfile } from '@tacet/adapters/profiles-sqlcipher';
import { Sensitive } from '@tacet/base';
import { encodeCard } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { Home } from './home.ts';
import { placeOf, refusals, snapshot } from './refused.ts';

const home = new Home();
const refused = refusals(home);
const unlock = ['unlock', '--passphrase-file'];

before(() => home.create('alice'));
after(() => home.end());

describe('with an open profile', () => {
  test('unknown contact', () => refused('alice', ['send', 'bob', 'x'], 'contact-unknown', 5));
  test('malformed network card', () =>
    refused('alice', ['network', 'join', 'tacet:network/1/AAAA'], 'card-malformed', 2));
  test('malformed invitation', () =>
    refused('alice', ['invite', 'accept', 'https://example.org/#x'], 'invitation-malformed', 2));
  test('a network is missing', () => refused('alice', ['invite', 'create'], 'network-missing', 1));
  test('a second profile in the same place', () =>
    refused(
      'alice',
      ['profile', 'create', 'A', '--passphrase-file', home.path('pass')],
      'profile-exists',
      1,
    ));
  test('unknown method', () => refused('alice', ['rpc', 'message.nope'], 'method-unknown', 2));
  test('unknown parameter', () =>
    refused('alice', ['rpc', 'level.set', '{"level":"strong","x":1}'], 'params-invalid', 2));
});

test('an invitation id that is no number', () =>
  refused('alice', ['invite', 'revoke', 'nosuch'], 'invitation-unknown', 5));

describe('with the command line alone', () => {
  test('no daemon', () => refused('nobody', ['contact', 'list'], 'daemon-not-running', 3));
  test('unknown command', () => refused('alice', ['sned', 'bob', 'x'], 'usage', 2));
  test('unknown option', () => refused('alice', ['status', '--jsno'], 'usage', 2));
  test('standard input that is no text', async () => {
    const out = await home.tacet(
      'alice',
      ['send', 'bob', '-', '--json'],
      {},
      Uint8Array.of(97, 255),
    );
    assert.equal(out.code, 2);
    assert.equal((JSON.parse(out.err) as { code: string }).code, 'input-encoding');
  });
  test('a profile name that leaves its folder', async () => {
    const out = await home.tacet('../alice', ['status']);
    assert.equal(out.code, 2);
  });
  test('a passphrase file others can read', async () => {
    const file = home.secret('open', 'x');
    chmodSync(file, 0o644);
    await refused('alice', [...unlock, file], 'passphrase-file', 2);
  });
  test('a passphrase in an argument is not known', () =>
    refused('alice', ['unlock', '--passphrase', 'x'], 'usage', 2));
  test('a passphrase in the environment is not looked at', async () => {
    await home.tacet('alice', ['lock']);
    const env = { TACET_PASSPHRASE: 'correct horse battery', PASSPHRASE: 'correct horse battery' };
    assert.equal((await home.tacet('alice', ['unlock'], env)).code, 4);
    assert.equal((await home.tacet('alice', [...unlock, home.path('pass')])).code, 0);
  });
});

test('wrong passphrase: refused, nothing of it anywhere, the right one still opens', async () => {
  await home.tacet('alice', ['down']);
  // While nobody has it open: stores for the tests below.
  for (const name of ['newer', 'broken']) {
    cpSync(home.path('alice', 'vault'), home.path(name, 'vault'), { recursive: true });
  }
  await home.tacet('alice', ['up', '--locked']);
  const vault = snapshot(home.path('alice', 'vault'));
  const wrong = home.secret('wrong', 'tr0ub4dor and 3');
  await refused('alice', [...unlock, wrong], 'passphrase-wrong', 4);
  await refused('alice', ['contact', 'list'], 'locked', 4);
  assert.equal(snapshot(home.path('alice', 'vault')), vault);
  assert.doesNotMatch(home.log('alice'), /tr0ub4dor|correct horse/);
  // It was tried twice: the next waits for a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.equal((await home.tacet('alice', [...unlock, home.path('pass')])).code, 0);
});

test('a profile that cannot be made leaves neither folder nor daemon', async () => {
  const pass = ['--passphrase-file', home.path('pass')];
  await refused('nameless', ['profile', 'create', 'x'.repeat(65), ...pass], 'name-invalid', 2);
  assert.equal(existsSync(home.path('nameless')), false);
  await refused('nameless', ['status'], 'daemon-not-running', 3);
  mkdirSync(home.path('kept'), { mode: 0o700 });
  writeFileSync(home.path('kept', 'note'), 'mine');
  await refused('kept', ['profile', 'create', 'x'.repeat(65), ...pass], 'name-invalid', 2);
  assert.equal(readFileSync(home.path('kept', 'note'), 'utf8'), 'mine');
  await refused('kept', ['status'], 'daemon-not-running', 3);
});

test('a newer store: said, and left as it is', async () => {
  const passphrase = new TextEncoder().encode('correct horse battery');
  const opened = await openProfile({
    dir: home.path('newer'),
    secret: new Sensitive(passphrase),
  });
  opened.store.exec('PRAGMA user_version = 9999');
  opened.close();
  const before = await placeOf(home.path('newer'));
  const up = ['up', '--passphrase-file', home.path('pass')];
  await refused('newer', up, 'profile-newer', 1);
  assert.deepEqual(await placeOf(home.path('newer')), before);
});

test('a second daemon for the same profile', async () => {
  const entry = fileURLToPath(new URL('../../apps/daemon/bin/tacet-daemon.mjs', import.meta.url));
  const run = (...args: string[]) => {
    try {
      execFileSync(process.execPath, [entry, ...args], { stdio: 'pipe' });
      return { status: 0, text: '' };
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: Buffer };
      return { status, text: stderr.toString('utf8') };
    }
  };
  const second = run('--dir', home.path('alice'));
  assert.equal(second.status, 1);
  assert.match(second.text, /daemon-running/);
  assert.equal((await home.json('alice', ['status']))['state'], 'open');
  const unknown = run('--dir', home.path('x'), '--colour');
  assert.equal(unknown.status, 2);
  assert.match(unknown.text, /unknown or incomplete option/);
});

test('an unreadable store: said, and left as it is', async () => {
  for (const slot of [0, 1, 2, 3]) {
    truncateSync(home.path('broken', 'vault', `${slot}.data`), 1_000);
  }
  writeFileSync(home.path('broken', 'note'), '');
  await home.tacet('broken', ['up', '--locked']);
  const vault = snapshot(home.path('broken', 'vault'));
  await refused('broken', [...unlock, home.path('pass')], 'profile-unreadable', 1);
  assert.equal(snapshot(home.path('broken', 'vault')), vault);
  assert.equal((await home.json('broken', ['status']))['state'], 'locked');
});

test('success is silent in the log', () => {
  const lines = home
    .log('alice')
    .split('\n')
    .filter((line) => !line.includes('window-assets'));
  assert.deepEqual(lines, ['']);
});

test('a network that cannot be reached: said, and another card takes its place', async () => {
  const cardOf = (seed: string): string => {
    const { card } = makeTestNetwork({ seed });
    // Nobody listens there.
    const edges = card.edges.map((edge) => ({ ...edge, address: '127.0.0.1:1' }));
    return encodeCard({ ...card, edges, networkName: seed });
  };
  const dead = ['network', 'join', cardOf('dead')];
  await refused('alice', [...dead, '--wait', '--timeout', '100ms'], 'network-timeout', 6);
  const joining = await home.tacet('alice', ['network', 'join', cardOf('other')]);
  assert.equal(joining.code, 0);
  assert.match(joining.out, /^joining other \(one authority: .*\) \(connecting\)\n$/);
  assert.match(joining.err, /^the network was not reached yet; .* another card may take its place/);
  assert.match((await home.tacet('alice', ['network', 'status'])).out, /^name +other/);
});
