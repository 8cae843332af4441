/**
 * The client's side of the onion: requests, reply blocks, and opening the reply that comes back
 * (docs/spec/02-onion.md, 5 and 7). The loop functions at the end are the mixes' side.
 */
import type { Rng } from '@tacet/base';
import { lionessDecrypt, lionessEncrypt, streamRng } from '@tacet/crypto';
import { GEOMETRY as G, liveHeader } from './geometry.ts';
import { LayerKeys, PRK_LENGTH } from './keys.ts';
import { badPath, type Course, type Instruction, LayerWrapper, requireU32 } from './layers.ts';
import { indexOf, writePrefix } from './prefix.ts';
import { BLOCK_EPOCH_AT, BLOCK_HEADER_AT, BLOCK_SEED_AT, replyPayloadKeys } from './reply-block.ts';
import { endCheckHolds, writeRequestPayload } from './request.ts';
import { COMMAND } from './routing.ts';
import type {
  DocumentHash,
  Frame,
  Hop,
  LoopBuilder,
  PacketBuilder,
  ReplyBlock,
  ReplyKeys,
} from './types.ts';

/** ReplyKeys: prk of layers 1..4, then the seed of the innermost layer. */
const KEYS_SEED_AT = G.layers * PRK_LENGTH;
const KEYS_LENGTH = KEYS_SEED_AT + G.keySeed;
/** What a builder draws often: 32 bytes for a key, 16 for a field. */
const MAC_AND_KEY_FILL = 32;

/** Part of a path: the hops of layers `firstLayer` to 4, or 1 to the layer of the last hop. */
export interface LoopPath {
  readonly epoch: number;
  readonly documentHash: DocumentHash;
  readonly hops: readonly Hop[];
}

export function createPacketBuilder(seed: Rng): PacketBuilder {
  const rng = streamRng(seed, MAC_AND_KEY_FILL);
  const wrapper = new LayerWrapper(rng);
  const keys = new LayerKeys();
  return {
    replyBlock(path, replyId) {
      if (path.hops.length !== G.layers || replyId.length !== G.replyId) throw badPath();
      return buildReplyBlock(rng, wrapper, path, COMMAND.reply, replyId);
    },

    request(path, data, block) {
      if (path.hops.length !== G.layers) throw badPath();
      const frame = buildRequest(rng, wrapper, path, 1, data, block);
      frame[1] = 0;
      return frame;
    },

    loop(path, replyId) {
      if (path.hops.length !== G.layers || replyId.length !== G.replyId) throw badPath();
      const { block, keys: kept } = buildReplyBlock(rng, wrapper, path, COMMAND.reply, replyId);
      const frame = new Uint8Array(G.frame);
      writePrefix(frame, { layer: 0, epoch: path.epoch, index: path.hops[0].index });
      frame.set(block.subarray(BLOCK_HEADER_AT, BLOCK_SEED_AT), G.prefix);
      const payload = frame.subarray(G.payloadAt);
      rng.fill(payload.subarray(G.endCheck));
      lionessEncrypt(replyPayloadKeys(kept.subarray(KEYS_SEED_AT)), payload);
      return { frame, keys: kept };
    },

    openReply(kept, received) {
      if (kept.length !== KEYS_LENGTH || received.length !== G.payload) return null;
      const payload = Uint8Array.from(received);
      for (let layer = G.layers; layer >= 1; layer--) {
        keys.fromPrk(kept.subarray((layer - 1) * PRK_LENGTH, layer * PRK_LENGTH));
        lionessEncrypt(keys.lioness, payload);
      }
      keys.wipe();
      lionessDecrypt(replyPayloadKeys(kept.subarray(KEYS_SEED_AT)), payload);
      return endCheckHolds(payload) ? payload.subarray(G.endCheck) : null;
    },
  };
}

