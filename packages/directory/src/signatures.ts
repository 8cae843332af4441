/**
 * Bodies signed by authorities (docs/spec/06-directory.md, 8 and 11.2): documents and votes have
 * one outer form, and each is signed by its hash.
 */
import { compareBytes, equalBytes } from '@tacet/base';
import {
  type HybridKeyPair,
  type HybridPublicKey,
  type HybridSignature,
  hybridPublicKeyBytes,
  hybridSignatureBytes,
  hybridVerify,
  type Label,
} from '@tacet/crypto';
import * as v from 'valibot';
import { encodeCanonical } from './cbor.ts';
import { authorityHashOf } from './identity.ts';
import { MAX_AUTHORITIES } from './limits.ts';
import { isAscending } from './order.ts';
import { hybridKey, hybridSignature } from './schema.ts';
import type { AuthoritySet } from './types.ts';

export interface AuthoritySignature {
  readonly authority: HybridPublicKey;
  readonly signature: HybridSignature;
}

/** 1..9 signatures, ascending by authority hash, all different. */
export const signaturesSchema = v.pipe(
  v.array(v.strictObject({ authority: hybridKey, signature: hybridSignature })),
  v.minLength(1),
  v.maxLength(MAX_AUTHORITIES),
  v.check((list) => isAscending(list.map((s) => authorityHashOf(s.authority)))),
);

export function signatureBy(
  keyPair: HybridKeyPair,
  label: Label,
  hash: Uint8Array,
): AuthoritySignature {
  return { authority: keyPair.publicKey, signature: keyPair.sign(label, hash) };
}

/** Joins a body and signatures made over its hash, in the order the format wants. */
export function encodeSigned(
  body: Uint8Array,
  signatures: readonly AuthoritySignature[],
): Uint8Array {
  const sorted = signatures.toSorted((a, b) =>
    compareBytes(authorityHashOf(a.authority), authorityHashOf(b.authority)),
  );
  return encodeCanonical({
    body,
    signatures: sorted.map((s) => ({
      authority: hybridPublicKeyBytes(s.authority),
      signature: hybridSignatureBytes(s.signature),
    })),
  });
}

/** True when each is by a member of the set and holds in both halves. */
export function areMembers(
  signatures: readonly AuthoritySignature[],
  trust: AuthoritySet,
  label: Label,
  hash: Uint8Array,
): boolean {
  return signatures.every(({ authority, signature }) => {
    const name = authorityHashOf(authority);
    const known = trust.authorities.some((member) => equalBytes(member, name));
    return known && hybridVerify(authority, signature, label, hash);
  });
}
