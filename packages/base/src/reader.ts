/**
 * Exact-length reading and writing of big-endian records (house style 9). A decoder reads its
 * fields in order and calls `end()`; too short, trailing or out-of-range bytes throw
 * `malformed`, so it returns a complete typed value or nothing.
 */
import { AppError } from './errors.ts';

export function malformed(what: string): AppError {
  return new AppError('malformed', 'input', `malformed ${what}`);
}

export class ByteReader {
  private at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly what: string;

  /** @param what names the structure in errors, for example `record`. */
  constructor(bytes: Uint8Array, what: string) {
    // Never a Buffer, whose `slice` is a view: `copy` below must copy.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2));
  }

  u32(): number {
    return this.view.getUint32(this.take(4));
  }

  /** Values above 2^53 - 1 are malformed. */
  u64(): number {
    const value = this.view.getBigUint64(this.take(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed(this.what);
    return Number(value);
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
    for (const byte of this.slice(n)) if (byte !== 0) throw malformed(this.what);
  }

  end(): void {
    if (this.remaining !== 0) throw malformed(this.what);
  }
}

export class ByteWriter {
  private at = 0;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  u8(value: number): this {
    this.view.setUint8(this.at, value);
    this.at += 1;
    return this;
  }

  u16(value: number): this {
    this.view.setUint16(this.at, value);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.view.setUint32(this.at, value);
    this.at += 4;
    return this;
  }

  u64(value: number): this {
    this.view.setBigUint64(this.at, BigInt(value));
    this.at += 8;
    return this;
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
