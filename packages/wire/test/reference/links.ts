/** docs/spec/03-links.md, word for word and slowly. */
import { hash, join, readUint, same, uint } from './primitives.ts';

const LENGTH = 12_288;
const isFrame = (frame: Uint8Array, layer: number): boolean =>
  frame.length === LENGTH &&
  frame[0] === 1 &&
  frame[1] === layer &&
  frame.slice(2, 8).every((byte) => byte === 0);

/** Everything of a frame up to its fill. */
export const headOf = (layer: number, ...body: readonly Uint8Array[]): Uint8Array =>
  join(uint(1, 1), uint(layer, 1), uint(0, 6), ...body);

export function decodeHello(frame: Uint8Array) {
  if (!isFrame(frame, 0xf0)) return null;
  const secret = frame.slice(8, 24);
  return {
    joinSecret: secret.every((byte) => byte === 0) ? new Uint8Array(0) : secret,
    resume: frame.slice(24, 32),
    slotMs: readUint(frame.slice(32, 36)),
  };
}

export function decodeWelcome(frame: Uint8Array) {
  if (!isFrame(frame, 0xf1)) return null;
  const handle = frame.slice(8, 16);
  const now = readUint(frame.slice(16, 24));
  return handle.every((byte) => byte === 0) || now >= 2 ** 53 ? null : { handle, now };
}

export function decodeGreeting(frame: Uint8Array) {
  if (!isFrame(frame, 0xf4)) return null;
  const length = readUint(frame.slice(8, 10));
  return length > LENGTH - 10 ? null : { proof: frame.slice(10, 10 + length) };
}

export function decodeUp(frame: Uint8Array) {
  if (frame.length === LENGTH && frame[0] === 1 && frame[1] === 0) {
    return { kind: 'packet', frame };
  }
  if (!isFrame(frame, 0xf2)) return null;
  return { kind: 'rate', slotMs: readUint(frame.slice(8, 12)) };
}

export function decodeDown(frame: Uint8Array) {
  if (!isFrame(frame, 0)) return null;
  const replyId = frame.slice(8, 24);
  const broadcast = frame.slice(24, 4_712);
  if (replyId.every((byte) => byte === 0)) return { reply: null, broadcast };
  return { reply: { replyId, payload: frame.slice(4_712) }, broadcast };
}

export function decodeRelayFrame(frame: Uint8Array) {
  const layer = frame[1] ?? 0;
  if (frame.length === LENGTH && frame[0] === 1 && layer >= 1 && layer <= 4) {
    return { kind: 'packet', frame };
  }
  if (!isFrame(frame, 0xf3)) return null;
  return { kind: 'digest', part: frame.slice(8, 4_696) };
}

export interface Item {
  kind: 'digest' | 'document';
  bytes: Uint8Array;
}

const code = { digest: 1, document: 2 } as const;

export const itemId = (item: Item): Uint8Array =>
  hash('broadcast-item', uint(code[item.kind], 1), item.bytes).slice(0, 16);

export function pages(items: readonly Item[]): Uint8Array[] {
  const cells = items.flatMap((item) =>
    Array.from({ length: Math.ceil(item.bytes.length / 563) }, (_, index) => {
      const data = item.bytes.slice(563 * index, 563 * (index + 1));
      const head = [uint(code[item.kind], 1), itemId(item), uint(item.bytes.length, 4)];
      return join(...head, uint(index, 2), data, uint(0, 563 - data.length));
    }),
  );
  return Array.from({ length: Math.ceil(cells.length / 8) }, (_, page) => {
    const filled = join(...cells.slice(8 * page, 8 * page + 8));
    return join(filled, uint(0, 4_688 - filled.length));
  });
}

/** Items in the order in which their last missing cell came; cells that break a rule count nothing. */
export function assemble(of: readonly Uint8Array[]): Item[] {
  const parts = new Map<
    string,
    { kind: Item['kind']; total: number; data: Map<number, Uint8Array> }
  >();
  const done = new Set<string>();
  const items: Item[] = [];
  for (const page of of) {
    for (let at = 0; at < 4_688; at += 586) {
      const cell = page.slice(at, at + 586);
      const kind = cell[0] === 1 ? 'digest' : cell[0] === 2 ? 'document' : null;
      const total = readUint(cell.slice(17, 21));
      const index = readUint(cell.slice(21, 23));
      const count = Math.ceil(total / 563);
      if (kind === null || total > 4_194_304 || index >= count) continue;
      const length = Math.min(563, total - 563 * index);
      if (cell.slice(23 + length).some((byte) => byte !== 0)) continue;
      const id = cell.slice(1, 17).toHex();
      const entry = parts.get(id) ?? { kind, total, data: new Map() };
      if (entry.kind !== kind || entry.total !== total || done.has(id)) continue;
      parts.set(id, entry);
      if (!entry.data.has(index)) entry.data.set(index, cell.slice(23, 23 + length));
      if (entry.data.size < count) continue;
      const ordered = Array.from({ length: count }, (_, i) => entry.data.get(i) ?? cell);
      const item: Item = { kind, bytes: join(...ordered) };
      parts.delete(id);
      if (!same(itemId(item), cell.slice(1, 17))) continue;
      done.add(id);
      items.push(item);
    }
  }
  return items;
}
