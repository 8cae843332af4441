/** Key 9 of an envelope: one step of verifying each other (docs/spec/15-trust.md, 3 and 4). */
import { bytesOf, listOf, whole } from '../content/cbor.ts';

export type Step =
  /** The starter's commitment to a nonce. */
  | { readonly kind: 'commit'; readonly run: Uint8Array; readonly value: Uint8Array }
  /** The other side's nonce. */
  | { readonly kind: 'nonce'; readonly run: Uint8Array; readonly value: Uint8Array }
  /** The starter's nonce, which the commitment named. */
  | { readonly kind: 'reveal'; readonly run: Uint8Array; readonly value: Uint8Array }
  /** What the sender's user saw. */
  | { readonly kind: 'same' | 'different'; readonly run: Uint8Array }
  /** The sender goes no further with this run. */
  | { readonly kind: 'stop'; readonly run: Uint8Array }
  /** Proof of having scanned the receiver's code. */
  | { readonly kind: 'scan'; readonly value: Uint8Array }
  /** Of a later version. Never sent. */
  | { readonly kind: 'unknown' };

const VALUED = ['commit', 'nonce', 'reveal'] as const;
const PLAIN = ['same', 'different', 'stop'] as const;
const SCAN = 7;
export const RUN_BYTES = 16;

export function stepList(step: Step): unknown[] {
  switch (step.kind) {
    case 'commit':
    case 'nonce':
    case 'reveal':
      return [1 + VALUED.indexOf(step.kind), step.run, step.value];
    case 'same':
    case 'different':
    case 'stop':
      return [4 + PLAIN.indexOf(step.kind), step.run];
    case 'scan':
      return [SCAN, step.value];
    case 'unknown':
      return [0];
  }
}

/** Throws `malformed` for a known kind out of form. */
export function stepFrom(value: unknown): Step {
  const [first, second, third, ...more] = listOf(value, 1, 8);
  const code = whole(first);
  const valued = VALUED[code - 1];
  if (valued !== undefined) {
    const [run, bytes] = [bytesOf(second, RUN_BYTES), bytesOf(third, 32)];
    none(more);
    return { kind: valued, run, value: bytes };
  }
  const plain = PLAIN[code - 4];
  if (plain !== undefined) {
    none(third === undefined ? more : [third]);
    return { kind: plain, run: bytesOf(second, RUN_BYTES) };
  }
  if (code !== SCAN) return { kind: 'unknown' };
  none(third === undefined ? more : [third]);
  return { kind: 'scan', value: bytesOf(second, 32) };
}

function none(rest: readonly unknown[]): void {
  listOf([...rest], 0, 0);
}
