/** Which files are fetched without being asked for, and how full the disk may be (docs/spec/19-files.md, 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { decodeEnvelope } from '../../src/content/envelope.ts';
import { MIN_ROOM_BYTES } from '../../src/limits.ts';
import { blob } from '../../src/store/rows.ts';
import { Pair } from '../conversations/pair.ts';
import { sendFile } from './sending.ts';

const code = (expected: string) => (error: unknown) => isAppError(error, expected);

/** The newest file of Bob's, and what he says of it to whoever wrote it. */
async function offered(size: number, prepare: (b: Pair['b']) => void) {
  const { a, b } = await Pair.meet();
  prepare(b);
  sendFile(a, { size });
  for (const letter of a.letters()) b.take(letter);
  const line = b.lines.findLast(({ file }) => file !== null);
  assert.ok(line?.file);
  const words = b.profile.store
    .all("SELECT body FROM notices WHERE kind = 'said'")
    .flatMap((row) => decodeEnvelope(blob(row, 'body')).fileWords ?? [])
    .map(({ word }) => word);
  return { b, id: line.id, state: line.file.state, words };
}

const fetches = (bytes: number) => (b: Pair['b']) =>
  b.client.conversations.settings(b.other, { fetchBytes: bytes }, b.now);

test('as a conversation begins: up to 262,144 bytes, of which the writer is not told', async () => {
  const small = await offered(262_144, () => {});
  assert.deepEqual([small.state, small.words], ['wanted', []]);
  const large = await offered(262_145, () => {});
  assert.deepEqual([large.state, large.words], ['offered', []]);
});

test('a larger size: fetched unasked, and the writer hears that it is wanted', async () => {
  const inside = await offered(500_000, fetches(500_000));
  assert.deepEqual([inside.state, inside.words], ['wanted', ['wanted']]);
  const beyond = await offered(500_001, fetches(500_000));
  assert.deepEqual([beyond.state, beyond.words], ['offered', []]);
});

test('none: also a small file waits for a word', async () => {
  const { b, id, state } = await offered(1, fetches(0));
  assert.equal(state, 'offered');
  b.client.files.want(id, false, b.profile.later());
  assert.equal(b.client.message(id).file?.state, 'wanted');
});

test('a disk with little room: nothing more is fetched or brought in until there is more', async () => {
  const { b, id, state } = await offered(1_000, ({ profile }) => {
    profile.room = MIN_ROOM_BYTES + 999;
  });
  assert.equal(state, 'offered');
  const want = () => b.client.files.want(id, false, b.profile.later());
  assert.throws(want, code('disk-low'));
  const bringIn = () => b.client.files.uploads.begin(1_000, b.profile.later());
  assert.throws(bringIn, code('disk-low'));
  b.profile.room += 1;
  bringIn();
  want();
  assert.equal(b.client.message(id).file?.state, 'wanted');
});
