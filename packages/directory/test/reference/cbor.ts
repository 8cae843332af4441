/**
 * A slow second implementation of spec 06 section 1, written from the text alone; shares no code
 * with src. Recursive and allocating at will.
 */

export function referenceEncode(value: unknown): Uint8Array {
  return new Uint8Array(write(value));
}

function write(value: unknown): number[] {
  if (typeof value === 'number') return head(0, value);
  if (typeof value === 'boolean') return [value ? 0xf5 : 0xf4];
  if (typeof value === 'string') {
    const text = [...Buffer.from(value, 'utf8')];
    return [...head(3, text.length), ...text];
  }
  if (value instanceof Uint8Array) return [...head(2, value.length), ...value];
  if (Array.isArray(value)) return [...head(4, value.length), ...value.flatMap(write)];
  const pairs = Object.entries(value as object).map(([key, item]) => [write(key), write(item)]);
  pairs.sort(([a], [b]) => Buffer.compare(Buffer.from(a ?? []), Buffer.from(b ?? [])));
  return [...head(5, pairs.length), ...pairs.flat(2)];
}

function head(major: number, n: number): number[] {
  const top = major << 5;
  const big = BigInt(n);
  const tail = (size: number) =>
    Array.from({ length: size }, (_, i) => Number((big >> BigInt(8 * (size - 1 - i))) & 0xffn));
  if (n < 24) return [top | n];
  if (n < 0x100) return [top | 24, ...tail(1)];
  if (n < 0x10000) return [top | 25, ...tail(2)];
  if (n < 0x100000000) return [top | 26, ...tail(4)];
  return [top | 27, ...tail(8)];
}

export function referenceDecode(bytes: Uint8Array): unknown {
  const [value, rest] = read([...bytes]);
  if (rest.length > 0) throw new Error('trailing bytes');
  return value;
}

function read(bytes: number[]): [unknown, number[]] {
  const [first, ...after] = bytes;
  if (first === undefined) throw new Error('ended');
  if (first === 0xf4 || first === 0xf5) return [first === 0xf5, after];
  const major = first >> 5;
  const info = first & 31;
  const size = info < 24 ? 0 : ({ 24: 1, 25: 2, 26: 4, 27: 8 }[info] ?? -1);
  if (major > 5 || size < 0 || after.length < size) throw new Error('not in the subset');
  let n = BigInt(info);
  if (size > 0) n = after.slice(0, size).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  if (n > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error('too large');
  const count = Number(n);
  if (head(major, count).length !== 1 + size) throw new Error('not shortest');
  let rest = after.slice(size);
  if (major === 0) return [count, rest];
  if (major === 1) throw new Error('negative');
  if (major === 2 || major === 3) {
    if (rest.length < count) throw new Error('ended');
    const content = new Uint8Array(rest.slice(0, count));
    rest = rest.slice(count);
    if (major === 2) return [content, rest];
    return [new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content), rest];
  }
  const items: unknown[] = [];
  for (let i = 0; i < (major === 5 ? 2 * count : count); i++) {
    const [item, next] = read(rest);
    items.push(item);
    rest = next;
  }
  if (major === 4) return [items, rest];
  const map: [string, unknown][] = [];
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (typeof key !== 'string') throw new Error('key');
    const before = map.at(-1)?.[0];
    if (before !== undefined) {
      const order = Buffer.compare(referenceEncode(before), referenceEncode(key));
      if (order >= 0) throw new Error('order');
    }
    map.push([key, items[i + 1]]);
  }
  return [Object.fromEntries(map), rest];
}
