/**
 * Where packets come in and go to be opened: the main thread's side of the opening threads.
 * Each packet gets a slot, a thread of its epoch opens it there, and when it is back its replay
 * tag is looked up and inserted, here and nowhere else, so that of two copies that were opened at
 * the same time exactly one passes (docs/spec/02-onion.md, 6; docs/decisions/0090).
 * What a relay holds is bounded: a slot for each packet inside, and a mark of packets on their way
 * through threads at which it stops reading its links.
 */
import { Counters, type Millis } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import {
  checkPrefix,
  DROP_REASONS,
  type DropReason,
  type EpochReplayGuard,
  type EpochView,
  type EpochViews,
  type Frame,
  GEOMETRY as G,
  type Opened,
  type ReplyBlock,
  type ReplyId,
} from '@tacet/onion';
import {
  copyFrame,
  DoneRing,
  OUTCOMES,
  PROGRESS,
  ringMemory,
  type SlotMemory,
  Slots,
  slotMemory,
  WORD,
} from './memory.ts';
import type { EpochThreads } from './threads.ts';

export type DeskCount =
  /** No slot was free: the packet was dropped before any work. */
  | 'frames-shed'
  /** Links were not read for a while, because packets waited for threads. */
  | 'frames-held-back';

export interface DeskOptions {
  readonly layer: number;
  readonly views: EpochViews;
  readonly replay: Pick<EpochReplayGuard, 'has' | 'claim'>;
  /** Packets inside at a time: on their way through threads, waiting, or being sent. */
  readonly slots: number;
  /** Packets on their way through threads at which links are not read any more. */
  readonly highWater: number;
  /** The threads of an epoch that `views` accepts now. */
  readonly threads: (epoch: number) => EpochThreads | null;
  /** Asked before any work is done on a packet. */
  readonly admit: () => boolean;
  /**
   * True: the packet of this `forward` is kept, and comes back through `release`. What a request
   * asks for is overwritten when this returns.
   */
  readonly onOpened: (opened: Opened, arrivedAt: Millis) => boolean;
  /** True: stop reading links. False: go on. */
  readonly onHold: (hold: boolean) => void;
}

export class OpeningDesk {
  readonly counters = new Counters<DeskCount>();
  readonly memory: SlotMemory;
  readonly done: SharedArrayBuffer;
  /** Packets on their way through threads. */
  inFlight = 0;
  private readonly options: DeskOptions;
  private readonly slots: Slots;
  private readonly ring: DoneRing;
  private readonly free: Int32Array;
  private freeCount: number;
  private readonly arrivedAt: Float64Array;
  private readonly owners: (EpochThreads | undefined)[];
  /** 1: the machine keeps the packet of this slot. */
  private readonly kept: Uint8Array;
  private readonly tag = new Uint8Array(G.replayTag);
  private holding = false;

  constructor(options: DeskOptions) {
    this.options = options;
    const { slots } = options;
    this.memory = slotMemory(slots);
    this.done = ringMemory(slots);
    this.slots = new Slots(this.memory);
    this.ring = new DoneRing(this.done);
    this.arrivedAt = new Float64Array(slots);
    this.owners = new Array<EpochThreads | undefined>(slots);
    this.kept = new Uint8Array(slots);
    // The last one given back is the first one taken, so that memory once touched is used again.
    this.free = Int32Array.from({ length: slots }, (_, i) => slots - 1 - i);
    this.freeCount = slots;
  }

  /** A packet from a link; the view is not kept. */
  take(frame: Frame, now: Millis): void {
    const { options } = this;
    if (!options.admit()) return;
    const checked = checkPrefix(frame, options.layer, options.views, now);
    if (typeof checked === 'string') {
      options.onOpened(dropped(checked), now);
      return;
    }
    const threads = options.threads(checked.epoch);
    if (threads === null) {
      options.onOpened(dropped('epoch'), now);
      return;
    }
    if (this.freeCount === 0) {
      this.counters.add('frames-shed');
      return;
    }
    this.freeCount -= 1;
    const slot = this.free[this.freeCount] as number;
    copyFrame(frame, this.slots.frame(slot));
    this.describe(slot, checked.epoch, checked.view);
    this.arrivedAt[slot] = now;
    this.owners[slot] = threads;
    this.inFlight += 1;
    threads.submit(slot);
    if (this.inFlight >= options.highWater) this.hold(true);
  }

