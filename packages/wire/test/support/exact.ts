/**
 * The rules every decoder keeps (CONTRIBUTING.md, "Decoding"): what it takes it takes exactly, and whatever it
 * is given it either returns a value or throws `malformed`, never anything else.
 */
import assert from 'node:assert/strict';
import { isAppError } from '@tacet/base';
import fc from 'fast-check';

export type Decode = (bytes: Uint8Array) => unknown;

export const RUNS = Number(process.env['FC_RUNS'] ?? 100);

export function isMalformed(decode: Decode, bytes: Uint8Array): boolean {
  try {
    decode(bytes);
    return false;
  } catch (error) {
    if (isAppError(error, 'malformed')) return true;
    throw error;
  }
}

export function assertMalformed(decode: Decode, bytes: Uint8Array, what?: string): void {
  assert.ok(isMalformed(decode, bytes), what ?? 'the decoder took it');
}

/** Every shorter length, and trailing bytes. */
export function checkLengths(valid: Uint8Array, decode: Decode): void {
  for (let n = 0; n < valid.length; n++) {
    assertMalformed(decode, valid.subarray(0, n), `taken with ${n} of ${valid.length} bytes`);
  }
  for (const extra of [1, 2, 64]) {
    const longer = new Uint8Array(valid.length + extra);
    longer.set(valid);
    assertMalformed(decode, longer, `taken with ${extra} bytes more`);
  }
}

/** Flips every bit, one at a time; `judge` sees what decoded all the same. */
export function checkBitFlips(
  valid: Uint8Array,
  decode: Decode,
  judge: (value: unknown, bit: number) => void = () => {},
): void {
  const bytes = valid.slice();
  for (let bit = 0; bit < valid.length * 8; bit++) {
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    let value: unknown;
    let isTaken = true;
    try {
      value = decode(bytes);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      isTaken = false;
    }
    if (isTaken) judge(value, bit);
    bytes[bit >> 3] = valid[bit >> 3] as number;
  }
}

/** Random bytes, and random damage to a valid input. */
export function checkFuzz(valid: Uint8Array, decode: Decode): void {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      isMalformed(decode, bytes);
    }),
    { numRuns: RUNS },
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }),
      (changes) => {
        const bytes = valid.slice();
        for (const [at, value] of changes) bytes[at] = value;
        isMalformed(decode, bytes);
      },
    ),
    { numRuns: RUNS },
  );
}
