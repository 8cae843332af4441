/**
 * Decoders and encoders in WebAssembly: what a hostile picture breaks is a memory of their own. Their
 * programs are read from the folder of the package, never fetched.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js';
import decodePng, { init as initPng } from '@jsquash/png/decode.js';
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js';
import encodeWebp, { init as initEncoder } from '@jsquash/webp/encode.js';

/** Kinds of pictures that are read. */
export type PictureKind = 'jpg' | 'png' | 'webp';

/** RGBA, a byte each, not premultiplied. */
export interface Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What the libraries make: a browser has it, Node has not. */
class PlainImageData implements Pixels {
  readonly colorSpace = 'srgb';
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}
Object.assign(globalThis, { ImageData: PlainImageData });

function program(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve(name))));
}

const DECODERS = {
  jpg: async (bytes: ArrayBuffer) => {
    await initJpeg({ wasmBinary: program('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm') });
    return await decodeJpeg(bytes, { preserveOrientation: true });
  },
  png: async (bytes: ArrayBuffer) => {
    await initPng(program('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'));
    return await decodePng(bytes);
  },
  webp: async (bytes: ArrayBuffer) => {
    await initWebp({ wasmBinary: program('@jsquash/webp/codec/dec/webp_dec.wasm') });
    return await decodeWebp(bytes);
  },
} satisfies Record<PictureKind, (bytes: ArrayBuffer) => Promise<Pixels>>;

/** Throws whatever its library does. A JPEG is turned as its camera says. */
export async function decode(kind: PictureKind, bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const { data, width, height } = await DECODERS[kind](bytes.slice().buffer);
  return { data: data as Pixels['data'], width, height };
}

let encoder: Promise<unknown> | null = null;

/** WebP. @param quality 0 to 100 */
export async function encode(pixels: Pixels, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  encoder ??= initEncoder({ wasmBinary: program('@jsquash/webp/codec/enc/webp_enc_simd.wasm') });
  await encoder;
  const image = new ImageData(pixels.data, pixels.width, pixels.height);
  return new Uint8Array(await encodeWebp(image, { quality, method: 4 }));
}
