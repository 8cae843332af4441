/** What is left of a profile after it was destroyed, whole and half-way, by everything on the disk. */
import assert from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Sensitive, utf8 } from '@tacet/base';
import { openHead, rootOf, slotKey } from '../../src/profiles-sqlcipher/header.ts';
import {
  createProfile,
  eraseKeys,
  openProfile,
  profileExists,
  removeVault,
} from '../../src/profiles-sqlcipher/index.ts';
import { refusedAsItIs } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-wipe-'));
after(() => rmSync(root, { recursive: true, force: true }));
const secret = {
  kind: 'passphrase' as const,
  secret: new Sensitive(utf8('right')),
  cost: { memoryKiB: 64, passes: 1 },
  slot: 0,
  first: 4,
  answerStep: 0,
};

/** A profile with a row; second names of header and salt show what became of their blocks. */
async function make(name: string) {
  const dir = join(root, name);
  const profile = await createProfile({ dir, ...secret });
  profile.store.exec('CREATE TABLE t (v TEXT) STRICT');
  profile.store.run('INSERT INTO t VALUES (?)', 'canary');
  const blocks = ['0.head', 'salt'].map((part) => {
    const [path, second] = [join(dir, 'vault', part), join(root, `${name}-${part}`)];
    const before = readFileSync(path);
    linkSync(path, second);
    return { before, now: () => readFileSync(second) };
  });
  return { dir, profile, blocks };
}

test('header and salt are overwritten in their place; the passphrase opens neither what is left nor a copy of the data', async () => {
  const { dir, profile, blocks } = await make('whole');
  const [head, salt] = blocks;
  assert.ok(head !== undefined && salt !== undefined);
  const key = slotKey(await rootOf(secret, salt.before, secret.cost), 0);
  assert.notEqual(openHead(key, head.before, 0), null, 'the control: it opened');
  eraseKeys(dir);
  for (const { before, now } of blocks) {
    assert.equal(now().length, before.length);
    assert.notDeepEqual(now(), before);
    // By chance one in 256 bytes stays.
    const same = before.filter((byte, i) => byte === now()[i]).length;
    assert.ok(same < 8 + before.length / 64, `${same} of ${before.length} bytes are as before`);
  }
  profile.close();
  await refusedAsItIs({ dir, ...secret }, 'passphrase-wrong');
  removeVault(dir);
  assert.equal(profileExists(dir), false);
  assert.deepEqual(readdirSync(dir), ['profile.lock']);
});

test('who is killed between any two steps can wipe again, or make a new profile', async () => {
  const { dir, profile } = await make('half');
  eraseKeys(dir);
  profile.close();
  // Killed here: it is there, nothing opens it, and a second wipe finishes.
  eraseKeys(dir);
  removeVault(dir);
  // Killed before the last step of all: the old files stand under the name of one being made.
  mkdirSync(join(dir, 'vault.new'));
  writeFileSync(join(dir, 'vault.new', '0.data'), 'rest');
  assert.equal(profileExists(dir), false);
  const fresh = await createProfile({ dir, ...secret });
  assert.deepEqual(readdirSync(dir).sort(), ['profile.lock', 'vault']);
  fresh.close();
  (await openProfile({ dir, ...secret })).close();
});

test('a header being replaced goes, too, and nothing there is no error', async () => {
  const { dir, profile } = await make('between');
  profile.close();
  const path = join(dir, 'vault/0.head.new');
  writeFileSync(path, new Uint8Array(4_096).fill(7));
  eraseKeys(dir);
  assert.ok(readFileSync(path).filter((byte) => byte === 7).length < 100);
  removeVault(dir);
  eraseKeys(dir);
  removeVault(dir);
  eraseKeys(join(root, 'never'));
  removeVault(join(root, 'never'));
  assert.equal(existsSync(join(root, 'never')), false);
});

test('a part that cannot be overwritten is said, and keeps no other from being overwritten', async () => {
  const { dir, profile, blocks } = await make('worn');
  profile.close();
  const head = join(dir, 'vault/0.head');
  rmSync(head);
  // Nobody, not even root, writes into a folder.
  mkdirSync(head);
  assert.throws(() => eraseKeys(dir), { code: 'profile-storage-failed' });
  const salt = blocks[1];
  assert.ok(salt !== undefined);
  assert.notDeepEqual(salt.now(), salt.before);
  removeVault(dir);
  assert.equal(profileExists(dir), false);
});
