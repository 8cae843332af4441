/**
 * Elements of EBML (RFC 8794), as far as a recorder's WebM needs them: an id, a size, and what is inside.
 * Reads no further than the bytes it was given, and takes no memory for what a size says.
 */
import { MAX_VOICE_ELEMENTS } from '../limits.ts';
import { unreadable } from './errors.ts';

export interface Element {
  /** With its length marker, as tables write it. */
  readonly id: number;
  /** What is inside: to the end of what holds it, where the size is unknown. */
  readonly from: number;
  readonly to: number;
  readonly sized: boolean;
}

/** Reads the elements of one file, one behind the other; counts them all. */
export class ElementReader {
  readonly bytes: Uint8Array;
  private count = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The element that begins at `at` and ends at `end` at the latest. Throws `voice-unreadable`. */
  at(at: number, end: number): Element {
    this.count += 1;
    if (this.count > MAX_VOICE_ELEMENTS) throw unreadable();
    const idLength = this.lengthAt(at, end, 4);
    const sizeAt = at + idLength;
    const sizeLength = this.lengthAt(sizeAt, end, 8);
    const from = sizeAt + sizeLength;
    const id = this.number(at, sizeAt);
    const size = this.sizeOf(sizeAt, sizeLength);
    if (size === null) return { id, from, to: end, sized: false };
    if (size > end - from) throw unreadable();
    return { id, from, to: from + size, sized: true };
  }

  /** An unsigned number of 0 to 6 bytes. Throws `voice-unreadable`. */
  uint({ from, to }: Element): number {
    if (to - from > 6) throw unreadable();
    return this.number(from, to);
  }

  /** A view. */
  inside({ from, to }: Element): Uint8Array {
    return this.bytes.subarray(from, to);
  }

  /** How long the number is that begins here: one more than its leading zero bits. */
  private lengthAt(at: number, end: number, most: number): number {
    const length = Math.clz32(at < end ? (this.bytes[at] ?? 0) : 0) - 23;
    if (length > most || length > end - at) throw unreadable();
    return length;
  }

  /** Null: unknown, all its bits are ones. */
  private sizeOf(at: number, length: number): number | null {
    let size = (this.bytes[at] ?? 0) & (0xff >> length);
    let isUnknown = size === 0xff >> length;
    for (let n = 1; n < length; n++) {
      const byte = this.bytes[at + n] ?? 0;
      isUnknown &&= byte === 0xff;
      // Above 2^53 it is not exact any more, and more than any file has.
      size = size * 256 + byte;
    }
    return isUnknown ? null : size;
  }

  private number(from: number, to: number): number {
    let value = 0;
    for (let at = from; at < to; at++) value = value * 256 + (this.bytes[at] ?? 0);
    return value;
  }
}
