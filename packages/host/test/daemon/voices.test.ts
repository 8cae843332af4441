/** Voice notes on their way through the daemon (docs/spec/19-files.md, 9): brought in, made, heard. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { type BlockRead, Client, prepareProfile } from '@tacet/client';
import { checkNote, makeNote } from '@tacet/client/voice';
import { createFakeSession, MemoryCells, MemoryStore, seededRng } from '@tacet/testkit';
import { plainBuilder } from '@tacet/testkit/model';
import { RECORDING, recordingWithTags, VOICE_CANARY } from '@tacet/testkit/voices';
import { readBlocks, writeAll } from '../../src/daemon/methods/remade.ts';
import { readVoice, remakeVoice } from '../../src/daemon/methods/voices.ts';

const NOW = 1_000_000_000_000;
const code = (expected: string) => (error: unknown) => isAppError(error, expected);

async function scene() {
  const store = new MemoryStore();
  const rng = seededRng('voices');
  await prepareProfile(store, createFakeSession(rng), rng, { name: 'alice' });
  const { uploads } = Client.open({ store, builder: plainBuilder, rng }, NOW).files;
  const disk = new MemoryCells();
  const needed: number[] = [];
  const turn = async <T>(work: (now: number) => T, needs = 0): Promise<T> => {
    needed.push(needs);
    return work(NOW);
  };
  const around = { uploads, turn, cells: async () => disk };
  const bringIn = async (bytes: Uint8Array): Promise<number> => {
    const upload = uploads.begin(bytes.length, NOW);
    await writeAll(uploads.put(upload, 0, bytes, NOW), disk, turn);
    return upload;
  };
  const bytesOf = async (upload: number): Promise<Buffer> => {
    await writeAll(uploads.finish(upload), disk, turn);
    return Buffer.concat(await readBlocks(uploads.blocks(upload), disk));
  };
  return { uploads, around, bringIn, bytesOf, needed, disk };
}

test('a recording becomes an upload of the one form, and what it came from is thrown away', async () => {
  const { around, bringIn, bytesOf, uploads, needed } = await scene();
  const given = recordingWithTags();
  assert.ok(given.includes(VOICE_CANARY) && given.includes('Chrome'), 'control');
  const first = await bringIn(given);
  const { upload, size, duration } = await remakeVoice(around, first, false);
  const note = await bytesOf(upload);
  assert.deepEqual([size, duration], [note.length, 660]);
  assert.equal(checkNote(note), 660);
  assert.ok(!note.includes('canary') && !note.includes('Chrome'));
  assert.deepEqual(uploads.made(upload), {
    kind: 'voice',
    mediaType: 'audio/webm',
    duration: 660,
  });
  assert.throws(() => uploads.sizeOf(first), code('upload-unknown'));
  assert.ok(needed.includes(50), 'only where there is room before the next slot');
});

test('what is no recording is refused, and stays an upload that can go as a file', async () => {
  const { around, bringIn, bytesOf, uploads } = await scene();
  for (const bytes of [Buffer.from('OggS and so on'), RECORDING.subarray(0, 60), Buffer.alloc(9)]) {
    const upload = await bringIn(bytes);
    await assert.rejects(remakeVoice(around, upload, false), code('voice-unreadable'));
    assert.deepEqual(await bytesOf(upload), Buffer.from(bytes));
    assert.equal(uploads.made(upload), null);
    uploads.cancel(upload);
  }
  const huge = uploads.begin(1_048_577, NOW);
  await assert.rejects(remakeVoice(around, huge, false), code('voice-long'));
});

test('what somebody sent is heard only as the one form, of the duration it says', async () => {
  const { around, bringIn, bytesOf, uploads } = await scene();
  const made = makeNote(RECORDING, { bytes: 150_000, duration: 60_000 });
  const heard = async (bytes: Uint8Array, duration: number | null) => {
    const upload = await bringIn(bytes);
    await bytesOf(upload);
    const blocks: BlockRead[] = uploads.blocks(upload);
    const person = { files: { voice: () => ({ blocks, duration }) } };
    uploads.close(upload);
    return readVoice({ ...around, person } as unknown as Parameters<typeof readVoice>[0], '1');
  };
  const { bytes, duration } = await heard(made.bytes, 660);
  assert.deepEqual(Buffer.from(bytes, 'base64url'), Buffer.from(made.bytes));
  assert.equal(duration, 660);
  const page = Buffer.from('<script>alert(1)</script>');
  const hostile: Record<string, Uint8Array> = {
    'as a recorder wrote it': RECORDING,
    'with tags': recordingWithTags(),
    'a page behind it': Buffer.concat([made.bytes, page]),
    'a page': page,
    'cut off': made.bytes.subarray(0, -1),
    zeros: new Uint8Array(1_000),
  };
  for (const [what, one] of Object.entries(hostile)) {
    await assert.rejects(heard(one, 660), code('voice-unreadable'), what);
  }
  for (const said of [659, 3_600_000, null]) {
    await assert.rejects(heard(made.bytes, said), code('voice-unreadable'), `says ${said}`);
  }
});
