/**
 * Key 8 of an envelope (docs/spec/15-trust.md, 5): a contact's keys change. The statement is signed
 * by the old keys, both halves, and names nothing but two key sets: it says nothing of whom it was
 * told and of what was written.
 */
import { u32 } from '@tacet/base';
import { type HybridPublicKey, hybridVerify } from '@tacet/crypto';
import { bytesOf, listOf, whole } from '../content/cbor.ts';
import { keySetHash } from '../meeting/boxes.ts';

const MAX_NUMBER = 0xffff_ffff;

export interface KeyChange {
  /** Counts up from 1 in the life of an identity. */
  readonly number: number;
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
  readonly edSignature: Uint8Array;
  readonly mlSignature: Uint8Array;
}

export function keyChangeList(change: KeyChange): unknown[] {
  const { number, identityKey, ed25519, mldsa65, edSignature, mlSignature } = change;
  return [number, identityKey, ed25519, mldsa65, edSignature, mlSignature];
}

/** Throws `malformed`. */
export function keyChangeFrom(value: unknown): KeyChange {
  const [number, identityKey, ed25519, mldsa65, edSignature, mlSignature] = listOf(value, 6, 6);
  return {
    number: whole(number, 1, MAX_NUMBER),
    identityKey: bytesOf(identityKey, 33),
    ed25519: bytesOf(ed25519, 32),
    mldsa65: bytesOf(mldsa65, 1_952),
    edSignature: bytesOf(edSignature, 64),
    mlSignature: bytesOf(mlSignature, 3_309),
  };
}

/** What both halves of the old key sign, under the label `key-change`. */
export function keyChangeParts(
  before: Uint8Array,
  after: Uint8Array,
  number: number,
): readonly Uint8Array[] {
  return [before, after, u32(number)];
}

export interface KnownKeys extends HybridPublicKey {
  readonly keySetHash: Uint8Array;
  /** Of the last change that was accepted; 0: none. */
  readonly number: number;
}

/** The hash of the new key set; null for a statement that does not hold. */
export function acceptsChange(known: KnownKeys, change: KeyChange): Uint8Array | null {
  if (change.number <= known.number) return null;
  // The type byte of a session key, and nothing else, before its coordinate.
  if (change.identityKey[0] !== 5) return null;
  const after = keySetHash(change.identityKey, change.ed25519, change.mldsa65);
  const signature = { ed25519: change.edSignature, mldsa65: change.mlSignature };
  const parts = keyChangeParts(known.keySetHash, after, change.number);
  return hybridVerify(known, signature, 'key-change', ...parts) ? after : null;
}
