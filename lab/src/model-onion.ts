/**
 * The onion as a model: the same ports as @tacet/onion, but a frame is a handle to a plain object
 * that says which hop may open it next. It keeps what machines can observe (paths, delays, single
 * use, wrong hop, stale epoch) and leaves the arithmetic out, so that a simulated day takes
 * seconds. `equivalence.long.test.ts` runs the same world over the real onion and compares traces.
 */
import type { Millis } from '@tacet/base';
import { equalBytes, isZero } from '@tacet/base';
import {
  type Frame,
  GEOMETRY,
  type Hop,
  type Injection,
  type LoopBuilder,
  type Opened,
  type PacketBuilder,
  type PacketInjector,
  type PacketOpener,
  type Path,
  type ReplyBlock,
  type ReplyId,
  type ReplyKeys,
} from '@tacet/onion';
import { BOX_ID, BOX_RECORD } from '@tacet/wire';

interface Packet {
  readonly path: Pick<Path, 'epoch' | 'documentHash'> & { readonly hops: readonly Hop[] };
  /** Hops already passed. */
  readonly hop: number;
  readonly data: Uint8Array;
  readonly block: Uint8Array | null;
  /** A reply's address at its last hop. */
  readonly replyId: ReplyId | null;
  /** Known to the mix at whose hop a loop ends. */
  readonly loopId: Uint8Array | null;
}

type Handle = Uint8Array & { packet?: Packet | undefined };

const NONE = new Uint8Array(0);

function handleOf(packet: Packet): Uint8Array {
  const handle: Handle = new Uint8Array(NONE.buffer);
  handle.packet = packet;
  return handle;
}

function packetOf(handle: Uint8Array): Packet | undefined {
  return (handle as Handle).packet;
}

function used(handle: Uint8Array): void {
  (handle as Handle).packet = undefined;
}

/** The course of a packet, the same object at every hop: how measurements know one again. */
export function courseOf(frame: Uint8Array): object | undefined {
  return packetOf(frame)?.path;
}

/** The same packet further on: written out, as a spread costs as much as the rest of a hop. */
function at({ path, data, block, replyId, loopId }: Packet, hop: number): Packet {
  return { path, hop, data, block, replyId, loopId };
}

/** Status and day of an answer; where it found no box, the lab's edges leave the rest zero. */
const HEAD = 5;
const PLACES = [HEAD, HEAD + BOX_RECORD, HEAD + 2 * BOX_RECORD];
/** Answers without a box, by their status and day. */
const empty = new Map<number, Uint8Array>();

/** A record begins with its box's id, a key, and no key is zero. */
function hasRecord(data: Uint8Array): boolean {
  return PLACES.some((at) => !isZero(data.subarray(at, at + BOX_ID)));
}

/** An edge wipes what it answered with: a copy, one for all answers that found nothing. */
function kept(data: Uint8Array): Uint8Array {
  if (hasRecord(data)) return data.slice();
  const [status = 0, a = 0, b = 0, c = 0, d = 0] = data;
  const head = (((status * 256 + a) * 256 + b) * 256 + c) * 256 + d;
  let known = empty.get(head);
  if (known === undefined) {
    known = data.slice();
    empty.set(head, known);
  }
  return known;
}

/** Edges read a block's epoch from its bytes to bound a wait: all of an epoch share them. */
const blockBytes = new Map<number, ArrayBuffer>();

function bytesOf(epoch: number): ArrayBuffer {
  let bytes = blockBytes.get(epoch);
  if (bytes === undefined) {
    bytes = new ArrayBuffer(GEOMETRY.replyBlock);
    new DataView(bytes).setUint32(GEOMETRY.replyBlock - 4, epoch);
    blockBytes.set(epoch, bytes);
  }
  return bytes;
}

function blockOf(packet: Packet): ReplyBlock {
  const block: Handle = new Uint8Array(bytesOf(packet.path.epoch));
  block.packet = packet;
  return block as ReplyBlock;
}

