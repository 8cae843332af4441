/**
 * Voice notes for real (docs/spec/19-files.md, 9): the command line sends what a browser recorded, and what
 * comes out on the other side has nothing of the browser in it, and is heard by nobody as anything else.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkNote } from '@tacet/client/voice';
import { recordingWithTags, VOICE_CANARY } from '@tacet/testkit/voices';
import { FAST } from '../lib/town.ts';
import { readBelow } from '../relay/lib/files.ts';
import { withFiles } from './stage.ts';

const PATIENCE = 120_000;

test('a voice note arrives, is heard and saved, without what its recorder wrote', async () => {
  await withFiles(FAST, PATIENCE, async ({ town, home, bob, run, newest }) => {
    const path = join(town.dir, 'recorded-2026-11-22-at-home.webm');
    writeFileSync(path, recordingWithTags());
    const sent = await run('alice', 'file', 'send', 'bob', path, '--voice');
    assert.equal(sent.code, 0, sent.err);
    assert.match(sent.err, /written anew: 0\.7 s, 1\.6 kB, without what the recorder wrote/);
    await town.until('it is there', PATIENCE, async () => {
      return (await newest(bob))?.file?.state === 'here';
    });
    const { id, file, text } = (await newest(bob)) ?? assert.fail();
    const { kind, name, mediaType, duration, peaks } = file ?? assert.fail();
    assert.deepEqual(
      { kind, name, mediaType, duration, peaks },
      { kind: 'voice', name: 'voice.webm', mediaType: 'audio/webm', duration: 660, peaks: null },
    );
    assert.match(text, /^Voice note/);

    const heard = await bob.api.call('voice.read', { id });
    const note = Buffer.from(heard.bytes, 'base64url');
    assert.equal(checkNote(note), 660);
    const saved = join(town.dir, 'saved.webm');
    assert.equal((await run('bob', 'file', 'get', id, saved)).code, 0);
    assert.deepEqual(readFileSync(saved), note);
    for (const word of ['canary', 'Chrome', 'recorded-2026']) assert.ok(!note.includes(word));

    // --- what is none
    const other = join(town.dir, 'song.ogg');
    writeFileSync(other, 'OggS and so on');
    const refused = await run('alice', 'file', 'send', 'bob', other, '--voice', '--json');
    assert.equal(refused.code, 2, refused.err);
    assert.equal(JSON.parse(refused.err.trim().split('\n').at(-1) ?? '').code, 'voice-unreadable');

    const frames = note.subarray(-100, -20);
    for (const { path: where, bytes } of readBelow(home)) {
      assert.ok(!bytes.includes(VOICE_CANARY) && !bytes.includes(frames), `in clear in ${where}`);
    }
    assert.ok(recordingWithTags().includes(frames), 'control: it was in what was recorded');
  });
});
