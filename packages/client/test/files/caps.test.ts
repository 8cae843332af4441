/** How many files of a contact are fetched at a time (docs/spec/19-files.md, 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, utf8 } from '@tacet/base';
import { MAX_UNFINISHED_FILES } from '../../src/limits.ts';
import { Pair, type Side } from '../conversations/pair.ts';

function send(side: Side): void {
  const { files } = side.client;
  const { uploads } = files;
  const upload = uploads.begin(5, side.profile.later());
  const writes = [...uploads.put(upload, 0, utf8('bytes')), ...uploads.finish(upload)];
  for (const { done } of writes) done();
  const facts = { name: 'plan.txt', mediaType: 'text/plain', kind: 'file' } as const;
  const request = { contactId: side.other, upload, facts, text: '', clientId: null };
  files.send(request, side.profile.later());
}

test('attack: small files without end are fetched so many at a time; the rest waits to be wanted', async () => {
  const { a, b } = await Pair.meet();
  for (let n = 0; n < MAX_UNFINISHED_FILES + 2; n++) {
    send(a);
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