export function modelBuilder(): PacketBuilder {
  return {
    replyBlock(path, replyId) {
      const block = blockOf({ path, hop: 0, data: NONE, block: null, replyId, loopId: null });
      return { block, keys: NONE as ReplyKeys };
    },
    request(path, data, block) {
      return handleOf({ path, hop: 0, data, block, replyId: null, loopId: null });
    },
    loop(path, replyId) {
      const frame = handleOf({ path, hop: 0, data: NONE, block: null, replyId, loopId: null });
      return { frame, keys: NONE as ReplyKeys };
    },
    openReply(_keys, payload) {
      return payload;
    },
  };
}

export function modelLoopBuilder(): LoopBuilder {
  return {
    loop({ epoch, documentHash, out, back, data, id }) {
      const home = { epoch, documentHash, hops: back };
      const way = { epoch, documentHash, hops: out };
      const block = blockOf({
        path: home,
        hop: 0,
        data: NONE,
        block: null,
        replyId: null,
        loopId: id,
      });
      const packet = handleOf({ path: way, hop: 0, data, block, replyId: null, loopId: null });
      return { epoch, next: indexOfFirst(out), packet };
    },
  };
}

function indexOfFirst(hops: readonly Hop[]): number {
  const [first] = hops;
  if (first === undefined) throw new RangeError('a path without hops');
  return first.index;
}

export interface ModelOpenerOptions {
  /** This relay's index in the document of an epoch and that one's hash; null when not in it. */
  readonly placeOf: (epoch: number) => { readonly index: number; readonly hash: Uint8Array } | null;
  /** True while keys of that epoch are accepted. */
  readonly accepts: (epoch: number, now: Millis) => boolean;
}

export function modelOpener(options: ModelOpenerOptions): PacketOpener & PacketInjector {
  return {
    open(frame: Frame, now: Millis): Opened {
      const packet = packetOf(frame);
      if (packet === undefined) return { kind: 'drop', reason: 'replay' };
      const { path, hop } = packet;
      const here = path.hops[hop];
      if (here === undefined) return { kind: 'drop', reason: 'layer' };
      if (!options.accepts(path.epoch, now)) return { kind: 'drop', reason: 'epoch' };
      const place = options.placeOf(path.epoch);
      if (here.index !== place?.index) return { kind: 'drop', reason: 'index' };
      const same = place.hash === path.documentHash || equalBytes(place.hash, path.documentHash);
      if (!same) return { kind: 'drop', reason: 'header' };
      used(frame);
      const next = path.hops[hop + 1];
      if (next !== undefined) {
        return {
          kind: 'forward',
          epoch: path.epoch,
          request: packet.replyId === null && packet.loopId === null,
          next: next.index,
          delayMs: here.delayMs,
          packet: handleOf(at(packet, hop + 1)),
        };
      }
      if (packet.loopId !== null) return { kind: 'end', epoch: path.epoch, id: packet.loopId };
      if (packet.replyId !== null) {
        return {
          kind: 'reply',
          epoch: path.epoch,
          replyId: packet.replyId,
          payload: packet.data,
        };
      }
      return {
        kind: 'request',
        epoch: path.epoch,
        delayMs: here.delayMs,
        data: packet.data,
        block: packet.block as ReplyBlock | null,
      };
    },
    enter(frame: Frame): Injection | { drop: 'index' } {
      const packet = packetOf(frame);
      if (packet === undefined) return { drop: 'index' };
      return { epoch: packet.path.epoch, next: indexOfFirst(packet.path.hops), packet: frame };
    },
    reply(block: ReplyBlock, data: Uint8Array): Injection | null {
      const packet = packetOf(block);
      if (packet === undefined) return null;
      used(block);
      return {
        epoch: packet.path.epoch,
        next: indexOfFirst(packet.path.hops),
        packet: handleOf({ ...packet, data: kept(data) }),
      };
    },
  };
}
