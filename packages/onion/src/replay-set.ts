/**
 * An exact set of 8-byte replay tags of one epoch: open addressing with linear probing in one
 * buffer, at most three quarters full (docs/spec/02-onion.md, 6). No tag is ever forgotten or
 * wrongly found; a full set refuses.
 * Slots are chosen by a secret multiply-shift hash, so that a sender who computes the tags of his
 * own packets cannot crowd one region of the table.
 */
import { AppError, malformed, type Rng, randomBytes } from '@tacet/base';
import { GEOMETRY as G } from './geometry.ts';
import { REPLAY_CAPACITY_MAX } from './limits.ts';

const MIN_BITS = 4;

/** Bytes of the table of a set with that capacity, all of them taken from the start. */
export function replaySetBytes(capacity: number): number {
  return 8 * 2 ** bitsFor(capacity);
}

function bitsFor(capacity: number): number {
  let bits = MIN_BITS;
  while (2 ** bits * 0.75 < capacity) bits++;
  return bits;
}

export class ReplaySet {
  readonly capacity: number;
  /** Pairs of 32-bit words; the pair 0, 0 marks an empty slot. */
  private readonly words: Uint32Array;
  private readonly mask: number;
  private readonly shift: number;
  private readonly a: number;
  private readonly b: number;
  private count = 0;
  private holdsZero = false;

  /** @param options.capacity tags that must fit: declared packets a second times 3,900 s */
  constructor(options: { capacity: number; rng: Rng }) {
    const { capacity, rng } = options;
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > REPLAY_CAPACITY_MAX) {
      throw new AppError('replay-capacity', 'usage', 'the replay capacity is out of range');
    }
    const bits = bitsFor(capacity);
    this.capacity = capacity;
    this.words = new Uint32Array(2 ** bits * 2);
    this.mask = 2 ** bits - 1;
    this.shift = 32 - bits;
    const secret = new DataView(randomBytes(rng, 8).buffer);
    this.a = secret.getUint32(0) | 1;
    this.b = secret.getUint32(4) | 1;
  }

  get size(): number {
    return this.count;
  }

  /** Bytes of the table. */
  get bytes(): number {
    return this.words.byteLength;
  }

  /** Overwrites the table; nothing may be asked of it any more. */
  wipe(): void {
    this.words.fill(0);
    this.count = 0;
    this.holdsZero = false;
  }

  has(tag: Uint8Array): boolean {
    const low = word(tag, 0);
    const high = word(tag, 4);
    if ((low | high) === 0) return this.holdsZero;
    const at = this.find(low, high);
    return this.words[at] !== 0 || this.words[at + 1] !== 0;
  }

  insert(tag: Uint8Array): 'new' | 'known' | 'full' {
    const low = word(tag, 0);
    const high = word(tag, 4);
    if ((low | high) === 0) {
      if (this.holdsZero) return 'known';
      if (this.count >= this.capacity) return 'full';
      this.holdsZero = true;
    } else {
      const at = this.find(low, high);
      if (this.words[at] !== 0 || this.words[at + 1] !== 0) return 'known';
      if (this.count >= this.capacity) return 'full';
      this.words[at] = low;
      this.words[at + 1] = high;
    }
    this.count++;
    return 'new';
  }

  /** Position of the tag, or of the empty slot where it belongs. */
  private find(low: number, high: number): number {
    const { words, mask } = this;
    let slot = (Math.imul(low, this.a) + Math.imul(high, this.b)) >>> this.shift;
    for (;;) {
      const at = slot * 2;
      const here = words[at] as number;
      const hereHigh = words[at + 1] as number;
      if ((here === low && hereHigh === high) || (here === 0 && hereHigh === 0)) return at;
      slot = (slot + 1) & mask;
    }
  }

  /** All tags, 8 bytes each, in no order that means anything. */
  exportTags(): Uint8Array {
    const out = new Uint8Array(this.count * G.replayTag);
    const view = new DataView(out.buffer);
    let at = this.holdsZero ? G.replayTag : 0;
    for (let i = 0; i < this.words.length; i += 2) {
      const low = this.words[i] as number;
      const high = this.words[i + 1] as number;
      if ((low | high) === 0) continue;
      view.setUint32(at, low);
      view.setUint32(at + 4, high);
      at += G.replayTag;
    }
    return out;
  }

  /** Adds logged tags. Throws `malformed` unless whole tags, `replay-capacity` when they do not fit. */
  importTags(bytes: Uint8Array): void {
    if (bytes.length % G.replayTag !== 0) throw malformed('replay log');
    for (let at = 0; at < bytes.length; at += G.replayTag) {
      if (this.insert(bytes.subarray(at, at + G.replayTag)) === 'full') {
        throw new AppError('replay-capacity', 'usage', 'the replay log holds more than its set');
      }
    }
  }
}

function word(tag: Uint8Array, at: number): number {
  return (
    (((tag[at] as number) << 24) |
      ((tag[at + 1] as number) << 16) |
      ((tag[at + 2] as number) << 8) |
      (tag[at + 3] as number)) >>>
    0
  );
}
