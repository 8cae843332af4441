/**
 * Exact-length reading and writing of big-endian records (house style 9). A decoder reads its
 * fields in order and calls `end()`; too short, trailing or out-of-range bytes throw
 * `malformed`, so it returns a complete typed value or nothing.
 */
import { AppError } from './errors.ts';

export function malformed(what: string): AppError {
  return new AppError('malformed', 'input', `malformed ${what}`);
}

/**
 * Byte by byte, and no view of the buffer beneath: an engine keeps small arrays inside their
 * objects, and takes them out, at the price of several, when somebody asks for their buffer.
 */
export class ByteReader {
  private at = 0;
  private readonly bytes: Uint8Array;
  private readonly what: string;

  /** @param what names the structure in errors, for example `record`. */
  constructor(bytes: Uint8Array, what: string) {
    this.bytes = plain(bytes);
    this.what = what;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  private take(n: number): number {
    if (n < 0 || n > this.remaining) throw malformed(this.what);
    const at = this.at;
    this.at += n;
    return at;
  }

  u8(): number {
    return this.byte(this.take(1));
  }

  u16(): number {
    const at = this.take(2);
    return (this.byte(at) << 8) | this.byte(at + 1);
  }

  u32(): number {
    const at = this.take(4);
    const high = (this.byte(at) << 24) | (this.byte(at + 1) << 16);
    return (high | (this.byte(at + 2) << 8) | this.byte(at + 3)) >>> 0;
  }

  /** Values above 2^53 - 1 are malformed. */
  u64(): number {
    if (this.remaining < 8) throw malformed(this.what);
    const high = this.u32();
    if (high >= 2 ** 21) throw malformed(this.what);
    return high * 2 ** 32 + this.u32();
  }

  private byte(at: number): number {
    return this.bytes[at] as number;
  }

  /** A copy, so that the caller may keep it when the frame buffer is used again. */
  copy(n: number): Uint8Array {
    const at = this.take(n);
    return this.bytes.slice(at, at + n);
  }

  /** A view into the input. */
  slice(n: number): Uint8Array {
    const at = this.take(n);
    return this.bytes.subarray(at, at + n);
  }

  zeros(n: number): void {
    const from = this.take(n);
    for (let at = from; at < from + n; at++) if (this.bytes[at] !== 0) throw malformed(this.what);
  }

  end(): void {
    if (this.remaining !== 0) throw malformed(this.what);
  }
}

/** Never a Buffer, whose `slice` is a view: copies must be copies. */
function plain(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export class ByteWriter {
  private at = 0;
  readonly bytes: Uint8Array;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
  }

  u8(value: number): this {
    this.byte(value);
    return this;
  }

  u16(value: number): this {
    this.byte(value >>> 8);
    this.byte(value);
    return this;
  }

  u32(value: number): this {
    this.byte(value >>> 24);
    this.byte(value >>> 16);
    this.byte(value >>> 8);
    this.byte(value);
    return this;
  }

  /** Throws RangeError but for safe integers >= 0. */
  u64(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('no number of 53 bits');
    return this.u32(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32);
  }

  /** Its low eight bits. Throws RangeError past the end, as the wider ones and `put` do. */
  private byte(value: number): void {
    if (this.at >= this.bytes.length) throw new RangeError('past the end of a writer');
    this.bytes[this.at] = value;
    this.at += 1;
  }

  put(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  skip(n: number): this {
    this.at += n;
    return this;
  }

  /** The whole buffer; throws `bug` unless it was filled exactly. */
  done(): Uint8Array {
    if (this.at !== this.bytes.length) {
      throw new AppError('short-write', 'bug', 'a writer was not filled to its length');
    }
    return this.bytes;
  }
}
