/**
 * Repeatable randomness for tests and the lab: the same seed gives the same bytes on every
 * machine. sfc32, some 2 ns a byte. Not for keys that protect anything.
 */
import { type Rng, utf8 } from '@tacet/base';

export interface SeededRng extends Rng {
  /** An independent generator; the same name gives the same one, whatever was drawn before. */
  fork(name: string): SeededRng;
}

/** Bytes from which a view of words is worth making. */
const WIDE = 256;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export function seededRng(seed: number | string): SeededRng {
  const text = String(seed);
  const bytes = utf8(text);
  let a = absorb(bytes, 0x9e3779b9);
  let b = absorb(bytes, 0x243f6a88);
  let c = absorb(bytes, 0xb7e15162);
  let counter = 1;

  function next(): number {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t;
  }

  for (let i = 0; i < 12; i++) next();

  return {
    fill(out) {
      const whole = out.length - (out.length % 4);
      let i = 0;
      if (LITTLE_ENDIAN && whole >= WIDE && out.byteOffset % 4 === 0) {
        // The same bytes as below, a word at a time: noise is most of what is drawn.
        const words = new Uint32Array(out.buffer, out.byteOffset, whole / 4);
        for (let n = 0; n < words.length; n++) words[n] = next();
        i = whole;
      }
      for (; i < whole; i += 4) {
        const word = next();
        out[i] = word;
        out[i + 1] = word >>> 8;
        out[i + 2] = word >>> 16;
        out[i + 3] = word >>> 24;
      }
      if (i < out.length) {
        let word = next();
        for (; i < out.length; i++) {
          out[i] = word;
          word >>>= 8;
        }
      }
      return out;
    },
    fork: (name) => seededRng(`${text}/${name}`),
  };
}

/** Multiply and mix, byte by byte, with a final avalanche (MurmurHash3's finaliser). */
function absorb(bytes: Uint8Array, start: number): number {
  let h = start ^ bytes.length;
  for (const byte of bytes) {
    h = Math.imul(h ^ byte, 0xcc9e2d51);
    h = (h << 13) | (h >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
