/** What goes wrong with backups of whole daemons: other phrases, damage, two daemons, the end in the middle. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ResultOf } from '@tacet/api';
import { openSlot } from '@tacet/testkit/open-slot';
import { backUp, OTHER, refused, root, start, withNotes } from './backup-stage.ts';

type Status = ResultOf<'backup.status'>;

test('the former daemon does not write over what the restored one made, and says why', async () => {
  const folder = join(root, 'disk', 'two');
  const { daemon: former, say } = await withNotes('former');
  await say('before');
  const phrase = await backUp(former, folder);
  const restored = await start('restored');
  await restored.call('backup.restore', { folder, phrase, passphrase: 'x' });
  await restored.call('backup.set', { folder });
  await restored.call('backup.create');
  for (let n = 0; n < 3; n++) {
    await assert.rejects(former.call('backup.create'), refused('backup-ahead'));
  }
  const { failed } = (await former.call('backup.status')) as Status;
  assert.equal(failed?.code, 'backup-ahead');
  const { alarms } = (await former.call('alarm.list')) as ResultOf<'alarm.list'>;
  assert.deepEqual(
    alarms.map(({ code, count }) => [code, count]),
    [['backup-failed', 1]],
  );
  await former.call('backup.set', { folder: join(root, 'disk', 'three') });
  assert.equal(((await former.call('backup.create')) as Status).failed, null);
});

test('another phrase, a folder without one, and damage anywhere: nothing is restored, no profile is left', async () => {
  const folder = join(root, 'disk', 'damaged');
  const { daemon, say } = await withNotes('damaged');
  await say('x'.repeat(10_000));
  const phrase = await backUp(daemon, folder);
  const carol = await start('carol');
  const restore = (change: object) =>
    carol.call('backup.restore', { folder, phrase, passphrase: 'x', ...change });
  await assert.rejects(restore({ phrase: OTHER }), refused('recovery-phrase-wrong'));
  await assert.rejects(restore({ phrase: `${phrase} zoo` }), refused('recovery-phrase-malformed'));
  await assert.rejects(restore({ folder: join(root, 'no') }), refused('backup-missing'));
  await assert.rejects(
    daemon.call('backup.test', { phrase: OTHER }),
    refused('recovery-phrase-wrong'),
  );
  for (const name of readdirSync(folder).filter((one) => one !== '0.head')) {
    const bytes = readFileSync(join(folder, name));
    bytes[140_000] = (bytes[140_000] ?? 0) ^ 1;
    writeFileSync(join(folder, name), bytes);
  }
  await assert.rejects(restore({}), refused('backup-damaged'));
  await assert.rejects(daemon.call('backup.test', { phrase }), refused('backup-damaged'));
  for (const name of ['vault', 'vault.new', 'backup-test']) {
    assert.equal(existsSync(join(root, 'carol', name)), false, name);
  }
  assert.equal((await carol.status()).state, 'none');
  // The profile is well: all of it is made anew.
  await daemon.call('backup.create', { whole: true });
  await daemon.call('backup.test', { phrase });
  await restore({});
  assert.equal((await carol.status()).state, 'open');
});

test('a new phrase opens what is made after it, the old one what was copied before; a damaged profile makes no backup', async () => {
  const folder = join(root, 'disk', 'phrases');
  const { daemon } = await withNotes('phrases');
  const old = await backUp(daemon, folder);
  const { phrase } = (await daemon.call('backup.phrase')) as { phrase: string };
  await daemon.call('backup.set', { phrase });
  await daemon.call('backup.test', { phrase: old });
  await daemon.call('backup.create');
  await assert.rejects(
    daemon.call('backup.test', { phrase: old }),
    refused('recovery-phrase-wrong'),
  );
  await daemon.call('backup.test', { phrase });

  const before = readdirSync(folder);
  const profile = join(root, 'phrases');
  const path = join(profile, `vault/${openSlot(profile)}.data`);
  const bytes = readFileSync(path);
  bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await assert.rejects(daemon.call('backup.create'), refused('profile-unreadable'));
  assert.deepEqual(readdirSync(folder), before);
  await daemon.call('backup.test', { phrase });
});

test('a text that was deleted is in no backup after the next; stopped in the middle, the last one stays', async () => {
  const folder = join(root, 'disk', 'gone');
  const { daemon, say, texts } = await withNotes('gone');
  const sent = (await say('a word to be gone')) as ResultOf<'message.send'>;
  await say('a word to stay');
  const phrase = await backUp(daemon, folder);
  await daemon.call('message.delete', { id: sent.id, forEveryone: false, clientId: 'gone' });
  await daemon.call('backup.create');
  const run = daemon.call('backup.create', { whole: true }).then(
    () => 'made',
    (error: { code: string }) => error.code,
  );
  await daemon.stop();
  assert.match(await run, /^(backup-ended|daemon-stopping|made)$/);
  rmSync(join(root, 'gone'), { recursive: true });
  const back = await start('back');
  await back.call('backup.restore', { folder, phrase, passphrase: 'x' });
  assert.deepEqual(await texts(back), ['a word to stay']);
});

test('a test under way ends at once with the daemon, its copy gone', async () => {
  const folder = join(root, 'disk', 'busy');
  const { daemon, say } = await withNotes('busy');
  for (let n = 0; n < 600; n++) await say(`${n} ${String(n).repeat(5_000).slice(0, 15_000)}`);
  const phrase = await backUp(daemon, folder);
  const done: string[] = [];
  const run = daemon.call('backup.test', { phrase }).then(
    () => void done.push('tested'),
    (error: { code: string }) => void done.push(error.code),
  );
  while ((await daemon.status()).backup === null) await new Promise((wake) => setTimeout(wake, 2));
  assert.equal(existsSync(join(root, 'busy', 'backup-test', 'data')), true);
  await daemon.stop();
  await run;
  assert.deepEqual(done, ['backup-ended']);
  assert.equal(existsSync(join(root, 'busy', 'backup-test')), false);
});
