/**
 * A relay's side of the onion (docs/spec/02-onion.md, 6). The order of the checks is part of the
 * specification: length, version, layer, epoch, index, KEM, header, replay look-up, command,
 * payload MAC, delay cap, replay insert. A garbled copy must not burn the tag of a good packet,
 * so nothing is inserted before everything else held.
 * One frame is worked on at a time in one buffer whose views are made once.
 */
import { AppError, type Millis, type Rng } from '@tacet/base';
import { lionessDecrypt, macEqual, openHeader, streamRng } from '@tacet/crypto';
import { createPacketInjector } from './edge.ts';
import { GEOMETRY as G, liveHeader } from './geometry.ts';
import { LayerKeys } from './keys.ts';
import { epochOf, indexOf, writePrefix } from './prefix.ts';
import { endCheckHolds, readRequestPayload } from './request.ts';
import { decodeRouting, ROUTING_ID_AT, ROUTING_MAC_AT, type Routing } from './routing.ts';
import type {
  DropReason,
  EpochKeys,
  EpochView,
  Frame,
  Opened,
  PacketInjector,
  PacketOpener,
  ReplayGuard,
  ReplyId,
} from './types.ts';

export interface OpenerOptions {
  readonly keys: EpochKeys;
  readonly replay: ReplayGuard;
  readonly rng: Rng;
  readonly role: 'mix' | 'edge';
  /** 1..3 for a mix, 4 for an edge. */
  readonly layer: number;
  /** Copies a frame into the opener's buffer, where that wants a way of its own. */
  readonly take?: (frame: Frame, buffer: Uint8Array) => void;
  /** Takes a packet to be passed on out of the opener's buffer; a copy of its own by default. */
  readonly keep?: (packet: Uint8Array) => Frame;
}

export interface CountingOpener extends PacketOpener, PacketInjector {
  /** Packets that needed the predecessor's document hash: should end with the grace. */
  secondTries(): number;
}

export function createPacketOpener(options: OpenerOptions): CountingOpener {
  const { role, layer } = options;
  if (role === 'edge' ? layer !== G.layers : ![1, 2, 3].includes(layer)) {
    throw new AppError('onion-role', 'bug', 'edges work in layer 4 and mixes in layers 1 to 3');
  }
  const opener = new LayerOpener(options);
  return {
    open: (frame, now) => opener.open(frame, now),
    ...createPacketInjector(options.keys),
    secondTries: () => opener.secondTries,
  };
}

const drops = new Map<DropReason, Opened>();

function drop(reason: DropReason): Opened {
  let outcome = drops.get(reason);
  if (outcome === undefined) {
    outcome = { kind: 'drop', reason };
    drops.set(reason, outcome);
  }
  return outcome;
}

/**
 * The checks that need no secret, on what stands in the clear: a host makes them before it gives
 * a packet to a thread.
 */
export function checkPrefix<View extends EpochView>(
  frame: Frame,
  layer: number,
  epochs: { lookup(epoch: number, now: Millis): View | null },
  now: Millis,
): DropReason | { readonly epoch: number; readonly view: View } {
  if (frame.length !== G.frame) return 'length';
  if (frame[0] !== G.version) return 'version';
  if (frame[1] !== layer) return 'layer';
  const epoch = epochOf(frame);
  const view = epochs.lookup(epoch, now);
  if (view === null) return 'epoch';
  return indexOf(frame) === view.index ? { epoch, view } : 'index';
}

class LayerOpener {
  private readonly options: OpenerOptions;
  private readonly take: (frame: Frame, buffer: Uint8Array) => void;
  private readonly keep: (packet: Uint8Array) => Frame;
  private readonly layer: number;
  private readonly rng: Rng;
  private readonly derived = new LayerKeys();
  private readonly work = new Uint8Array(G.frame);
  private readonly ciphertext = this.work.subarray(G.prefix, G.prefix + G.kemCiphertext);
  private readonly ad = this.work.subarray(0, G.prefix + G.kemCiphertext);
  private readonly tag: Uint8Array;
  private readonly sealed: Uint8Array;
  private readonly fill: Uint8Array;
  private readonly payload = this.work.subarray(G.payloadAt);
  private readonly plain: Uint8Array;
  private readonly routing: Uint8Array;
  private readonly mac: Uint8Array;
  private readonly inner: Uint8Array;
  secondTries = 0;