  /** Hands on all packets that threads have finished. */
  collect(): void {
    for (let slot = this.ring.take(); slot !== null; slot = this.ring.take()) {
      this.inFlight -= 1;
      const opened = this.read(slot);
      const kept = this.options.onOpened(opened, this.arrivedAt[slot] as number);
      if (opened.kind === 'request') wipe(opened.data);
      if (!kept) this.giveBack(slot);
      else if (opened.kind === 'forward') this.kept[slot] = 1;
      this.owners[slot]?.settled();
      this.owners[slot] = undefined;
    }
    if (this.holding && this.inFlight <= this.options.highWater / 2) this.hold(false);
  }

  /** When packets came in, by the clock as it is set now. */
  onClockStep(by: Millis): void {
    for (let slot = 0; slot < this.arrivedAt.length; slot++) {
      this.arrivedAt[slot] = (this.arrivedAt[slot] as number) + by;
    }
  }

  /** A packet has left, or was given up. Packets that were never in a slot are none of ours. */
  release(packet: Frame): void {
    const slot = this.slots.slotOf(packet);
    if (slot === null || this.kept[slot] === 0) return;
    this.kept[slot] = 0;
    this.giveBack(slot);
  }

  /** Nothing of a packet stays where it was: not its tag, and at an edge not what it asked for. */
  private giveBack(slot: number): void {
    this.slots.wipe(slot);
    this.free[this.freeCount] = slot;
    this.freeCount += 1;
  }

  private hold(hold: boolean): void {
    if (this.holding === hold) return;
    this.holding = hold;
    if (hold) this.counters.add('frames-held-back');
    this.options.onHold(hold);
  }

  private describe(slot: number, epoch: number, view: EpochView): void {
    const { words } = this.slots;
    const at = this.slots.record(slot);
    words[at + WORD.epoch] = epoch;
    words[at + WORD.index] = view.index;
    words[at + WORD.delayCap] = view.delayCapMs;
    words[at + WORD.second] = view.predecessor === null ? 0 : 1;
    this.slots.putBytes(slot, WORD.hash, view.documentHash);
    if (view.predecessor !== null) this.slots.putBytes(slot, WORD.predecessor, view.predecessor);
  }

  /** What the thread found, as the replay set changes it: a tag that is known drops the packet. */
  private read(slot: number): Opened {
    const { words } = this.slots;
    const at = this.slots.record(slot);
    const progress = words[at + WORD.progress];
    if (progress === PROGRESS.none) return this.outcome(slot, at);
    const { replay } = this.options;
    const epoch = words[at + WORD.epoch] as number;
    this.slots.takeBytes(slot, WORD.tag, this.tag);
    if (progress === PROGRESS.tagged) {
      return replay.has(epoch, this.tag) ? dropped('replay') : this.outcome(slot, at);
    }
    switch (replay.claim(epoch, this.tag)) {
      case 'known':
        return dropped('replay');
      case 'full':
        return dropped('replay-full');
      case 'new':
        return this.outcome(slot, at);
    }
  }

  private outcome(slot: number, at: number): Opened {
    const { words } = this.slots;
    const epoch = words[at + WORD.epoch] as number;
    const delayMs = words[at + WORD.delay] as number;
    const next = words[at + WORD.next] as number;
    const frame = this.slots.frame(slot);
    switch (OUTCOMES[words[at + WORD.outcome] as number]) {
      case 'forward':
        return {
          kind: 'forward',
          epoch,
          request: words[at + WORD.asks] === 1,
          next,
          delayMs,
          packet: frame,
        };
      case 'request': {
        const block =
          words[at + WORD.block] === 1 ? copy(frame, G.requestData, G.replyBlock) : null;
        const data = copy(frame, 0, next);
        return { kind: 'request', epoch, delayMs, data, block: block as ReplyBlock | null };
      }
      case 'reply':
        return { kind: 'reply', epoch, replyId: this.id(slot), payload: copy(frame, 0, G.payload) };
      case 'end':
        return { kind: 'end', epoch, id: this.id(slot) };
      default:
        return dropped(DROP_REASONS[words[at + WORD.reason] as number] ?? 'header');
    }
  }

  private id(slot: number): ReplyId {
    const id = new Uint8Array(G.replyId) as ReplyId;
    this.slots.takeBytes(slot, WORD.id, id);
    return id;
  }
}

function copy(frame: Uint8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(frame.subarray(at, at + length));
}

const drops = new Map<DropReason, Opened>();

function dropped(reason: DropReason): Opened {
  let outcome = drops.get(reason);
  if (outcome === undefined) {
    outcome = { kind: 'drop', reason };
    drops.set(reason, outcome);
  }
  return outcome;
}
