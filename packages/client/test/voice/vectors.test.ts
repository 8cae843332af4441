/** vectors/files/voice.json, checked by src and by the slow reference; and the two against each other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hex, isAppError, randomInt } from '@tacet/base';
import { hash as hashOf } from '@tacet/crypto';
import { seededRng } from '@tacet/testkit';
import { checkNote, makeNote, type VoiceNote } from '../../src/voice/note.ts';
import { leastOf, readPacket, writePacket } from '../../src/voice/opus.ts';
import { toHex } from '../reference/primitives.ts';
import * as reference from '../reference/voice.ts';

interface Said {
  readonly what: string;
}
interface Vectors {
  readonly recordings: readonly (Said & {
    readonly base64: string;
    readonly size: number;
    readonly duration: number;
    readonly note: string;
  })[];
  readonly packets: readonly (Said & {
    readonly given: string;
    readonly least: number;
    readonly size: number;
    readonly made: string;
  })[];
  readonly badPackets: readonly (Said & { readonly given: string })[];
  readonly plain: string;
  readonly refused: readonly (Said & { readonly hex: string; readonly code: string })[];
  readonly others: readonly (Said & {
    readonly hex: string;
    readonly note: string;
    readonly duration: number;
  })[];
}

const path = new URL('../../../../vectors/files/voice.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors;
const LARGE = { bytes: 600_000, duration: 240_000 };
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const recordings = vectors.recordings.map(
  ({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64')),
);

/** The refusal's code, or the note. */
function outcome(bytes: Uint8Array): VoiceNote | string {
  try {
    return makeNote(bytes, LARGE);
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

function slow(bytes: Uint8Array): VoiceNote | string {
  const made = reference.made(bytes);
  return made.is === 'note' ? { bytes: made.bytes, duration: made.duration } : made.code;
}

test('vectors of voice notes: what recorders write becomes one form', () => {
  for (const [n, { what, size, duration, note }] of vectors.recordings.entries()) {
    const made = makeNote(recordings[n] ?? assert.fail(), LARGE);
    assert.deepEqual([made.bytes.length, made.duration], [size, duration], what);
    assert.equal(hex(hashOf('file-tree', made.bytes)), note, what);
    assert.deepEqual(slow(recordings[n] ?? assert.fail()), made, what);
    assert.equal(checkNote(made.bytes), duration, what);
  }
});

test('vectors of voice notes: packets and their one form', () => {
  for (const { what, given, least, size, made } of vectors.packets) {
    const packet = readPacket(bytesOf(given));
    assert.equal(leastOf(packet), least, what);
    assert.equal(hex(writePacket(packet, size)), made, what);
    const plain = reference.closed(reference.opened([...bytesOf(given)]), size);
    assert.equal(toHex(Uint8Array.from(plain)), made, what);
    assert.deepEqual(readPacket(bytesOf(made)), packet, what);
  }
  for (const { what, given } of vectors.badPackets) {
    assert.throws(
      () => readPacket(bytesOf(given)),
      (error) => isAppError(error, 'voice-unreadable'),
      what,
    );
    assert.throws(() => reference.opened([...bytesOf(given)]), what);
  }
});

test('vectors of voice notes: what is refused', () => {
  for (const { what, hex: text, code } of vectors.refused) {
    assert.equal(outcome(bytesOf(text)), code, what);
    assert.equal(slow(bytesOf(text)), code, what);
  }
});

test('vectors of voice notes: what is one in another form is made, and is not taken from others', () => {
  assert.equal(checkNote(bytesOf(vectors.plain)), 40);
  for (const { what, hex: text, note, duration } of vectors.others) {
    const made = makeNote(bytesOf(text), LARGE);
    assert.equal(hex(hashOf('file-tree', made.bytes)), note, what);
    assert.equal(made.duration, duration);
    assert.deepEqual(slow(bytesOf(text)), made, what);
    assert.throws(
      () => checkNote(bytesOf(text)),
      (error) => isAppError(error, 'voice-unreadable'),
      what,
    );
  }
});

test('damaged recordings: src and the reference make the same of them, or both refuse', () => {
  const rng = seededRng('damaged voice notes');
  const ends = { made: 0, refused: 0 };
  const bases = [bytesOf(vectors.plain), ...vectors.others.map((one) => bytesOf(one.hex))];
  for (let n = 0; n < 600; n++) {
    const base = bases[n % bases.length] ?? assert.fail();
    const bytes = base.slice(0, n % 7 === 0 ? randomInt(rng, base.length) : base.length);
    for (let k = n % 3; k >= 0 && bytes.length > 0; k--) {
      bytes[randomInt(rng, bytes.length)] = randomInt(rng, 256);
    }
    const made = outcome(bytes);
    const said = slow(bytes);
    if (typeof made === 'string') assert.equal(typeof said, 'string', hex(bytes));
    else assert.deepEqual(said, made, hex(bytes));
    ends[typeof made === 'string' ? 'refused' : 'made'] += 1;
  }
  assert.ok(ends.made > 50 && ends.refused > 50, JSON.stringify(ends));
});
