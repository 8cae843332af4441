/**
 * The rules every decoder passes (CONTRIBUTING.md, "Decoding"), for structures of an exact length.
 */
import assert from 'node:assert/strict';
import { equalBytes, isAppError } from '@tacet/base';
import { seededRng } from '@tacet/testkit';

type Decode = (bytes: Uint8Array) => unknown;

/** Decodes, or refuses with `malformed`; anything else fails the test. */
export function outcome(decode: Decode, bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    if (isAppError(error, 'malformed')) return null;
    throw error;
  }
}

export function refused(decode: Decode, bytes: Uint8Array, what: string): void {
  assert.equal(outcome(decode, bytes), null, what);
}

/** Every shorter length, one byte more, and no bytes at all are refused. */
export function checkLengths(valid: Uint8Array, decode: Decode): void {
  for (let n = 0; n < valid.length; n++) refused(decode, valid.slice(0, n), `length ${n}`);
  refused(decode, Uint8Array.of(...valid, 0), 'one byte more');
}

/**
 * A flipped bit either is refused or gives another value that encodes to exactly those bytes: no
 * two inputs mean the same.
 */
export function checkBits<T>(
  valid: Uint8Array,
  decode: (bytes: Uint8Array) => T,
  encode: (value: T) => Uint8Array,
): void {
  const bytes = valid.slice();
  withoutStacks(() => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      toggle(bytes, bit);
      // Neither may keep or change the other's bytes.
      const value = outcome(decode, bytes.slice());
      if (value !== null) assert.ok(equalBytes(encode(value as T), bytes), `bit ${bit}`);
      toggle(bytes, bit);
    }
  });
}

function toggle(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
}

/** Of tens of thousands of refusals nobody reads where they came from, which is most of their cost. */
function withoutStacks(work: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Random bytes of that length, and random damage to a valid input, never throw otherwise. */
export function checkFuzz(valid: Uint8Array, decode: Decode, seed: string): void {
  const rng = seededRng(seed);
  const runs = Number(process.env['FC_RUNS'] ?? 100) * 10;
  for (let run = 0; run < runs; run++) {
    const bytes = run % 2 === 0 ? rng.fill(new Uint8Array(valid.length)) : valid.slice();
    const [a = 0, b = 0, c = 0] = rng.fill(new Uint8Array(3));
    bytes[(a * 256 + b) % bytes.length] = c;
    if (run % 2 === 0) bytes[0] = valid[0] ?? 0;
    outcome(decode, bytes);
  }
}
