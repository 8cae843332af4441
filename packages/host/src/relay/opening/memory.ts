/**
 * Memory shared by the main thread and the threads that open packets (docs/decisions/0090).
 * A slot holds one frame and a record of numbers beside it. Main fills slots and queues them for
 * the threads of their epoch; a thread opens the frame in place and puts the slot on the ring of
 * finished ones. Whoever holds a slot's number owns its bytes: nothing here is read by two at once.
 * Waits are on 32-bit words with `Atomics`; queue and ring never overflow, because they have a
 * place for every slot.
 */
import { GEOMETRY as G } from '@tacet/onion';

/** Words of a slot's record. */
export const WORD = {
  /** An index into OUTCOMES, written last by the thread. */
  outcome: 0,
  /** An index into DROP_REASONS when the outcome is `drop`. */
  reason: 1,
  epoch: 2,
  /** This relay's index in the document of that epoch. */
  index: 3,
  delayCap: 4,
  /** 1 when the document before is to be tried second. */
  second: 5,
  /** How far opening came: see PROGRESS. */
  progress: 6,
  delay: 7,
  /** Forward: index of the next relay. Request: bytes of data. */
  next: 8,
  /** Request: 1 when a reply block stands behind the data. */
  block: 9,
  /** Forward: 1 for a request, 0 for a reply. */
  asks: 9,
  tag: 10,
  /** Reply: its id. End: the loop's. */
  id: 12,
  hash: 16,
  predecessor: 24,
} as const;

const RECORD_WORDS = 32;
const RECORD_BYTES = RECORD_WORDS * 4;
const ZEROS = new Uint8Array(G.frame);

export const OUTCOMES = ['drop', 'forward', 'request', 'reply', 'end'] as const;

/** `tagged`: the replay tag is known. `spent`: the packet passed, its tag must be inserted. */
export const PROGRESS = { none: 0, tagged: 1, spent: 2 } as const;

export interface SlotMemory {
  readonly frames: SharedArrayBuffer;
  readonly records: SharedArrayBuffer;
}

export function slotMemory(count: number): SlotMemory {
  return {
    frames: new SharedArrayBuffer(count * G.frame),
    records: new SharedArrayBuffer(count * RECORD_BYTES),
  };
}

/** One end's view of all slots. Views of frames are made once. */
export class Slots {
  readonly count: number;
  readonly words: Uint32Array;
  private readonly bytes: Uint8Array;
  private readonly frames: SharedArrayBuffer;
  private readonly views: (Buffer | undefined)[];

  constructor(memory: SlotMemory) {
    this.frames = memory.frames;
    this.words = new Uint32Array(memory.records);
    this.bytes = new Uint8Array(memory.records);
    this.count = memory.frames.byteLength / G.frame;
    this.views = new Array<Buffer | undefined>(this.count);
  }

  /** The slot's frame; the same object each time. */
  frame(slot: number): Buffer {
    let view = this.views[slot];
    if (view === undefined) {
      view = Buffer.from(this.frames, slot * G.frame, G.frame);
      this.views[slot] = view;
    }
    return view;
  }

  /** The slot whose frame this is; null when the bytes lie elsewhere. */
  slotOf(frame: Uint8Array): number | null {
    return frame.buffer === this.frames ? frame.byteOffset / G.frame : null;
  }

  /** Where the slot's record starts in `words`. */
  record(slot: number): number {
    return slot * RECORD_WORDS;
  }

  /** Overwrites what a slot was used for. */
  wipe(slot: number): void {
    copyFrame(ZEROS, this.frame(slot));
    const at = this.record(slot);
    for (let i = 0; i < RECORD_WORDS; i++) this.words[at + i] = 0;
  }

  putBytes(slot: number, word: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, slot * RECORD_BYTES + word * 4);
  }

  takeBytes(slot: number, word: number, out: Uint8Array): void {
    const at = slot * RECORD_BYTES + word * 4;
    for (let i = 0; i < out.length; i++) out[i] = this.bytes[at + i] as number;
  }
}

/**
 * Copies a whole frame into or out of shared memory. `TypedArray.set` goes word by word there
 * (2.1 us a frame), this does not (0.3 us).
 */
export function copyFrame(from: Uint8Array, to: Uint8Array): void {
  Buffer.prototype.copy.call(from, to);
}

/** Places for every slot, and for one END of each thread. */
function places(slots: number): number {
  return 2 ** Math.ceil(Math.log2(slots + THREADS_MAX));
}

export const THREADS_MAX = 64;
const TAIL = 0;
const HEAD = 1;
const SLEEPERS = 2;
const FIRST = 4;

export function ringMemory(slots: number): SharedArrayBuffer {
  return new SharedArrayBuffer((FIRST + places(slots)) * 4);
}

/** In place of a slot: the thread that takes it ends. */
export const END = -1;

/** Slots waiting for a thread: one writer, any number of readers. */
export class JobQueue {
  private readonly words: Int32Array;
  private readonly mask: number;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
    this.mask = this.words.length - FIRST - 1;
  }

  push(slot: number): void {
    const { words } = this;
    const tail = words[TAIL] as number;
    words[FIRST + (tail & this.mask)] = slot;
    Atomics.store(words, TAIL, (tail + 1) | 0);
    if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, TAIL, 1);
  }

  /** The next slot, or END; sleeps until there is one. */
  take(): number {
    const { words } = this;
    for (;;) {
      const head = Atomics.load(words, HEAD);
      const tail = Atomics.load(words, TAIL);
      if (head === tail) {
        // Returns at once when the tail has moved since.
        Atomics.add(words, SLEEPERS, 1);
        Atomics.wait(words, TAIL, tail);
        Atomics.sub(words, SLEEPERS, 1);
        continue;
      }
      const slot = Atomics.load(words, FIRST + (head & this.mask));
      if (Atomics.compareExchange(words, HEAD, head, (head + 1) | 0) === head) return slot;
    }
  }
}

/** Finished slots: any number of writers, one reader. A place is empty when it holds 0. */
export class DoneRing {
  private readonly words: Int32Array;
  private readonly mask: number;
  private head = 0;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
    this.mask = this.words.length - FIRST - 1;
  }

  push(slot: number): void {
    const at = Atomics.add(this.words, TAIL, 1);
    Atomics.store(this.words, FIRST + (at & this.mask), slot + 1);
  }

  /** Null when none is finished. */
  take(): number | null {
    const at = FIRST + (this.head & this.mask);
    const value = Atomics.load(this.words, at);
    if (value === 0) return null;
    Atomics.store(this.words, at, 0);
    this.head = (this.head + 1) | 0;
    return value - 1;
  }
}
