/**
 * Packets with genuine keys and headers and whatever routing and payload one likes: what gets past
 * the AEAD, as a hostile client that knows the document can make it. The production builder makes
 * none of these, so the layer wrapper is used itself.
 */
import { type Rng, randomBytes, randomInt } from '@tacet/base';
import {
  type DocumentHash,
  type Frame,
  GEOMETRY as G,
  liveHeader,
  type ReplyBlock,
} from '@tacet/onion';
import { LayerWrapper } from '@tacet/onion/layers';
import type { TestNetwork, TestRelay } from '@tacet/testkit';

export interface Forged {
  readonly relay: TestRelay;
  /** 1..4 */
  readonly layer: number;
  readonly command: number;
  readonly next?: number;
  readonly delayMs?: number;
  readonly id?: Uint8Array | null;
  /** Plaintext of 7,576 bytes, authenticated; null: as in a reply, without. */
  readonly payload: Uint8Array | null;
  readonly documentHash?: DocumentHash;
}

export class Forge {
  readonly epoch: number;
  private readonly rng: Rng;
  private readonly wrapper: LayerWrapper;
  private readonly network: TestNetwork;

  constructor(rng: Rng, network: TestNetwork) {
    this.rng = rng;
    this.network = network;
    this.epoch = network.document.epoch;
    this.wrapper = new LayerWrapper(rng);
  }

  indexOf(relay: TestRelay): number {
    return this.network.relays.indexOf(relay);
  }

  packet(from: Forged): Frame {
    const { relay, layer, command, payload } = from;
    const frame = randomBytes(this.rng, G.frame);
    const live = frame.subarray(G.prefix, G.prefix + liveHeader(layer));
    const body = payload === null ? null : frame.subarray(G.payloadAt);
    if (payload !== null) body?.set(payload);
    const index = this.indexOf(relay);
    this.wrapper.wrap(
      live,
      {
        epoch: this.epoch,
        documentHash: from.documentHash ?? this.network.verified.hash,
        firstLayer: layer,
        instructions: [
          {
            hop: { index, key: relay.kem(this.epoch).publicKey, delayMs: from.delayMs ?? 0 },
            command,
            next: from.next ?? 0,
            id: from.id ?? null,
          },
        ],
      },
      body,
      null,
    );
    return this.prefixed(frame, layer, index);
  }

  prefixed(frame: Uint8Array, layer: number, index: number, epoch = this.epoch): Uint8Array {
    frame[0] = G.version;
    frame[1] = layer;
    new DataView(frame.buffer, frame.byteOffset).setUint32(2, epoch);
    new DataView(frame.buffer, frame.byteOffset).setUint16(6, index);
    return frame;
  }

  /** Payload of a request: zeros 16 | flags and length | reply block | data. */
  request(data: Uint8Array, block: ReplyBlock | null): Uint8Array {
    const out = new Uint8Array(G.payload);
    const view = new DataView(out.buffer);
    view.setUint16(G.endCheck, (block === null ? 0 : 0x8000) | data.length);
    if (block !== null) out.set(block, G.endCheck + 2);
    out.set(data, G.endCheck + 2 + G.replyBlock);
    return out;
  }

  /** Nothing but the first relay and the epoch of it is true. */
  replyBlock(first: number, epoch = this.epoch): ReplyBlock {
    const block = randomBytes(this.rng, G.replyBlock);
    const view = new DataView(block.buffer);
    view.setUint16(0, first);
    view.setUint32(G.replyBlock - 4, epoch);
    return block as ReplyBlock;
  }

  some(n: number): number {
    return randomInt(this.rng, n);
  }
}

/** Where a shared secret of zeros comes from: an X25519 point of small order in the ciphertext. */
export function smallOrder(frame: Uint8Array, one: boolean): Uint8Array {
  const point = frame.subarray(G.prefix + G.kemCiphertext - 32, G.prefix + G.kemCiphertext);
  point.fill(0);
  if (one) point[0] = 1;
  return frame;
}
