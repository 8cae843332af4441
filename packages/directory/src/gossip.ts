/**
 * Comparing documents with contacts (docs/spec/06-directory.md, 11.7): what one holds, as pairs
 * of epoch and document hash, to be written inside end-to-end content; and what follows from
 * the pairs somebody else sent. Two hashes of one epoch mean that the authorities showed one of
 * both what the other never should have seen.
 */
import { ByteReader, ByteWriter, equalBytes, malformed } from '@tacet/base';
import type { DocumentHash } from '@tacet/onion';
import { MAX_CLAIMS } from './limits.ts';
import type { VerifiedDocument } from './types.ts';

/** "I hold a document of this epoch, and this is its hash." */
export interface DocumentClaim {
  readonly epoch: number;
  readonly hash: DocumentHash;
}

/** A claim that contradicts a document held here: one of the two must not exist. */
export interface SplitView {
  readonly held: VerifiedDocument;
  readonly claimed: DocumentHash;
}

const CLAIM = 4 + 32;

/** The newest documents of a book, newest first. */
export function claimsOf(held: readonly VerifiedDocument[]): DocumentClaim[] {
  return held
    .toSorted((a, b) => b.document.epoch - a.document.epoch)
    .slice(0, MAX_CLAIMS)
    .map(({ document, hash }) => ({ epoch: document.epoch, hash }));
}

/** @returns each claim that contradicts one of `held`. What is not held says nothing. */
export function compareClaims(
  held: readonly VerifiedDocument[],
  claims: readonly DocumentClaim[],
): SplitView[] {
  return claims.flatMap(({ epoch, hash }) => {
    const own = held.find((one) => one.document.epoch === epoch);
    if (own === undefined || equalBytes(own.hash, hash)) return [];
    return [{ held: own, claimed: hash }];
  });
}

/** count u8 | count x (epoch u32 | hash 32), epochs strictly descending, at most four. */
export function encodeClaims(claims: readonly DocumentClaim[]): Uint8Array {
  const writer = new ByteWriter(1 + claims.length * CLAIM).u8(claims.length);
  for (const { epoch, hash } of claims) writer.u32(epoch).put(hash);
  return writer.done();
}

/** Throws `malformed`. */
export function decodeClaims(bytes: Uint8Array): DocumentClaim[] {
  const reader = new ByteReader(bytes, 'document claims');
  const count = reader.u8();
  if (count > MAX_CLAIMS) throw malformed('document claims');
  const claims = Array.from({ length: count }, () => ({
    epoch: reader.u32(),
    hash: reader.copy(32) as DocumentHash,
  }));
  reader.end();
  const falls = claims.every((claim, i) => i === 0 || claim.epoch < (claims[i - 1]?.epoch ?? 0));
  if (!falls) throw malformed('document claims');
  return claims;
}
