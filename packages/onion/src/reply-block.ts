/**
 * A single-use reply block: first relay u16 | header 4,704 | key seed 32 | epoch u32.
 * Whoever holds it can send one reply and learns the first relay and the innermost payload key
 * only, so that it does not recognise its payload further along.
 */
import {
  hashKeyed,
  LIONESS_KEY_LENGTH,
  type LionessKeys,
  lionessKeys,
  streamInto,
} from '@tacet/crypto';
import { GEOMETRY as G } from './geometry.ts';
import type { ReplyBlock } from './types.ts';

export const BLOCK_HEADER_AT = 2;
export const BLOCK_SEED_AT = BLOCK_HEADER_AT + G.header;
export const BLOCK_EPOCH_AT = BLOCK_SEED_AT + G.keySeed;

export function firstRelayOf(block: ReplyBlock): number {
  return view(block).getUint16(0);
}

export function epochOfBlock(block: ReplyBlock): number {
  return view(block).getUint32(BLOCK_EPOCH_AT);
}

/** LIONESS keys of the innermost layer of a reply, from the block's seed. */
export function replyPayloadKeys(seed: Uint8Array): LionessKeys {
  const key = new Uint8Array(LIONESS_KEY_LENGTH);
  streamInto(key, hashKeyed(seed, 'onion-reply', 32));
  return lionessKeys(key);
}

function view(block: Uint8Array): DataView {
  return new DataView(block.buffer, block.byteOffset, block.byteLength);
}
