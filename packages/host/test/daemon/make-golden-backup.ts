/**
 * Makes a golden backup: `node make-golden-backup.ts DIR`, an empty folder for its files; DIR.json says what
 * is in them. Filling is left out: it is random bytes. Run once per version of the form; what was
 * committed is never made again.
 */
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { backupSalt, openBackup } from '@tacet/adapters/backup-folder';
import { phraseRoot, readPhrase } from '@tacet/adapters/recovery-phrase';
import { hex, Sensitive } from '@tacet/base';
import { backUp, root, withNotes } from './backup-stage.ts';

const dir = resolve(process.argv[2] ?? '');
const { daemon, say } = await withNotes('golden');
await say('a quiet river');
await say('caf\u00e9 \u{1f642}');
const folder = join(root, 'folder');
const phrase = await backUp(daemon, folder);
await daemon.stop();
const key = await phraseRoot(readPhrase(new Sensitive(phrase)), await backupSalt(folder));
const backup = await openBackup(folder, key);
const { list } = backup as unknown as { list: { data: { id: Uint8Array }[] } };
const live = new Set([...backup.head.list, ...list.data].map(({ id }) => hex(id)));
for (const name of readdirSync(folder)) {
  if (name === '0.head' || live.has(name)) renameSync(join(folder, name), join(dir, name));
}
const golden = {
  provenance:
    'made by packages/host/test/daemon/make-golden-backup.ts on linux-x64; never made again',
  form: 1,
  phrase,
  root: hex(key),
  number: backup.head.number,
  at: backup.head.at,
  texts: ['a quiet river', 'caf\u00e9 \u{1f642}'],
};
writeFileSync(`${dir}.json`, `${JSON.stringify(golden, null, 1)}\n`);
rmSync(root, { recursive: true, force: true });
