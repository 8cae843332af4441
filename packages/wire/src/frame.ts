/**
 * What all frames share (docs/spec/03-links.md, 2): 12,288 bytes, a version, and a layer byte
 * that is 0 to 4 for packets and one of the codes below for everything else.
 */
import { ByteReader, ByteWriter, malformed, type Rng } from '@tacet/base';
import { GEOMETRY } from '@tacet/onion';
import { FRAME_LENGTH } from './sizes.ts';

/** Dated history: docs/spec/03-links.md. */
export const WIRE_VERSION = GEOMETRY.version;
export const CODE = {
  hello: 0xf0,
  welcome: 0xf1,
  rate: 0xf2,
  digest: 0xf3,
  greeting: 0xf4,
} as const;
export type FrameClass = 'client' | 'relay' | keyof typeof CODE;

/** Reads version and layer byte of a whole frame. Throws `malformed`. */
export function classOf(frame: Uint8Array): FrameClass {
  if (frame.length !== FRAME_LENGTH || frame[0] !== WIRE_VERSION) throw malformed('frame');
  const layer = frame[1];
  if (layer === 0) return 'client';
  if (layer !== undefined && layer <= GEOMETRY.layers) return 'relay';
  switch (layer) {
    case CODE.hello:
      return 'hello';
    case CODE.welcome:
      return 'welcome';
    case CODE.rate:
      return 'rate';
    case CODE.digest:
      return 'digest';
    case CODE.greeting:
      return 'greeting';
    default:
      throw malformed('frame');
  }
}

/** A writer of one whole frame, past its prefix. */
export function beginFrame(layer: number): ByteWriter {
  return new ByteWriter(FRAME_LENGTH).u8(WIRE_VERSION).u8(layer).skip(6);
}

/** A reader past the prefix of a frame whose class is known. */
export function openFrame(frame: Uint8Array, what: string): ByteReader {
  const reader = new ByteReader(frame, what);
  reader.slice(2);
  reader.zeros(6);
  return reader;
}

/** Fills the frame's last `n` bytes at random: TLS hides them, and no pattern is better. */
export function fillRest(writer: ByteWriter, n: number, rng: Rng): Uint8Array {
  rng.fill(writer.bytes.subarray(FRAME_LENGTH - n));
  return writer.skip(n).done();
}
