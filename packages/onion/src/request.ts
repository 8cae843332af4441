/**
 * Payload plaintext of a request: zeros 16 | u16 | reply block or zeros 4,742 | data, zero-padded.
 * Bit 15 of the u16 says that a reply block is present; bits 0..11 are the data's length.
 */
import { AppError, isZero } from '@tacet/base';
import { GEOMETRY as G } from './geometry.ts';
import type { ReplyBlock } from './types.ts';

const BLOCK_PRESENT = 0x8000;
const LENGTH_MASK = 0x0fff;
const WORD_AT = G.endCheck;
const BLOCK_AT = WORD_AT + 2;
const DATA_AT = BLOCK_AT + G.replyBlock;

export interface RequestPayload {
  readonly data: Uint8Array;
  readonly block: ReplyBlock | null;
}

export function writeRequestPayload(
  out: Uint8Array,
  data: Uint8Array,
  block: ReplyBlock | null,
): void {
  if (data.length > G.requestData) {
    throw new AppError('onion-data', 'bug', 'request data is longer than a packet holds');
  }
  if (block !== null && block.length !== G.replyBlock) {
    throw new AppError('onion-data', 'bug', 'a reply block has the wrong length');
  }
  out.fill(0);
  const word = (block === null ? 0 : BLOCK_PRESENT) | data.length;
  out[WORD_AT] = word >>> 8;
  out[WORD_AT + 1] = word;
  if (block !== null) out.set(block, BLOCK_AT);
  out.set(data, DATA_AT);
}

/** True when the payload came through unchanged. */
export function endCheckHolds(payload: Uint8Array): boolean {
  if (payload.length !== G.payload) return false;
  let acc = 0;
  for (let i = 0; i < G.endCheck; i++) acc |= payload[i] as number;
  return acc === 0;
}

/** Null for another length, undefined bits, a length beyond the packet, or padding that is not zero. */
export function readRequestPayload(payload: Uint8Array): RequestPayload | null {
  if (payload.length !== G.payload) return null;
  const word = ((payload[WORD_AT] as number) << 8) | (payload[WORD_AT + 1] as number);
  const length = word & LENGTH_MASK;
  if ((word & ~(BLOCK_PRESENT | LENGTH_MASK)) !== 0 || length > G.requestData) return null;
  if (!isZero(payload.subarray(DATA_AT + length))) return null;
  const blockBytes = payload.subarray(BLOCK_AT, DATA_AT);
  const present = (word & BLOCK_PRESENT) !== 0;
  if (!present && !isZero(blockBytes)) return null;
  return {
    data: payload.slice(DATA_AT, DATA_AT + length),
    block: present ? (Uint8Array.from(blockBytes) as ReplyBlock) : null,
  };
}
