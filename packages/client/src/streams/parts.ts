/** What stands in a box of a stream: parts, controls, beacons, cover (docs/spec/07-streams.md 3). */
import { ByteReader, ByteWriter, malformed } from '@tacet/base';
import { BOX_PLAINTEXT } from '@tacet/wire';
import { MAX_PARTS } from '../limits.ts';

const HEADER = 11;
/** Bytes of ratchet ciphertext in one box. */
export const PART_BYTES = BOX_PLAINTEXT - HEADER;

export type BoxContent =
  | {
      readonly kind: 'part';
      readonly seq: number;
      readonly part: number;
      readonly parts: number;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'control'; readonly data: Uint8Array }
  | {
      readonly kind: 'beacon';
      readonly head: number;
      readonly lowest: number;
      readonly generation: number;
    }
  | { readonly kind: 'cover' };

const PART = 1;
const CONTROL = 2;
const BEACON = 3;
const COVER = 4;

/** How many boxes `length` bytes of ciphertext take. */
export function partsOf(length: number): number {
  return Math.max(1, Math.ceil(length / PART_BYTES));
}

/** The bytes of part `part` of `data`. */
export function partSlice(data: Uint8Array, part: number): Uint8Array {
  return data.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
}

export function encodeBoxContent(content: BoxContent): Uint8Array {
  const out = new ByteWriter(BOX_PLAINTEXT);
  switch (content.kind) {
    case 'part':
      out.u8(PART).u32(content.seq).u16(content.part).u16(content.parts);
      out.u16(content.data.length).put(content.data);
      break;
    case 'control':
      out.u8(CONTROL).u32(0).u16(0).u16(1).u16(content.data.length).put(content.data);
      break;
    case 'beacon':
      out.u8(BEACON).u64(content.head).u64(content.lowest).u32(content.generation);
      break;
    case 'cover':
      out.u8(COVER);
      break;
  }
  return out.bytes;
}

/** Throws `malformed` for anything but the exact form of one of the four kinds. */
export function decodeBoxContent(plaintext: Uint8Array): BoxContent {
  if (plaintext.length !== BOX_PLAINTEXT) throw malformed('box content');
  const input = new ByteReader(plaintext, 'box content');
  const kind = input.u8();
  if (kind === PART || kind === CONTROL) {
    const seq = input.u32();
    const part = input.u16();
    const parts = input.u16();
    const length = input.u16();
    if (length < 1 || length > PART_BYTES) throw malformed('box content');
    const data = input.copy(length);
    input.zeros(input.remaining);
    if (kind === CONTROL) {
      if (seq !== 0 || part !== 0 || parts !== 1) throw malformed('box content');
      return { kind: 'control', data };
    }
    if (seq < 1 || parts < 1 || parts > MAX_PARTS || part >= parts) throw malformed('box content');
    if (part < parts - 1 && length !== PART_BYTES) throw malformed('box content');
    return { kind: 'part', seq, part, parts, data };
  }
  if (kind === BEACON) {
    const head = input.u64();
    const lowest = input.u64();
    const generation = input.u32();
    if (lowest > head) throw malformed('box content');
    input.zeros(input.remaining);
    return { kind: 'beacon', head, lowest, generation };
  }
  if (kind === COVER) {
    input.zeros(input.remaining);
    return { kind: 'cover' };
  }
  throw malformed('box content');
}
