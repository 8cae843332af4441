/** More than one profile in a vault, on the command line: what is to stay is said, and nothing secret is an argument. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PROMISES } from '@tacet/api';
import { FakeDaemon } from './fake-daemon.ts';
import { behave, strict } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-cli-vault-'));
const secretFile = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const next = secretFile('new', 'another\n');
const others = secretFile('others', 'one\r\n\ntwo\n');

const fake = new FakeDaemon();
before(() => fake.start(strict({ 'vault.add': () => ({}), 'vault.duress': () => ({}) })));
after(() => {
  fake.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('each promise is printed, with what is not promised, in lines a terminal holds', async () => {
  const { code, out } = await fake.tacet(['vault', 'promises']);
  assert.equal(code, 0);
  const said = out.replace(/\s+/g, ' ');
  for (const { who, cannot, can } of PROMISES) {
    assert.ok(said.includes(`${who} cannot ${cannot} can ${can}`), who);
  }
  for (const line of out.split('\n')) assert.ok(line.length <= 78, line);
});

behave(fake, [
  {
    argv: ['vault', 'add', 'A. Miller', '--new-passphrase-file', next, '--keep-none'],
    asks: ['vault.add', { name: 'A. Miller', passphrase: 'another', keep: [] }],
    out: /^added\n/,
  },
  {
    argv: ['vault', 'duress', '--new-passphrase-file', next, '--keep-file', others],
    asks: [
      'vault.duress',
      { passphrase: 'another', keep: [{ passphrase: 'one' }, { passphrase: 'two' }] },
    ],
    out: /destroys every other profile/,
  },
  {
    argv: ['vault', 'duress', '--new-passphrase-file', next, '--keep-keychain'],
    asks: ['vault.duress', { passphrase: 'another', keep: [{ keychain: true }] }],
    out: /destroys/,
  },
  {
    argv: ['vault', 'add', 'Al', '--new-passphrase-file', next],
    never: ['vault.add'],
    err: /which other profiles are to stay.*--keep-none/,
    status: 2,
  },
  {
    argv: [
      'vault',
      'add',
      'Al',
      '--new-passphrase-file',
      next,
      '--keep-none',
      '--keep-file',
      others,
    ],
    never: ['vault.add'],
    err: /--keep-none goes with no other/,
    status: 2,
  },
  {
    // The keychain holds one secret: these commands take no `--new-keychain`, and do not name it.
    argv: ['vault', 'add', 'Al', '--keep-none'],
    never: ['vault.add'],
    err: /a new passphrase is needed: use a terminal, --new-passphrase-fd or --new-passphrase-file$/m,
    status: 4,
  },
  { argv: ['vault', 'add', '--keep-none'], never: ['vault.add'], err: /name/, status: 2 },
]);

test('on a terminal it asks what is to stay, until nothing is typed', async () => {
  const typed = ['one', '', 'another', 'another'];
  const { code } = await fake.tacet(['vault', 'add', 'Al'], { secrets: typed });
  assert.equal(code, 0);
  assert.deepEqual(fake.calls.at(-1), {
    method: 'vault.add',
    params: { name: 'Al', passphrase: 'another', keep: [{ passphrase: 'one' }] },
  });
});
