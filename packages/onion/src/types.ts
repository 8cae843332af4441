/**
 * What a packet is to everybody who handles one (docs/spec/02-onion.md). The machines of relays
 * and clients speak to `PacketBuilder` and `PacketOpener` and treat frames as opaque bytes, so
 * that the lab can run them over a cheap model of the onion.
 */
import type { Bytes, Millis } from '@tacet/base';
import type { KemKeyPair, KemPublicKey } from '@tacet/crypto';

/** 12,288 bytes on every link (production); opaque to machines. */
export type Frame = Uint8Array;
/** BLAKE2b-256 of a document's unsigned canonical body. Public: wire, store, window. */
export type DocumentHash = Bytes<'DocumentHash'>;
/** 4,742 bytes: first relay u16, header 4,704, payload key seed 32, epoch u32. Used once. */
export type ReplyBlock = Bytes<'ReplyBlock'>;
/** 16 bytes: connection handle 8, nonce 8. Seen by the client's own edge only. */
export type ReplyId = Bytes<'ReplyId'>;

/** One hop of a path as its builder sees it. `index` is the relay's index in the document. */
export interface Hop {
  readonly index: number;
  readonly key: KemPublicKey;
  /** Wait at this hop, u32 ms. In the last hop of a request: the wait before the reply is sent. */
  readonly delayMs: number;
}

/** Mix 1, mix 2, mix 3, edge; all of the document whose hash is named, keys of `epoch`. */
export interface Path {
  readonly epoch: number;
  readonly documentHash: DocumentHash;
  readonly hops: readonly [Hop, Hop, Hop, Hop];
}

/** The secrets that undo a reply's layers; kept by its maker until the reply or its deadline. */
export type ReplyKeys = Bytes<'ReplyKeys'>;

export interface PacketBuilder {
  /** A single-use reply block whose last hop hands the payload to `replyId`. */
  replyBlock(path: Path, replyId: ReplyId): { block: ReplyBlock; keys: ReplyKeys };
  /** A client frame (prefix layer 0) with up to 2,816 bytes of request data and a reply block. */
  request(path: Path, data: Uint8Array, block: ReplyBlock | null): Frame;
  /** A client frame that comes back to its own maker as a reply would: four hops, no request. */
  loop(path: Path, replyId: ReplyId): { frame: Frame; keys: ReplyKeys };
  /** The 7,560 bytes of reply data, or null when the end check fails. */
  openReply(keys: ReplyKeys, payload: Uint8Array): Uint8Array | null;
}

/** A loop of the mix of layer k, as its maker planned it. */
export interface MixLoop {
  readonly epoch: number;
  readonly documentHash: DocumentHash;
  /** Hops of layers k + 1 to 4. */
  readonly out: readonly Hop[];
  /** Hops of layers 1 to k; the last is the maker itself, with delay 0. */
  readonly back: readonly Hop[];
  /** What the edge is asked. */
  readonly data: Uint8Array;
  /** 16 bytes by which the maker knows it again. */
  readonly id: Uint8Array;
}

export interface LoopBuilder {
  /** The packet as the maker passes it on, to a relay of the next layer. */
  loop(loop: MixLoop): Injection;
}

/** One name for each way a packet can be bad; a counter each, nothing on the wire. */
export const DROP_REASONS = [
  'length',
  'version',
  'layer',
  'epoch',
  'index',
  'kem',
  'header',
  'replay',
  'replay-full',
  'mac',
  'command',
  'delay',
  'end-check',
  'request',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export type Opened =
  | {
      readonly kind: 'forward';
      readonly epoch: number;
      /** True for a request, false for a reply: the one bit that a mix learns. */
      readonly request: boolean;
      readonly next: number;
      readonly delayMs: number;
      readonly packet: Frame;
    }
  | {
      readonly kind: 'request';
      readonly epoch: number;
      /** Wait before the reply is injected. */
      readonly delayMs: number;
      readonly data: Uint8Array;
      readonly block: ReplyBlock | null;
    }
  | {
      readonly kind: 'reply';
      readonly epoch: number;
      readonly replyId: ReplyId;
      readonly payload: Uint8Array;
    }
  /** A loop that came back to the mix that made it. */
  | { readonly kind: 'end'; readonly epoch: number; readonly id: Uint8Array }
  | { readonly kind: 'drop'; readonly reason: DropReason };

/** A packet on its way into layer 1. */
export interface Injection {
  readonly epoch: number;
  readonly next: number;
  readonly packet: Frame;
}

/** A relay's side of the onion that needs its secrets: epoch keys and replay sets. */
export interface PacketOpener {
  /** Removes this relay's layer of a frame that came in at `now`. Never throws on bad input. */
  open(frame: Frame, now: Millis): Opened;
}

/** What an edge does with packets besides opening them; needs no secret. */
export interface PacketInjector {
  /** An edge takes a client's frame (prefix layer 0) and addresses it to its first mix. */
  enter(frame: Frame, now: Millis): Injection | { readonly drop: DropReason };
  /** Fills a reply block with a copy of exactly 7,560 bytes of reply data. Null when the block is stale. */
  reply(block: ReplyBlock, data: Uint8Array, now: Millis): Injection | null;
}

/** Replay protection as `open` needs it: looked up before the payload MAC, inserted after it. */
export interface ReplayGuard {
  has(epoch: number, tag: Uint8Array): boolean;
  /** False when the set is full: the packet is dropped (fail closed). */
  insert(epoch: number, tag: Uint8Array): boolean;
}

/** What a relay knows of an epoch it accepts packets of at `now`, but for its secret. */
export interface EpochView {
  /** This relay's index in the epoch's document. */
  readonly index: number;
  readonly documentHash: DocumentHash;
  /** The document before it, tried second; null outside the first seconds of the epoch. */
  readonly predecessor: DocumentHash | null;
  /** Longest wait a packet may ask for: 27.63 / mu. */
  readonly delayCapMs: number;
}

export interface EpochSecret extends EpochView {
  readonly secret: KemKeyPair;
}

export interface EpochViews {
  /** Null when packets of that epoch are not accepted at `now`. */
  lookup(epoch: number, now: Millis): EpochView | null;
}

export interface EpochKeys extends EpochViews {
  /** Null when packets of that epoch are not accepted at `now`. */
  lookup(epoch: number, now: Millis): EpochSecret | null;
}
