/**
 * An edge's list of newly filled boxes as bytes (docs/spec/05-boxes.md, 7): one canonical form,
 * so that two forms of one digest cannot exist. Signing and checking stand in
 * `signed-digest.ts`.
 */
import { ByteReader, ByteWriter, compareBytes, malformed } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { MAX_DIGEST_MARKS, MAX_DIGEST_SEEN } from './limits.ts';
import { splitMarks } from './packed-marks.ts';
import { requireInteger, wireRange } from './range.ts';
import { MARK, SIGNATURE } from './sizes.ts';
import type { Digest } from './types.ts';

const HASH = 32;
/** The number of marks is a multiple of this: fewer real ones never show. */
export const DIGEST_STEP = 64;
const FIXED = HASH + 8 + HASH + 1 + 2;

export function encodeDigestBody(digest: Digest): Uint8Array {
  requireInteger(digest.number, Number.MAX_SAFE_INTEGER, 'digest number');
  if (!isCanonical(digest)) throw wireRange('digest');
  const { seen, marks } = digest;
  const writer = new ByteWriter(FIXED + seen.length * 2 * HASH + marks.length * MARK);
  writer.put(digest.edge).u64(digest.number).put(digest.previous).u8(seen.length);
  for (const { edge, hash } of seen) writer.put(edge).put(hash);
  writer.u16(marks.length);
  for (const mark of marks) writer.put(mark);
  return writer.done();
}

/** Splits signed bytes. Copies what it returns but `body`. Throws `malformed`. */
export function decodeDigest(bytes: Uint8Array): {
  readonly digest: Digest;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
} {
  const reader = new ByteReader(bytes, 'digest');
  const edge = reader.copy(HASH) as RelayHash;
  const number = reader.u64();
  const previous = reader.copy(HASH);
  const seen = Array.from({ length: reader.u8() }, () => ({
    edge: reader.copy(HASH) as RelayHash,
    hash: reader.copy(HASH),
  }));
  const count = reader.u16();
  if (count > MAX_DIGEST_MARKS) throw malformed('digest');
  // One copy for all marks: an array buffer for each would cost more than the digest.
  const marks = splitMarks(reader.copy(count * MARK));
  const body = bytes.subarray(0, bytes.length - reader.remaining);
  const signature = reader.copy(SIGNATURE);
  reader.end();
  const digest: Digest = { edge, number, previous, seen, marks };
  if (!isCanonical(digest)) throw malformed('digest');
  return { digest, body, signature };
}

function isCanonical({ edge, seen, marks }: Digest): boolean {
  if (seen.length > MAX_DIGEST_SEEN || marks.length > MAX_DIGEST_MARKS) return false;
  if (marks.length === 0 || marks.length % DIGEST_STEP !== 0) return false;
  if (seen.some((other) => compareBytes(other.edge, edge) === 0)) return false;
  return ascends(seen.map((other) => other.edge)) && ascends(marks);
}

function ascends(list: readonly Uint8Array[]): boolean {
  return list.every((item, i) => i === 0 || compareBytes(list[i - 1] ?? item, item) < 0);
}
