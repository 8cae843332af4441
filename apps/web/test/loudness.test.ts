/** Loudness of voice notes: 64 values of what was measured, and times as they are shown and said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageView } from '@tacet/testkit/views';
import { levelOf, PEAKS, peaksOf, playTime, spokenTime } from '../src/voice/loudness.ts';
import { fileWord, spokenNote, wordsBeside } from '../src/words/files.ts';

test('peaks are the loudest of each piece, and go on where nothing was measured', () => {
  const measured = [
    { at: 0, level: 0.5 },
    { at: 40, level: 1 },
    { at: 990, level: 0.2 },
    { at: 5_000, level: 7 },
  ];
  const peaks = peaksOf(measured, 6_400);
  assert.equal(peaks.length, PEAKS);
  assert.deepEqual(
    [...peaks.subarray(0, 11)],
    [255, 255, 255, 255, 255, 255, 255, 255, 255, 51, 51],
  );
  assert.equal(peaks[49], 51);
  assert.equal(peaks[50], 255, 'at most the loudest there is');
  assert.equal(peaks[63], 255);
  assert.deepEqual([...new Set(peaksOf([], 1_000))], [0]);
  assert.equal(peaksOf([{ at: 9_999, level: 1 }], 1_000)[63], 255, 'late timers count as the end');
});

test('the level of a piece of sound is its loudest sample', () => {
  assert.equal(levelOf(Uint8Array.of(128, 128)), 0);
  assert.equal(levelOf(Uint8Array.of(128, 64, 130)), 0.5);
  assert.equal(levelOf(Uint8Array.of(0)), 1);
});

test('times are short on the screen, and whole when they are said', () => {
  assert.deepEqual([0, 6_600, 65_000].map(playTime), ['0:00', '0:07', '1:05']);
  assert.deepEqual([1_000, 7_000, 60_000, 61_000, 125_000].map(spokenTime), [
    '1 second',
    '7 seconds',
    '1 minute',
    '1 minute 1 second',
    '2 minutes 5 seconds',
  ]);
});

test('a voice note is said by its length, where it is, and the words beside it', () => {
  const file = {
    kind: 'voice',
    name: 'voice.webm',
    claimedName: null,
    mediaType: 'audio/webm',
    size: 9_000,
    state: 'wanted',
    reason: null,
    done: 1,
    parts: 4,
    preview: null,
    width: null,
    height: null,
    duration: 3_960,
    peaks: null,
  } as const;
  const plain = messageView({ direction: 'in', text: 'Voice note (9.0 kB)', file });
  assert.equal(wordsBeside(plain), '');
  assert.equal(spokenNote(plain, file), 'Voice note, 4 seconds, 25 % here');
  const beside = { ...plain, text: 'Voice note (1) of many' };
  assert.equal(wordsBeside(beside), 'Voice note (1) of many');
  const here = { ...file, state: 'here' } as const;
  assert.equal(spokenNote(beside, here), 'Voice note, 4 seconds: Voice note (1) of many');
  assert.equal(fileWord({ ...file, state: 'lost' }), 'lost on the way');
});
