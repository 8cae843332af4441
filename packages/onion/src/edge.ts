/**
 * What an edge does besides opening: it takes a client's frame into the network and fills a reply
 * block (docs/spec/02-onion.md, 7).
 */
import { AppError, type Millis } from '@tacet/base';
import { lionessEncrypt } from '@tacet/crypto';
import { GEOMETRY as G } from './geometry.ts';
import { epochOf, indexOf, writePrefix } from './prefix.ts';
import {
  BLOCK_HEADER_AT,
  BLOCK_SEED_AT,
  epochOfBlock,
  firstRelayOf,
  replyPayloadKeys,
} from './reply-block.ts';
import type {
  DropReason,
  EpochViews,
  Frame,
  Injection,
  PacketInjector,
  ReplyBlock,
} from './types.ts';

export function createPacketInjector(epochs: EpochViews): PacketInjector {
  return {
    enter: (frame, now) => enterFrame(epochs, frame, now),
    reply: (block, data, now) => fillReplyBlock(epochs, block, data, now),
  };
}

/** Layer 0 becomes layer 1; nothing else of the frame changes. The frame is copied. */
function enterFrame(
  epochs: EpochViews,
  frame: Frame,
  now: Millis,
): Injection | { readonly drop: DropReason } {
  if (frame.length !== G.frame) return { drop: 'length' };
  if (frame[0] !== G.version) return { drop: 'version' };
  if (frame[1] !== 0) return { drop: 'layer' };
  const epoch = epochOf(frame);
  if (epochs.lookup(epoch, now) === null) return { drop: 'epoch' };
  const packet = Uint8Array.from(frame);
  packet[1] = 1;
  return { epoch, next: indexOf(frame), packet };
}

/** Null when the block's epoch is not one this relay accepts packets of. */
function fillReplyBlock(
  epochs: EpochViews,
  block: ReplyBlock,
  data: Uint8Array,
  now: Millis,
): Injection | null {
  if (data.length !== G.replyData || block.length !== G.replyBlock) {
    throw new AppError('onion-data', 'bug', 'a reply block or reply data has the wrong length');
  }
  const epoch = epochOfBlock(block);
  if (epochs.lookup(epoch, now) === null) return null;
  const next = firstRelayOf(block);
  const packet = new Uint8Array(G.frame);
  writePrefix(packet, { layer: 1, epoch, index: next });
  packet.set(block.subarray(BLOCK_HEADER_AT, BLOCK_SEED_AT), G.prefix);
  const payload = packet.subarray(G.payloadAt);
  payload.set(data, G.endCheck);
  const seed = block.subarray(BLOCK_SEED_AT, BLOCK_SEED_AT + G.keySeed);
  lionessEncrypt(replyPayloadKeys(seed), payload);
  return { epoch, next, packet };
}
