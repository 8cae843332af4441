/** Pictures leave as they were made anew, or not as pictures (docs/spec/19-files.md, 7). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import type { PictureFacts } from '../../src/files/uploads.ts';
import { Pair, type Side } from '../conversations/pair.ts';
import { sendFile } from './sending.ts';

const MADE: PictureFacts = {
  kind: 'picture',
  mediaType: 'image/webp',
  preview: new Uint8Array(25).fill(7),
  dimensions: [32, 48],
};

/** What the caller says of the rest of it counts for nothing. */
function send(side: Side, made: PictureFacts | null, kind: 'picture' | 'file'): void {
  const facts = { name: 'a.jpg', mediaType: 'image/jpeg', kind, dimensions: [9, 9] } as const;
  sendFile(side, { facts }, made);
}

test('a picture leaves only when it was made anew, whatever the caller says of it', async () => {
  const { a, b } = await Pair.meet();
  assert.throws(
    () => send(a, null, 'picture'),
    (error) => isAppError(error, 'picture-as-it-is'),
  );
  assert.deepEqual(a.letters(), [], 'nothing of it leaves');
  send(a, MADE, 'picture');
  for (const letter of a.letters()) b.take(letter);
  const { kind, mediaType, width, height, preview } = b.last.file ?? assert.fail();
  assert.deepEqual({ kind, mediaType }, { kind: 'picture', mediaType: 'image/webp' });
  assert.deepEqual([width, height, preview?.length], [32, 48, 34]);
});

test('as a file it goes as it is, and says nothing of pixels', async () => {
  const { a, b } = await Pair.meet();
  send(a, null, 'file');
  for (const letter of a.letters()) b.take(letter);
  const { kind, mediaType, width, preview } = b.last.file ?? assert.fail();
  const told = { kind, mediaType, width, preview };
  assert.deepEqual(told, { kind: 'file', mediaType: 'image/jpeg', width: null, preview: null });
});

test('blocks of an upload are told in order when all of them are on the disk, and not before', async () => {
  const { a } = await Pair.meet();
  const { uploads } = a.client.files;
  const size = 200_000;
  const upload = uploads.begin(size, a.profile.later());
  const writes = [
    ...uploads.put(upload, 0, new Uint8Array(size).fill(1), a.profile.later()),
    ...uploads.finish(upload),
  ];
  const early = (error: unknown) => isAppError(error, 'upload-short');
  assert.throws(() => uploads.blocks(upload), early);
  writes[0]?.done();
  assert.throws(() => uploads.blocks(upload), early);
  for (const { done } of writes) done();
  const blocks = uploads.blocks(upload);
  assert.equal(uploads.sizeOf(upload), size);
  assert.deepEqual(
    blocks.map(({ length, place }) => [length, place.block]),
    [
      [144_832, 0],
      [size - 144_832, 1],
    ],
  );
});
