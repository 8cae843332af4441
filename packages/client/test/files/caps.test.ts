/** How many files of a contact are fetched at a time (docs/spec/19-files.md, 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { MAX_UNFINISHED_FILES } from '../../src/limits.ts';
import { Pair } from '../conversations/pair.ts';
import { sendFile } from './sending.ts';

test('attack: small files without end are fetched so many at a time; the rest waits to be wanted', async () => {
  const { a, b } = await Pair.meet();
  for (let n = 0; n < MAX_UNFINISHED_FILES + 2; n++) {
    sendFile(a);
    for (const letter of a.letters()) b.take(letter);
  }
  const lines = b.lines.filter(({ file }) => file !== null);
  const inState = (state: string) => lines.filter(({ file }) => file?.state === state);
  assert.equal(inState('wanted').length, MAX_UNFINISHED_FILES);
  const [first, second] = inState('offered');
  assert.ok(first !== undefined && second !== undefined);
  const watches = b.profile.store.get("SELECT count(*) AS n FROM watches WHERE owner = 'file'");
  assert.equal(watches?.['n'], MAX_UNFINISHED_FILES);
  const { files } = b.client;
  assert.throws(
    () => files.want(first.id, false, b.profile.later()),
    (error) => isAppError(error, 'file-room'),
  );
  files.decline(inState('wanted')[0]?.id ?? '', b.profile.later());
  files.want(first.id, false, b.profile.later());
  assert.equal(b.client.message(first.id).file?.state, 'wanted');
});
