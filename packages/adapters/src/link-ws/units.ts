/**
 * WebSocket as an edge speaks it (docs/spec/03-links.md, 3; RFC 6455, 5.2): each message is one
 * unfragmented binary one of 12,288 bytes, so what comes is a row of units of one length behind
 * the same four bytes. Whatever else comes (another length, a fragment, ping, pong, text) is seen in
 * those four bytes, before anything is kept of it.
 */
import { LIMITS } from './limits.ts';

/** FIN and binary; masked, 16-bit length; 12,288. */
const UP_HEAD = [0x82, 0xfe, 0x30, 0x00] as const;
const DOWN_HEAD = Uint8Array.of(0x82, 0x7e, 0x30, 0x00);
const CLOSE = 0x88;
const MASK = 4;
const UNIT = UP_HEAD.length + MASK + LIMITS.frame;

/** What a piece of the stream led to, beyond frames. */
export type Reading = 'open' | 'closed' | 'form';

export class UnitReader {
  /** Only while a unit is incomplete: most come whole, and most of the time none is under way. */
  private partial: Uint8Array | null = null;
  private filled = 0;

  /**
   * @param onFrame gets a frame that nobody writes to again; false: read no more.
   * @returns `closed` for a close message, `form` for anything that is no unit; then read no more
   */
  take(piece: Uint8Array, onFrame: (frame: Uint8Array) => boolean): Reading {
    let at = 0;
    while (at < piece.length) {
      const known = headState(this.partial ?? piece.subarray(at), this.partial, this.filled);
      if (known !== 'open') return known;
      const left = piece.length - at;
      if (this.partial === null && left >= UNIT) {
        if (!onFrame(unmask(piece.subarray(at, at + UNIT)))) return 'open';
        at += UNIT;
        continue;
      }
      const unit = this.partial ?? new Uint8Array(UNIT);
      const taken = Math.min(UNIT - this.filled, left);
      unit.set(piece.subarray(at, at + taken), this.filled);
      this.partial = unit;
      this.filled += taken;
      at += taken;
      const state = headState(unit, unit, this.filled);
      if (state !== 'open') return state;
      if (this.filled < UNIT) return 'open';
      this.partial = null;
      this.filled = 0;
      if (!onFrame(unmask(unit))) return 'open';
    }
    return 'open';
  }
}

/** Compares as many bytes of the head as are there. */
function headState(bytes: Uint8Array, partial: Uint8Array | null, filled: number): Reading {
  const length = partial === null ? bytes.length : filled;
  if (length > 0 && bytes[0] === CLOSE) return 'closed';
  for (let i = 0; i < UP_HEAD.length && i < length; i++) {
    if (bytes[i] !== UP_HEAD[i]) return 'form';
  }
  return 'open';
}

/** In place; our own clients send a mask of zeros (docs/decisions/0003-zero-websocket-mask.md). */
function unmask(unit: Uint8Array): Uint8Array {
  const mask = unit.subarray(UP_HEAD.length, UP_HEAD.length + MASK);
  const frame = unit.subarray(UP_HEAD.length + MASK);
  if (mask.every((byte) => byte === 0)) return frame;
  for (let i = 0; i < frame.length; i++) {
    frame[i] = (frame[i] as number) ^ (mask[i & 3] as number);
  }
  return frame;
}

/** A message down with room for its frame: head, then `frame`, which is a view into `unit`. */
export function emptyDownUnit(): { readonly unit: Uint8Array; readonly frame: Uint8Array } {
  const unit = new Uint8Array(DOWN_HEAD.length + LIMITS.frame);
  unit.set(DOWN_HEAD);
  return { unit, frame: unit.subarray(DOWN_HEAD.length) };
}

/** One message down. */
export function downUnit(frame: Uint8Array): Uint8Array {
  const unit = Buffer.allocUnsafe(DOWN_HEAD.length + frame.length);
  unit.set(DOWN_HEAD);
  unit.set(frame, DOWN_HEAD.length);
  return unit;
}

/** A close message with its code (RFC 6455, 7.4). */
export function closeUnit(code: number): Uint8Array {
  return Uint8Array.of(CLOSE, 2, code >> 8, code & 0xff);
}
