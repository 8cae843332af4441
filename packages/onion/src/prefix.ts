/** The eight bytes in the clear: version u8 | layer u8 | epoch u32 | relay index u16. */
import { GEOMETRY } from './geometry.ts';

export interface Prefix {
  /** 0 on a client's link, 1..4 towards a relay of that layer. */
  readonly layer: number;
  readonly epoch: number;
  /** The receiver; on a client's link the first mix. */
  readonly index: number;
}

export function writePrefix(out: Uint8Array, prefix: Prefix): void {
  const { layer, epoch, index } = prefix;
  out[0] = GEOMETRY.version;
  out[1] = layer;
  out[2] = epoch >>> 24;
  out[3] = epoch >>> 16;
  out[4] = epoch >>> 8;
  out[5] = epoch;
  out[6] = index >>> 8;
  out[7] = index;
}

export function epochOf(frame: Uint8Array): number {
  const high = ((byte(frame, 2) << 8) | byte(frame, 3)) >>> 0;
  return high * 0x1_0000 + ((byte(frame, 4) << 8) | byte(frame, 5));
}

export function indexOf(frame: Uint8Array): number {
  return (byte(frame, 6) << 8) | byte(frame, 7);
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}
