/**
 * The onion as a model: the same ports as @tacet/onion, but a frame is a handle to a plain object
 * that says which hop may open it next. It keeps what machines can observe (paths, delays, single
 * use, wrong hop, stale epoch) and leaves the arithmetic out, so that a simulated day takes
 * seconds. `equivalence.test.ts` runs the same world over the real onion and compares traces.
 */
import type { Millis } from '@tacet/base';
import { equalBytes } from '@tacet/base';
import {
  type Frame,
  GEOMETRY,
  type Injection,
  type Opened,
  type PacketBuilder,
  type PacketInjector,
  type PacketOpener,
  type Path,
  type ReplyBlock,
  type ReplyId,
  type ReplyKeys,
} from '@tacet/onion';

interface Packet {
  readonly path: Path;
  /** Hops already passed. */
  readonly hop: number;
  readonly data: Uint8Array;
  readonly block: Uint8Array | null;
  /** A reply's address at its last hop. */
  readonly replyId: ReplyId | null;
}

type Handle = Uint8Array & { packet?: Packet };

function handleOf(packet: Packet): Uint8Array {
  const handle: Handle = new Uint8Array(0);
  handle.packet = packet;
  return handle;
}

function packetOf(handle: Uint8Array): Packet | undefined {
  return (handle as Handle).packet;
}

function used(handle: Uint8Array): void {
  delete (handle as Handle).packet;
}

export function modelBuilder(): PacketBuilder {
  return {
    replyBlock(path, replyId) {
      const packet = { path, hop: 0, data: new Uint8Array(0), block: null, replyId };
      const block: Handle = new Uint8Array(GEOMETRY.replyBlock);
      block.packet = packet;
      // Edges read a block's epoch from its bytes to bound a wait.
      new DataView(block.buffer).setUint32(GEOMETRY.replyBlock - 4, path.epoch);
      return { block: block as ReplyBlock, keys: new Uint8Array(0) as ReplyKeys };
    },
    request(path, data, block) {
      return handleOf({ path, hop: 0, data, block, replyId: null });
    },
    openReply(_keys, payload) {
      return payload;
    },
  };
}

export interface ModelOpenerOptions {
  /** This relay's index in the document of an epoch, or null when it is not in it. */
  readonly indexOf: (epoch: number) => number | null;
  /** Hash of the document in force for an epoch. */
  readonly hashOf: (epoch: number) => Uint8Array | null;
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
      if (here.index !== options.indexOf(path.epoch)) return { kind: 'drop', reason: 'index' };
      const hash = options.hashOf(path.epoch);
      if (hash === null || !equalBytes(hash, path.documentHash)) {
        return { kind: 'drop', reason: 'header' };
      }
      used(frame);
      const next = path.hops[hop + 1];
      if (next !== undefined) {
        return {
          kind: 'forward',
          epoch: path.epoch,
          next: next.index,
          delayMs: here.delayMs,
          packet: handleOf({ ...packet, hop: hop + 1 }),
        };
      }
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
      return { epoch: packet.path.epoch, next: packet.path.hops[0].index, packet: frame };
    },
    reply(block: ReplyBlock, data: Uint8Array): Injection | null {
      const packet = packetOf(block);
      if (packet === undefined) return null;
      used(block);
      return {
        epoch: packet.path.epoch,
        next: packet.path.hops[0].index,
        packet: handleOf({ ...packet, data }),
      };
    },
  };
}
