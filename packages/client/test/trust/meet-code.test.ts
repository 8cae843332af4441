/** The code two people show each other keeps the rules of every decoder (CONTRIBUTING.md, "Decoding"). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url, fromBase64url, isAppError, MINUTE } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { decodeMeetCode, encodeMeetCode, type MeetCode } from '../../src/trust/meet-code.ts';

const PREFIX = 'tacet://meet/1#';
const rng = seededRng('meet codes');
const random = (length: number): Uint8Array => rng.fill(new Uint8Array(length));

const code: MeetCode = {
  keySetHash: random(32),
  nonce: random(16),
  secret: random(32),
  network: random(8),
  endsAt: 29_000_000 * MINUTE,
  name: 'Änne',
};
const text = encodeMeetCode(code);
const bytes = fromBase64url(text.slice(PREFIX.length));

/** Null when it is refused as it must be. */
function read(given: string): MeetCode | null {
  try {
    return decodeMeetCode(given);
  } catch (error) {
    assert.ok(isAppError(error, 'meet-malformed') || isAppError(error, 'meet-newer'));
    return null;
  }
}
const readBytes = (given: Uint8Array) => read(PREFIX + base64url(given));

test('meet codes: round trip, every shorter text, anything behind', () => {
  assert.deepEqual(decodeMeetCode(text), code);
  for (let n = 0; n < text.length; n++) assert.equal(read(text.slice(0, n)), null, `length ${n}`);
  for (const more of ['A', '=', '.', ' A', text]) assert.equal(read(text + more), null, more);
  for (let n = 0; n < bytes.length; n++) assert.equal(readBytes(bytes.slice(0, n)), null);
  assert.equal(readBytes(Uint8Array.of(...bytes, 0)), null);
});

test('meet codes: a changed bit or character is refused, or is what the text then says', () => {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const value = readBytes(changed);
    if (value !== null) assert.equal(encodeMeetCode(value), PREFIX + base64url(changed));
  }
  for (let at = 0; at < text.length; at++) {
    for (const other of ['A', '_', '=', ' ', '/', 'é', '\0']) {
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      const value = read(changed);
      if (value !== null) assert.equal(encodeMeetCode(value), changed.trim(), `${other} at ${at}`);
    }
  }
});

test('meet codes: random bytes and random damage have no other outcome', () => {
  const runs = Number(process.env['FC_RUNS'] ?? 100) * 10;
  for (let run = 0; run < runs; run++) {
    const [length = 0, at = 0, to = 0] = random(3);
    readBytes(random(length));
    const damaged = bytes.slice();
    damaged[at % damaged.length] = to;
    readBytes(damaged);
  }
});
