/** Voice notes leave as they were written anew, or not as voice notes (docs/spec/19-files.md, 9). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import type { VoiceFacts } from '../../src/files/uploads.ts';
import { Pair, type Side } from '../conversations/pair.ts';
import { sendFile } from './sending.ts';

const MADE: VoiceFacts = { kind: 'voice', mediaType: 'audio/webm', duration: 2_580 };
const PEAKS = new Uint8Array(64).fill(200);
const code = (expected: string) => (error: unknown) => isAppError(error, expected);

/** What the caller says of type and duration counts for nothing. */
function send(
  side: Side,
  made: VoiceFacts | null,
  peaks: Uint8Array | null = PEAKS,
  kind: 'voice' | 'file' | 'picture' = 'voice',
): string {
  const loud = peaks === null ? {} : { peaks };
  const facts = { name: 'voice.webm', mediaType: 'audio/ogg', kind, duration: 9, ...loud } as const;
  return sendFile(side, { facts }, made);
}

test('a voice note leaves only when it was written anew, whatever the caller says of it', async () => {
  const { a, b } = await Pair.meet();
  assert.throws(() => send(a, null), code('voice-as-it-is'));
  assert.throws(() => send(a, MADE, null, 'picture'), code('picture-as-it-is'));
  assert.deepEqual(a.letters(), [], 'nothing of it leaves');
  send(a, MADE);
  for (const letter of a.letters()) b.take(letter);
  const { kind, mediaType, duration, peaks } = b.last.file ?? assert.fail();
  assert.deepEqual(
    { kind, mediaType, duration },
    { kind: 'voice', mediaType: 'audio/webm', duration: 2_580 },
  );
  assert.deepEqual(Buffer.from(peaks ?? '', 'base64url'), Buffer.from(PEAKS));
  assert.match(b.last.text, /^Voice note/);
});

test('peaks are 64 to 100 or none, and go with voice notes only', async () => {
  const { a, b } = await Pair.meet();
  for (const length of [0, 63, 101]) {
    assert.throws(() => send(a, MADE, new Uint8Array(length)), code('voice-peaks'), `${length}`);
  }
  assert.throws(() => send(a, null, PEAKS, 'file'), code('voice-peaks'));
  send(a, MADE, null);
  for (const letter of a.letters()) b.take(letter);
  assert.equal(b.last.file?.peaks, null);
});

test('where a voice note stands is told of what is one, and is all here', async () => {
  const { a, b } = await Pair.meet();
  const own = send(a, MADE);
  const { blocks, duration } = a.client.files.voice(own);
  assert.deepEqual([blocks.length, duration], [1, 2_580], 'of an own one at once');
  for (const letter of a.letters()) b.take(letter);
  assert.throws(() => b.client.files.voice(b.last.id), code('file-incomplete'));
  const plain = send(a, null, null, 'file');
  assert.throws(() => a.client.files.voice(plain), code('voice-unreadable'));
  const facts = { name: 'voice.webm', mediaType: 'audio/webm', kind: 'voice' } as const;
  const long = sendFile(a, { facts, size: 600_001 }, MADE);
  assert.throws(() => a.client.files.voice(long), code('voice-unreadable'));
});
