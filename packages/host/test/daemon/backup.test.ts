/**
 * Backups of a whole daemon on real files: SQLCipher, Argon2id with its full cost, a phrase as a person
 * has it. More in backup.long.test.ts; what is killed in adapters/test/backup-folder and profiles-sqlcipher.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ResultOf } from '@tacet/api';
import { backUp, OTHER, refused, root, start, withNotes } from './backup-stage.ts';

test('a profile goes into a folder and comes back somewhere else, fenced, with all that was said', async () => {
  const folder = join(root, 'disk', 'alice');
  const { daemon: alice, say, texts } = await withNotes('alice');
  await say('the first canary');
  await assert.rejects(alice.call('backup.create'), refused('recovery-phrase-missing'));
  assert.equal(((await alice.call('backup.status')) as ResultOf<'backup.status'>).phrase, false);
  await assert.rejects(
    alice.call('backup.set', { phrase: 'not a phrase', folder }),
    refused('recovery-phrase-malformed'),
  );
  for (const place of [join(root, 'alice', 'vault'), join(root, 'alice'), 'disk']) {
    await assert.rejects(
      alice.call('backup.set', { phrase: OTHER, folder: place }),
      refused('backup-folder-place'),
    );
  }
  const phrase = await backUp(alice, folder);
  const words = phrase.split(' ');
  assert.equal(words.length, 12);
  assert.equal(readdirSync(folder).length, 65);

  // The daemon goes on, and a second one writes what changed.
  await say('the second canary');
  const made = (await alice.call('backup.create')) as ResultOf<'backup.create'>;
  assert.equal(made.last?.number, 2);
  assert.equal(made.due, (made.last?.at ?? 0) + 12 * 3_600_000);
  assert.ok(made.written <= made.pieces);
  const found = (await alice.call('backup.test', { phrase })) as ResultOf<'backup.test'>;
  assert.deepEqual(
    [found.profile, found.contacts, found.messages, found.number, found.withFiles],
    ['Alice', 0, 2, 2, true],
  );
  assert.ok(!readdirSync(join(root, 'alice')).some((name) => name.startsWith('backup')));
  await alice.stop();

  // A test of a backup that was killed left its copy.
  const left = join(root, 'again', 'backup-test');
  mkdirSync(left, { recursive: true, mode: 0o700 });
  writeFileSync(join(left, 'data'), 'rest');
  const again = await start('again');
  assert.equal(existsSync(left), false);
  const restore = { folder, phrase: words.join('  ').toUpperCase(), passphrase: 'another' };
  const { contents, status } = (await again.call(
    'backup.restore',
    restore,
  )) as ResultOf<'backup.restore'>;
  assert.deepEqual([contents.profile, contents.messages], ['Alice', 2]);
  assert.equal(status.restored?.counter, 1);
  assert.equal(status.restored?.backupAt, made.last?.at);
  assert.deepEqual(
    [status.copiedAt, status.restored?.begun],
    [null, false],
    'it sends nothing yet',
  );
  await assert.rejects(again.call('backup.restore', restore), refused('profile-exists'));
  await assert.rejects(again.call('profile.resume'), refused('not-copied'));
  assert.deepEqual(await texts(again), ['the first canary', 'the second canary']);
  // Where backups go is not taken over; the phrase is.
  const plan = (await again.call('backup.status')) as ResultOf<'backup.status'>;
  assert.deepEqual([plan.phrase, plan.folder, plan.due], [true, null, null]);
  await assert.rejects(again.call('backup.create'), refused('backup-nowhere'));
  await again.call('backup.set', { folder });
  const third = (await again.call('backup.create')) as ResultOf<'backup.create'>;
  assert.equal(third.last?.number, 3);

  // Nothing of the phrase or the texts in anything that was written.
  const secrets = ['canary', phrase, ...words.filter((word) => word.length > 5)];
  const forms = secrets.flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
  ]);
  let seen = 0;
  for (const dir of [folder, join(root, 'alice'), join(root, 'again')]) {
    for (const file of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      seen += 1;
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const form of forms) assert.equal(bytes.includes(form), false, file.name);
    }
  }
  assert.ok(seen > 70, `${seen} files`);
  assert.ok(
    !alice.lines
      .concat(again.lines)
      .join('')
      .includes(words[0] ?? ''),
  );
});
