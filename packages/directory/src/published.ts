/**
 * A document with its signatures, as it is published, relayed and stored
 * (docs/spec/06-directory.md, 8). Signatures cover the hash of the body: more of them arriving
 * later change neither the body nor what packets are bound to.
 */
import { AppError, compareBytes, equalBytes } from '@tacet/base';
import {
  type HybridKeyPair,
  type HybridPublicKey,
  type HybridSignature,
  hybridPublicKeyBytes,
  hybridSignatureBytes,
  hybridVerify,
} from '@tacet/crypto';
import type { DocumentHash } from '@tacet/onion';
import * as v from 'valibot';
import { decodeCanonical, encodeCanonical } from './cbor.ts';
import { checkedBody, decodeDocument, documentHash, isAscending } from './document.ts';
import { authorityHashOf, networkIdOf, relayHashOf } from './identity.ts';
import { MAX_AUTHORITIES, MAX_DOCUMENT_BYTES } from './limits.ts';
import { bytes, hybridKey, hybridSignature, parse } from './schema.ts';
import type { AuthoritySet, Document, VerifiedDocument } from './types.ts';

const LABEL = 'document-signature';

export interface DocumentSignature {
  readonly authority: HybridPublicKey;
  readonly signature: HybridSignature;
}

const publishedSchema = v.strictObject({
  body: bytes(1, MAX_DOCUMENT_BYTES),
  signatures: v.pipe(
    v.array(v.strictObject({ authority: hybridKey, signature: hybridSignature })),
    v.minLength(1),
    v.maxLength(MAX_AUTHORITIES),
    v.check((list) => isAscending(list.map((s) => authorityHashOf(s.authority)))),
  ),
});

/** One authority's signature over a document hash. */
export function signHash(keyPair: HybridKeyPair, hash: DocumentHash): DocumentSignature {
  return { authority: keyPair.publicKey, signature: keyPair.sign(LABEL, hash) };
}

/** Joins a body and signatures made over its hash, in the order the format wants. */
export function encodePublished(
  body: Uint8Array,
  signatures: readonly DocumentSignature[],
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

/** Throws `malformed`. Checks no signature and does not look into the body. */
export function decodePublished(published: Uint8Array): {
  body: Uint8Array;
  hash: DocumentHash;
  signatures: readonly DocumentSignature[];
} {
  const value = decodeCanonical(published, 'network document', MAX_DOCUMENT_BYTES);
  const { body, signatures } = parse(publishedSchema, value, 'network document');
  return { body, hash: documentHash(body), signatures };
}

/** The published bytes of a document signed by all of `signers`. */
export function signDocument(document: Document, signers: readonly HybridKeyPair[]): Uint8Array {
  const body = checkedBody(document);
  const hash = documentHash(body);
  return encodePublished(
    body,
    signers.map((signer) => signHash(signer, hash)),
  );
}

/**
 * Every signature must be an authority's and hold in both halves, and there must be enough.
 * @throws `document-malformed`, `document-network`, `document-signatures`
 */
export function verifyDocument(published: Uint8Array, trust: AuthoritySet): VerifiedDocument {
  const { body, hash, signatures } = orMalformed(() => decodePublished(published));
  for (const { authority, signature } of signatures) {
    const name = authorityHashOf(authority);
    const known = trust.authorities.some((member) => equalBytes(member, name));
    if (!known || !hybridVerify(authority, signature, LABEL, hash)) throw unsigned();
  }
  if (signatures.length < trust.threshold) throw unsigned();
  const document = orMalformed(() => decodeDocument(body));
  if (
    document.networkName !== trust.networkName ||
    !equalBytes(document.networkId, networkIdOf(trust))
  ) {
    throw new AppError('document-network', 'refused', 'a document belongs to another network');
  }
  const relayHashes = document.relays.map((relay) => relayHashOf(relay.identity));
  return { document, hash, relayHashes, bytes: Uint8Array.from(published) };
}

function unsigned(): AppError {
  return new AppError(
    'document-signatures',
    'refused',
    "a document is not signed by enough of this network's authorities",
  );
}

function orMalformed<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new AppError('document-malformed', 'input', 'a network document is not well formed', {
      cause,
    });
  }
}
