/**
 * Packets of Opus as RFC 6716, 3 lays them out: which frames stand in one, and one of a size that is
 * wanted. Frames are never looked into, so nothing here decodes sound.
 */
import { ByteWriter, concat } from '@tacet/base';
import { unreadable } from './errors.ts';

export interface OpusPacket {
  /** Mode, bandwidth, length of a frame, stereo: the first byte without its last two bits. */
  readonly config: number;
  /** 1 to 48, of 0 to 1,275 bytes each: views. */
  readonly frames: readonly Uint8Array[];
}

const EVEN = new Uint8Array();
const MAX_FRAME = 1_275;
/** Of each frame by its configuration, ms. */
const SILK = [10, 20, 40, 60] as const;
const HYBRID = [10, 20] as const;
const CELT = [2.5, 5, 10, 20] as const;

/** ms. */
export function durationOf({ config, frames }: OpusPacket): number {
  const number = config >>> 3;
  const frame =
    number < 12 ? SILK[number % 4] : number < 16 ? HYBRID[number % 2] : CELT[number % 4];
  return frames.length * (frame ?? 0);
}

/** Padding is left out. Throws `voice-unreadable`. */
export function readPacket(bytes: Uint8Array): OpusPacket {
  const [first] = bytes;
  if (first === undefined) throw unreadable();
  const config = first & 0xfc;
  const frames = framesOf(first & 3, bytes);
  if (frames.some(({ length }) => length > MAX_FRAME)) throw unreadable();
  return { config, frames };
}

function framesOf(code: number, bytes: Uint8Array): Uint8Array[] {
  const rest = bytes.subarray(1);
  switch (code) {
    case 0:
      return [rest];
    case 1:
      return evenly(rest, 2);
    case 2:
      return byLengths(rest, 2);
    default:
      return many(bytes);
  }
}

/** Code 3: any number of frames, and padding. */
function many(bytes: Uint8Array): Uint8Array[] {
  const head = bytes[1] ?? 0;
  const count = head & 0x3f;
  let at = 2;
  let padding = 0;
  if ((head & 0x40) !== 0) {
    let byte: number | undefined;
    do {
      byte = bytes[at];
      at += 1;
      if (byte === undefined) throw unreadable();
      padding += byte === 255 ? 254 : byte;
    } while (byte === 255);
  }
  if (count === 0 || count > 48 || at + padding > bytes.length) throw unreadable();
  const body = bytes.subarray(at, bytes.length - padding);
  return (head & 0x80) === 0 ? evenly(body, count) : byLengths(body, count);
}

function evenly(body: Uint8Array, count: number): Uint8Array[] {
  const length = body.length / count;
  if (!Number.isInteger(length)) throw unreadable();
  return Array.from({ length: count }, (_, n) => body.subarray(n * length, (n + 1) * length));
}

/** Each but the last says how long it is, before all of them. */
function byLengths(body: Uint8Array, count: number): Uint8Array[] {
  const lengths: number[] = [];
  let at = 0;
  while (lengths.length < count - 1) {
    const low = body[at];
    const high = low !== undefined && low >= 252 ? body[at + 1] : 0;
    if (low === undefined || high === undefined) throw unreadable();
    lengths.push(low + 4 * high);
    at += low >= 252 ? 2 : 1;
  }
  const frames = lengths.map((length) => {
    at += length;
    if (at > body.length) throw unreadable();
    return body.subarray(at - length, at);
  });
  return [...frames, body.subarray(at)];
}

/** Bytes of the shortest packet with these frames. */
export function leastOf(packet: OpusPacket): number {
  // One and two frames have forms without the byte that counts them.
  return bare(packet) - (packet.frames.length < 3 ? 1 : 0);
}

/** With code 3, without padding. */
function bare({ frames }: OpusPacket): number {
  return 2 + lengthsOf(frames).length + frames.reduce((sum, { length }) => sum + length, 0);
}

/**
 * The one form of a packet of `size` bytes: the shortest where it has that many, else code 3 with
 * padding of zeros. @param size `leastOf` at least
 */
export function writePacket(packet: OpusPacket, size: number): Uint8Array {
  const { config, frames } = packet;
  const lengths = lengthsOf(frames);
  if (frames.length < 3 && leastOf(packet) === size) {
    const code = frames.length === 1 ? 0 : lengths.length === 0 ? 1 : 2;
    return concat(Uint8Array.of(config | code), lengths, ...frames);
  }
  const extra = size - bare(packet);
  const count = (lengths.length === 0 ? 0 : 0x80) | (extra === 0 ? 0 : 0x40) | frames.length;
  const head = Uint8Array.of(config | 3, count, ...paddingLength(extra));
  const made = new ByteWriter(size).put(head).put(lengths);
  for (const frame of frames) made.put(frame);
  return made.bytes;
}

/** Of so many bytes, these included. */
function paddingLength(extra: number): number[] {
  if (extra === 0) return [];
  // Each 255 stands for itself and 254 bytes.
  const full = Math.floor((extra - 1) / 255);
  return [...new Array<number>(full).fill(255), (extra - 1) % 255];
}

/** Of all frames but the last; nothing where all have the same length. */
function lengthsOf(frames: readonly Uint8Array[]): Uint8Array {
  if (frames.every(({ length }) => length === frames[0]?.length)) return EVEN;
  return Uint8Array.from(
    frames.slice(0, -1).flatMap(({ length }) => {
      if (length < 252) return [length];
      const low = 252 + (length % 4);
      return [low, (length - low) / 4];
    }),
  );
}