  constructor(options: OpenerOptions) {
    this.options = options;
    this.take = options.take ?? ((frame, buffer) => buffer.set(frame));
    this.keep = options.keep ?? ((packet) => packet.slice());
    this.layer = options.layer;
    this.rng = streamRng(options.rng, this.layer * G.layer);
    const live = liveHeader(this.layer);
    const tagAt = G.prefix + G.kemCiphertext;
    this.tag = this.work.subarray(tagAt, tagAt + G.tag);
    this.sealed = this.work.subarray(tagAt + G.tag, G.prefix + live);
    this.fill = this.work.subarray(G.prefix + live - G.layer, G.payloadAt);
    this.plain = new Uint8Array(this.sealed.length);
    this.routing = this.plain.subarray(0, G.routing);
    this.mac = this.plain.subarray(ROUTING_MAC_AT, G.routing);
    this.inner = this.plain.subarray(G.routing);
  }

  open(frame: Frame, now: Millis): Opened {
    const checked = checkPrefix(frame, this.layer, this.options.keys, now);
    if (typeof checked === 'string') return drop(checked);
    const { epoch, view: keys } = checked;

    this.take(frame, this.work);
    const secret = keys.secret.decapsulate(this.ciphertext);
    if (secret === null) return drop('kem');
    let opened = this.openHeader(secret, epoch, keys.documentHash);
    if (!opened && keys.predecessor !== null) {
      this.secondTries++;
      opened = this.openHeader(secret, epoch, keys.predecessor);
    }
    secret.fill(0);
    if (!opened) return drop('header');

    const { replay } = this.options;
    if (replay.has(epoch, this.derived.replayTag)) return drop('replay');
    const routing = decodeRouting(this.routing, this.layer);
    if (routing === null) return drop('command');
    if (routing.mac && !macEqual(this.mac, this.derived.macKey, this.payload)) return drop('mac');
    if (routing.delayMs > keys.delayCapMs) return drop('delay');
    if (!replay.insert(epoch, this.derived.replayTag)) return drop('replay-full');
    return this.act(routing, epoch);
  }

  private openHeader(secret: Uint8Array, epoch: number, hash: EpochDocument): boolean {
    this.derived.derive(secret, this.layer, epoch, hash);
    const { headerKey, headerNonce } = this.derived;
    return openHeader(this.plain, headerKey, headerNonce, this.sealed, this.tag, this.ad);
  }

  private act(routing: Routing, epoch: number): Opened {
    if (routing.command === 'end') {
      return { kind: 'end', epoch, id: this.routing.slice(ROUTING_ID_AT, ROUTING_MAC_AT) };
    }
    lionessDecrypt(this.derived.lioness, this.payload);
    switch (routing.command) {
      case 'forward': {
        const { next, delayMs } = routing;
        writePrefix(this.work, { layer: this.layer + 1, epoch, index: next });
        this.work.set(this.inner, G.prefix);
        this.rng.fill(this.fill);
        const request = routing.mac;
        return { kind: 'forward', epoch, request, next, delayMs, packet: this.keep(this.work) };
      }
      case 'request': {
        if (!endCheckHolds(this.payload)) return drop('end-check');
        const request = readRequestPayload(this.payload);
        if (request === null) return drop('request');
        return { kind: 'request', epoch, delayMs: routing.delayMs, ...request };
      }
      case 'reply': {
        const replyId = this.routing.slice(ROUTING_ID_AT, ROUTING_MAC_AT) as ReplyId;
        return { kind: 'reply', epoch, replyId, payload: this.payload.slice() };
      }
    }
  }
}

type EpochDocument = NonNullable<ReturnType<EpochKeys['lookup']>>['documentHash'];
