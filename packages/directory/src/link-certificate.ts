/**
 * A relay's statement that a TLS key is its own (docs/spec/06-directory.md, 6). Link keys may
 * change; the identity that signs them is what cards and documents name, so that a client away
 * for a month still recognises its edge.
 */
import { equalBytes, type Millis, u64 } from '@tacet/base';
import {
  type HybridKeyPair,
  type HybridPublicKey,
  hybridPublicKeyBytes,
  hybridSignatureBytes,
  hybridVerify,
} from '@tacet/crypto';
import * as v from 'valibot';
import { type CborMap, decodeCanonical, encodeCanonical } from './cbor.ts';
import { relayHashOf } from './identity.ts';
import { bytes, hybridKey, hybridSignature, parse, time } from './schema.ts';
import type { LinkCertificate, RelayHash } from './types.ts';

const LABEL = 'link-certificate';
/** Identity 1,984, signature 3,373, key hash 32, time, and the CBOR around them. */
const MAX_PROOF_BYTES = 5_600;

export const certificateSchema = v.strictObject({
  keyHash: bytes(32),
  notAfter: time,
  signature: hybridSignature,
});

const proofSchema = v.strictObject({ identity: hybridKey, certificate: certificateSchema });

/** @param keyHash SHA-256 of the link key's SPKI DER; @param notAfter last moment, whole ms. */
export function makeLinkCertificate(
  keyPair: HybridKeyPair,
  keyHash: Uint8Array,
  notAfter: Millis,
): LinkCertificate {
  return { keyHash, notAfter, signature: keyPair.sign(LABEL, keyHash, u64(notAfter)) };
}

export function verifyLinkCertificate(
  identity: HybridPublicKey,
  certificate: LinkCertificate,
  keyHash: Uint8Array,
  now: Millis,
): boolean {
  return (
    certificate.keyHash.length === 32 &&
    equalBytes(certificate.keyHash, keyHash) &&
    now <= certificate.notAfter &&
    hybridVerify(identity, certificate.signature, LABEL, keyHash, u64(certificate.notAfter))
  );
}

export function certificateFields(certificate: LinkCertificate): CborMap {
  return {
    keyHash: certificate.keyHash,
    notAfter: certificate.notAfter,
    signature: hybridSignatureBytes(certificate.signature),
  };
}

/** What an edge shows a client inside the link: its identity and the certificate. */
export function encodeLinkProof(
  identity: HybridPublicKey,
  certificate: LinkCertificate,
): Uint8Array {
  return encodeCanonical({
    identity: hybridPublicKeyBytes(identity),
    certificate: certificateFields(certificate),
  });
}

/** The identity whose proof it is, when the certificate in it holds for that key; else null. */
export function readLinkProof(
  proof: Uint8Array,
  keyHash: Uint8Array,
  now: Millis,
): HybridPublicKey | null {
  try {
    const value = decodeCanonical(proof, 'link proof', MAX_PROOF_BYTES);
    const { identity, certificate } = parse(proofSchema, value, 'link proof');
    return verifyLinkCertificate(identity, certificate, keyHash, now) ? identity : null;
  } catch {
    return null;
  }
}

/** @param keyHash of the key the TLS peer really used. Never throws. */
export function verifyLinkProof(
  proof: Uint8Array,
  expected: RelayHash,
  keyHash: Uint8Array,
  now: Millis,
): boolean {
  const identity = readLinkProof(proof, keyHash, now);
  return identity !== null && equalBytes(relayHashOf(identity), expected);
}
