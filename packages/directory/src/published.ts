/**
 * A document with its signatures, as it is published, relayed and stored
 * (docs/spec/06-directory.md, 8). Signatures cover the hash of the body: more of them arriving
 * later change neither the body nor what packets are bound to.
 */
import { AppError, equalBytes } from '@tacet/base';
import type { HybridKeyPair } from '@tacet/crypto';
import type { DocumentHash } from '@tacet/onion';
import * as v from 'valibot';
import { decodeCanonical } from './cbor.ts';
import { checkedBody, decodeDocument, documentHash } from './document.ts';
import { networkIdOf, relayHashOf } from './identity.ts';
import { MAX_DOCUMENT_BYTES } from './limits.ts';
import { bytes, parse } from './schema.ts';
import {
  type AuthoritySignature,
  areMembers,
  encodeSigned,
  signatureBy,
  signaturesSchema,
} from './signatures.ts';
import type { AuthoritySet, Document, VerifiedDocument } from './types.ts';

const LABEL = 'document-signature';

const publishedSchema = v.strictObject({
  body: bytes(1, MAX_DOCUMENT_BYTES),
  signatures: signaturesSchema,
});

/** One authority's signature over a document hash. */
export function signHash(keyPair: HybridKeyPair, hash: DocumentHash): AuthoritySignature {
  return signatureBy(keyPair, LABEL, hash);
}

/** Joins a body and signatures made over its hash, in the order the format wants. */
export const encodePublished = encodeSigned;

/** Throws `malformed`. Checks no signature and does not look into the body. */
export function decodePublished(published: Uint8Array): {
  body: Uint8Array;
  hash: DocumentHash;
  signatures: readonly AuthoritySignature[];
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
  return verifyPartial(published, trust, trust.threshold);
}

export type DocumentVerifier = typeof verifyDocument;

/**
 * The same for a document that is still to be signed by more: by at least `needed`.
 * What it gives must never be taken for a document in force.
 */
export function verifyPartial(
  published: Uint8Array,
  trust: AuthoritySet,
  needed: number,
): VerifiedDocument {
  const { body, hash, signatures } = orMalformed(() => decodePublished(published));
  if (!areMembers(signatures, trust, LABEL, hash) || signatures.length < needed) throw unsigned();
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
