/** Backups of every form that was ever committed are restored by this program. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ResultOf } from '@tacet/api';
import { start } from './backup-stage.ts';

interface Golden {
  readonly phrase: string;
  readonly number: number;
  readonly at: number;
  readonly texts: readonly string[];
}

const folder = join(import.meta.dirname, '../../../../vectors/backup');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  test(`${file} is restored, with what was said in it`, async () => {
    const golden = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Golden;
    const name = file.replace('.json', '');
    const daemon = await start(name);
    const asked = { folder: join(folder, name), phrase: golden.phrase, passphrase: 'x' };
    const { contents } = (await daemon.call('backup.restore', asked)) as ResultOf<'backup.restore'>;
    assert.deepEqual([contents.number, contents.at], [golden.number, golden.at]);
    const { id } = (await daemon.call('note.open')) as ResultOf<'note.open'>;
    const { messages } = (await daemon.call('message.list', {
      contactId: id,
      limit: 10,
    })) as ResultOf<'message.list'>;
    assert.deepEqual(
      messages.map(({ text }) => text),
      golden.texts,
    );
  });
}