/** A request as the relay before `firstLayer` sends it: earlier layers are random fill. */
function buildRequest(
  rng: Rng,
  wrapper: LayerWrapper,
  path: LoopPath,
  firstLayer: number,
  data: Uint8Array,
  block: ReplyBlock | null,
): Frame {
  requireU32(path.epoch);
  const first = path.hops[0];
  if (first === undefined || firstLayer + path.hops.length !== G.layers + 1) throw badPath();
  const frame = new Uint8Array(G.frame);
  const payload = frame.subarray(G.payloadAt);
  writeRequestPayload(payload, data, block);
  const live = G.prefix + liveHeader(firstLayer);
  wrapper.wrap(
    frame.subarray(G.prefix, live),
    course(path, firstLayer, COMMAND.request, null),
    payload,
    null,
  );
  rng.fill(frame.subarray(live, G.payloadAt));
  writePrefix(frame, { layer: firstLayer, epoch: path.epoch, index: first.index });
  return frame;
}

function buildReplyBlock(
  rng: Rng,
  wrapper: LayerWrapper,
  path: LoopPath,
  lastCommand: number,
  id: Uint8Array,
): { block: ReplyBlock; keys: ReplyKeys } {
  requireU32(path.epoch);
  const first = path.hops[0];
  const last = path.hops[path.hops.length - 1];
  if (first === undefined || last === undefined || last.delayMs !== 0) throw badPath();
  const block = new Uint8Array(G.replyBlock);
  const view = new DataView(block.buffer);
  const keys = new Uint8Array(KEYS_LENGTH);
  const header = block.subarray(BLOCK_HEADER_AT, BLOCK_SEED_AT);
  // Behind the last hop lies fill; a full path has none.
  rng.fill(header.subarray(path.hops.length * G.layer));
  wrapper.wrap(header, course(path, 1, lastCommand, id), null, keys);
  const seed = rng.fill(keys.subarray(KEYS_SEED_AT));
  view.setUint16(0, first.index);
  block.set(seed, BLOCK_SEED_AT);
  view.setUint32(BLOCK_EPOCH_AT, path.epoch);
  return { block: block as ReplyBlock, keys: keys as ReplyKeys };
}

function course(
  path: LoopPath,
  firstLayer: number,
  lastCommand: number,
  id: Uint8Array | null,
): Course {
  const instructions = path.hops.map((hop, i): Instruction => {
    const next = path.hops[i + 1];
    return next === undefined
      ? { hop, command: lastCommand, next: 0, id }
      : { hop, command: COMMAND.forward, next: next.index, id: null };
  });
  return { epoch: path.epoch, documentHash: path.documentHash, firstLayer, instructions };
}

/**
 * A loop of a mix in layer `firstLayer - 1`: a request that enters the network at
 * `firstLayer` (2..4) and looks there like any other. `hops` are those of firstLayer..4.
 */
export function buildFromLayer(
  rng: Rng,
  path: LoopPath,
  firstLayer: number,
  data: Uint8Array,
  block: ReplyBlock | null,
): Frame {
  if (firstLayer < 2 || firstLayer > G.layers) throw badPath();
  return buildRequest(rng, new LayerWrapper(rng), path, firstLayer, data, block);
}

/** A reply block whose last hop is the mix that made it (layer = number of hops, 1..3): END. */
export function loopReplyBlock(rng: Rng, path: LoopPath, id: Uint8Array): ReplyBlock {
  if (path.hops.length < 1 || path.hops.length >= G.layers || id.length !== G.replyId) {
    throw badPath();
  }
  return buildReplyBlock(rng, new LayerWrapper(rng), path, COMMAND.end, id).block;
}

/** Loops of mixes, whole: request, reply block and the way into the network. */
export function createLoopBuilder(seed: Rng): LoopBuilder {
  const rng = streamRng(seed, MAC_AND_KEY_FILL);
  return {
    loop({ epoch, documentHash, out, back, data, id }) {
      const block = loopReplyBlock(rng, { epoch, documentHash, hops: back }, id);
      const path = { epoch, documentHash, hops: out };
      const packet = buildFromLayer(rng, path, back.length + 1, data, block);
      return { epoch, next: indexOf(packet), packet };
    },
  };
}
