/**
 * The boxes of a file (docs/spec/19-files.md, 1): any of them follows from the file's secret, its
 * number and the round. Pure.
 */
import { ByteReader, ByteWriter, malformed } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { BOX_PLAINTEXT } from '@tacet/wire';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';
import { FILE_PART_BYTES } from './geometry.ts';

const FILE_PART = 6;

/** @param secret 32 bytes @param index from 0 @param round 0 at first, then as the reader names it */
export function fileBox(secret: Uint8Array, index: number, round: number): BoxSecret {
  const place = new ByteWriter(8).u32(index).u32(round).bytes;
  return boxFrom(hash('file-seed', secret, place), hash('file-key', secret, place));
}

/** @param bytes of the body, at most 2,263; shorter at its end, none in padding */
export function encodeFilePart(bytes: Uint8Array): Uint8Array {
  const out = new ByteWriter(BOX_PLAINTEXT);
  out.u8(FILE_PART).put(bytes);
  return out.bytes;
}

/**
 * The part's bytes. Throws `malformed` for another kind, or for bytes behind the end of the body.
 * @param length how many of them are the body's, 0 to 2,263
 */
export function decodeFilePart(plaintext: Uint8Array, length: number): Uint8Array {
  if (plaintext.length !== BOX_PLAINTEXT || length > FILE_PART_BYTES) throw malformed('file part');
  const input = new ByteReader(plaintext, 'file part');
  if (input.u8() !== FILE_PART) throw malformed('file part');
  const bytes = input.copy(length);
  input.zeros(input.remaining);
  return bytes;
}
