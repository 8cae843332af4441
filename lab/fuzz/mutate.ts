/** Ways to damage bytes, and a deck from which kinds of input are drawn by weight. */
import { concat, pick, type Rng, randomBytes, randomInt } from '@tacet/base';

export function flip(rng: Rng, bytes: Uint8Array, from = 0, to = bytes.length): Uint8Array {
  const at = from + randomInt(rng, Math.max(1, to - from));
  bytes[at] = (bytes[at] ?? 0) ^ (1 + randomInt(rng, 255));
  return bytes;
}

/** Another length: cut short or with something behind it. */
export function resized(rng: Rng, bytes: Uint8Array): Uint8Array {
  if (bytes.length > 0 && randomInt(rng, 2) === 0)
    return bytes.slice(0, randomInt(rng, bytes.length));
  return concat(bytes, randomBytes(rng, 1 + randomInt(rng, 40)));
}

/** From anywhere to the end as in another one. */
export function spliced(rng: Rng, bytes: Uint8Array, other: Uint8Array, from = 0): Uint8Array {
  const at = from + randomInt(rng, Math.max(1, Math.min(bytes.length, other.length) - from));
  bytes.set(other.subarray(at, bytes.length), at);
  return bytes;
}

/** One way or another, somewhere. */
export function damaged(rng: Rng, valid: Uint8Array): Uint8Array {
  switch (randomInt(rng, 5)) {
    case 0:
      return resized(rng, valid);
    case 1:
      return randomBytes(rng, randomInt(rng, 600));
    case 2: {
      // Where lengths, counts and kinds stand.
      const bytes = valid.slice();
      return flip(rng, bytes, 0, Math.min(bytes.length, 100));
    }
    default: {
      const bytes = valid.slice();
      for (let n = randomInt(rng, 4); n >= 0; n--) flip(rng, bytes);
      return bytes;
    }
  }
}

/** Wrong at the first look of a CBOR reader: another length, noise, or a damaged head. */
export function formless(rng: Rng, valid: Uint8Array): Uint8Array {
  switch (randomInt(rng, 3)) {
    case 0:
      return resized(rng, valid);
    case 1:
      return randomBytes(rng, randomInt(rng, 600));
    default:
      return flip(rng, valid.slice(), 0, 8);
  }
}

/** One-item arrays inside each other, and nothing at the end of them. */
export function nested(rng: Rng, most: number): Uint8Array {
  return new Uint8Array(1 + randomInt(rng, most)).fill(0x81);
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A text as somebody might copy it: cut, a character lost, put in, changed, an end twice. */
export function typo(rng: Rng, text: string): string {
  const at = randomInt(rng, text.length);
  switch (randomInt(rng, 5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return `${text.slice(0, at)}${pick(rng, ['.', '#', ' ', '\n', 'é', '\u0000', '='])}${text.slice(at)}`;
    case 3:
      return text + text.slice(at);
    default:
      return text.slice(0, at) + BASE64URL[randomInt(rng, 64)] + text.slice(at + 1);
  }
}

/** Random bytes are dear by the frame: these are pieces of one long stretch. */
export class Noise {
  private readonly pool: Uint8Array;
  private readonly rng: Rng;

  constructor(rng: Rng, length = 1 << 20) {
    this.rng = rng;
    this.pool = randomBytes(rng, length);
  }

  take(length: number): Uint8Array {
    const at = randomInt(this.rng, this.pool.length - length);
    return this.pool.slice(at, at + length);
  }

  /** Over all of it. */
  into(bytes: Uint8Array): Uint8Array {
    const at = randomInt(this.rng, this.pool.length - bytes.length);
    bytes.set(this.pool.subarray(at, at + bytes.length));
    return bytes;
  }
}

/** `bulk`: its weight in the bulk of a long run; without one it comes up in the whole deck only. */
export type Weighted<T> = readonly [weight: number, card: T, bulk?: number];

/**
 * Kinds of input by weight. One input in `wholeEvery` is drawn from the whole deck; the others, the
 * bulk of a long run, from those kinds that are refused at a first look (length, prefix, form) and
 * cost some microseconds, where the rest ends in signatures, key agreements or a store.
 */
export class Deck<T> {
  /** Inputs drawn from the whole deck so far. */
  drawn = 0;
  private readonly whole: T[] = [];
  private readonly bulk: T[] = [];
  private readonly wholeEvery: number;
  private readonly rng: Rng;

  constructor(rng: Rng, weighted: readonly Weighted<T>[], wholeEvery: number) {
    this.rng = rng;
    this.wholeEvery = wholeEvery;
    for (const [weight, card, bulk = 0] of weighted) {
      for (let i = 0; i < weight; i++) this.whole.push(card);
      for (let i = 0; i < bulk; i++) this.bulk.push(card);
    }
  }

  draw(): T {
    if (randomInt(this.rng, this.wholeEvery) > 0) return pick(this.rng, this.bulk);
    this.drawn += 1;
    return pick(this.rng, this.whole);
  }
}

/** Adds what one object of counts says to another. */
export function addCounts(
  into: Map<string, number>,
  counts: Readonly<Record<string, number>>,
): void {
  for (const [name, n] of Object.entries(counts)) into.set(name, (into.get(name) ?? 0) + n);
}
