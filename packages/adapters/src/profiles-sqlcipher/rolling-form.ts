/**
 * Bytes of a rolling copy (docs/spec/10-store.md, 10): a head under a key of the database's, and chunks of
 * pages under a key of this one copy, which stands in the head alone. Whoever overwrites the head has
 * destroyed the copy. To whoever lacks the database key all of it is as random as an unused one.
 */
import {
  ByteReader,
  ByteWriter,
  isAppError,
  type Millis,
  type Rng,
  randomBytes,
} from '@tacet/base';
import { BOX_OVERHEAD, hashKeyed, openBox, sealBox, wipe } from '@tacet/crypto';
import { HEAD_BYTES, KEY_BYTES, NONCE_BYTES, ROLLING_CHUNK, ROLLING_VERSION } from './limits.ts';

/** What a head says. Whoever has one wipes `key`. */
export interface RollingHead {
  readonly at: Millis;
  /** Pages of the database, at least one. */
  readonly pages: number;
  readonly key: Uint8Array;
}

/** A chunk as it lies. */
export const SEALED_CHUNK = NONCE_BYTES + ROLLING_CHUNK + BOX_OVERHEAD;
const PLAIN_BYTES = HEAD_BYTES - NONCE_BYTES - BOX_OVERHEAD;
const USED_BYTES = 2 + 8 + 4 + KEY_BYTES;

/** Bytes of a copy of so many chunks. */
export function rollingBytes(chunks: number): number {
  return HEAD_BYTES + chunks * SEALED_CHUNK;
}

/** Of the head of one of the two files. */
function headKey(databaseKey: Uint8Array, which: number): Uint8Array {
  return hashKeyed(databaseKey, 'rolling-copy', KEY_BYTES, Uint8Array.of(which));
}

export function sealRollingHead(
  databaseKey: Uint8Array,
  which: number,
  head: RollingHead,
  rng: Rng,
): Uint8Array {
  const plain = new ByteWriter(PLAIN_BYTES)
    .u16(ROLLING_VERSION)
    .u64(head.at)
    .u32(head.pages)
    .put(head.key)
    .skip(PLAIN_BYTES - USED_BYTES)
    .done();
  const nonce = randomBytes(rng, NONCE_BYTES);
  const key = headKey(databaseKey, which);
  const sealed = sealBox(key, nonce, plain);
  wipe(plain, key);
  return new ByteWriter(HEAD_BYTES).put(nonce).put(sealed).done();
}

/** Null for what this key did not seal, and for what is of another version: a copy that is none is made anew. */
export function openRollingHead(
  databaseKey: Uint8Array,
  which: number,
  bytes: Uint8Array,
): RollingHead | null {
  if (bytes.length !== HEAD_BYTES) return null;
  const key = headKey(databaseKey, which);
  const plain = openBox(key, bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES));
  wipe(key);
  if (plain === null) return null;
  try {
    const reader = new ByteReader(plain, 'rolling copy');
    const version = reader.u16();
    const at = reader.u64();
    const pages = reader.u32();
    const own = reader.copy(KEY_BYTES);
    reader.zeros(PLAIN_BYTES - USED_BYTES);
    reader.end();
    if (version === ROLLING_VERSION && pages > 0) return { at, pages, key: own };
    wipe(own);
    return null;
  } catch (error) {
    if (isAppError(error, 'malformed')) return null;
    throw error;
  } finally {
    wipe(plain);
  }
}

/** @param pages up to sixteen, as they lie */
export function sealChunk(
  key: Uint8Array,
  number: number,
  pages: Uint8Array,
  rng: Rng,
): Uint8Array {
  const plain = new Uint8Array(ROLLING_CHUNK);
  plain.set(pages);
  const bytes = new Uint8Array(SEALED_CHUNK);
  const nonce = rng.fill(bytes.subarray(0, NONCE_BYTES));
  bytes.set(sealBox(key, nonce, plain, numbered(number)), NONCE_BYTES);
  return bytes;
}

/** Sixteen pages, zeros behind the last of all; null for what the key did not seal in this place. */
export function openChunk(key: Uint8Array, number: number, bytes: Uint8Array): Uint8Array | null {
  if (bytes.length !== SEALED_CHUNK) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  return openBox(key, nonce, bytes.subarray(NONCE_BYTES), numbered(number));
}

function numbered(number: number): Uint8Array {
  return new ByteWriter(4).u32(number).bytes;
}
