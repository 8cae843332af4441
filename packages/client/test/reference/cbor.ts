/** The subset of CBOR of spec 07, 4, written from the page alone: recursive, byte by byte. */
import { fromUtf8, join, toHex, uint, utf8 } from './primitives.ts';

export type Item = number | string | boolean | null | Uint8Array | readonly Item[] | CborMap;
export class CborMap {
  readonly pairs: readonly (readonly [number | string, Item])[];

  constructor(pairs: readonly (readonly [number | string, Item])[]) {
    this.pairs = pairs;
  }

  get(key: number): Item | undefined {
    return this.pairs.find(([one]) => one === key)?.[1];
  }
}

const DEEPEST = 64;

export function encodeItem(item: Item): Uint8Array {
  if (item === false) return uint(0xf4, 1);
  if (item === true) return uint(0xf5, 1);
  if (item === null) return uint(0xf6, 1);
  if (typeof item === 'number') return item < 0 ? head(1, -1 - item) : head(0, item);
  if (typeof item === 'string') return join(head(3, utf8(item).length), utf8(item));
  if (item instanceof Uint8Array) return join(head(2, item.length), item);
  if (item instanceof CborMap) {
    const pairs = item.pairs.map(([key, value]) => [encodeItem(key), encodeItem(value)] as const);
    const sorted = pairs.toSorted(([a], [b]) => Buffer.compare(a, b));
    return join(head(5, pairs.length), ...sorted.flat());
  }
  return join(head(4, item.length), ...item.map(encodeItem));
}

/** The shortest: in the first byte, or in 1, 2, 4 or 8 more. */
function head(major: number, value: number): Uint8Array {
  if (value < 24) return uint(major * 32 + value, 1);
  const size = [1, 2, 4, 8].find((bytes) => value < 256 ** bytes) ?? 8;
  return join(uint(major * 32 + 24 + Math.log2(size), 1), uint(value, size));
}

/** Throws for everything else. */
export function decodeItem(bytes: Uint8Array): Item {
  const [item, end] = read(bytes, 0, 0);
  if (end !== bytes.length) throw new Error('trailing bytes');
  return item;
}

function read(bytes: Uint8Array, at: number, depth: number): readonly [Item, number] {
  const first = bytes[at];
  if (first === undefined) throw new Error('ended');
  if (first === 0xf4 || first === 0xf5) return [first === 0xf5, at + 1];
  if (first === 0xf6) return [null, at + 1];
  const [major, info] = [Math.floor(first / 32), first % 32];
  if (major > 5 || info > 27) throw new Error('not of the subset');
  const size = info < 24 ? 0 : 2 ** (info - 24);
  if (at + 1 + size > bytes.length) throw new Error('ended');
  const value = size === 0 ? info : number(bytes.slice(at + 1, at + 1 + size));
  if (toHex(head(major, value)) !== toHex(bytes.slice(at, at + 1 + size))) {
    throw new Error('not the shortest');
  }
  const start = at + 1 + size;
  if (major === 0) return [safe(value), start];
  if (major === 1) return [safe(-1 - value), start];
  if (major === 2 || major === 3) {
    if (start + value > bytes.length) throw new Error('ended');
    const part = bytes.slice(start, start + value);
    return [major === 2 ? part : fromUtf8(part), start + value];
  }
  if (depth >= DEEPEST) throw new Error('too deep');
  const items: Item[] = [];
  let next = start;
  for (let i = 0; i < value * (major - 3); i++) {
    const [item, end] = read(bytes, next, depth + 1);
    items.push(item);
    next = end;
  }
  return [major === 4 ? items : mapOf(items), next];
}

function mapOf(items: readonly Item[]): CborMap {
  const pairs: [number | string, Item][] = [];
  for (let i = 0; i < items.length; i += 2) {
    const [key, value] = items.slice(i, i + 2);
    if ((typeof key !== 'number' && typeof key !== 'string') || value === undefined) {
      throw new Error('not a key');
    }
    const before = pairs.at(-1)?.[0];
    if (before !== undefined && Buffer.compare(encodeItem(before), encodeItem(key)) >= 0) {
      throw new Error('keys twice or out of order');
    }
    pairs.push([key, value]);
  }
  return new CborMap(pairs);
}

/** Exact: in integers without a limit. */
function number(bytes: Uint8Array): number {
  return safe(Number(BigInt(`0x${toHex(bytes)}`)));
}

function safe(value: number): number {
  if (Math.abs(value) > 2 ** 53 - 1) throw new Error('beyond 2^53 - 1');
  return value;
}
