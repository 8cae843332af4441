/**
 * What a file is cut into, carried in, put together from and kept in, written from spec 19, 1, 5 and 6,
 * with 01 and 05, alone. Slow, and holds the whole file in memory.
 */
import { edHolds, edPublicKey, edSign, hash, openWith, prf, sealWith, uint } from './primitives.ts';

const PART = 2_263;
const BLOCK = 144_832;

// Cutting ----------------------------------------------------------------------------------

export interface Cut {
  readonly blocks: readonly Uint8Array[];
  readonly list: Uint8Array;
  readonly tree: Uint8Array;
  readonly body: Uint8Array;
  /** How many parts the body has, and how many boxes with the padding. */
  readonly parts: number;
  readonly boxes: number;
}

export function step(n: number): number {
  let e = 0;
  while (2 ** (e + 1) <= n) e++;
  let s = 1;
  while (2 ** s <= Math.max(e, 1)) s++;
  const unit = 2 ** Math.max(0, e - s);
  let rounded = n;
  while (rounded % unit !== 0) rounded++;
  return rounded;
}

export function cut(file: Uint8Array): Cut {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < file.length; at += BLOCK) blocks.push(file.slice(at, at + BLOCK));
  const list = Buffer.concat(blocks.map((block, b) => hash('file-block', uint(b, 4), block)));
  const tree = hash('file-tree', uint(file.length, 8), list);
  const body = Buffer.concat([file, list]);
  const parts = Math.ceil(body.length / PART);
  return { blocks, list, tree, body, parts, boxes: step(parts) };
}

/** Of a file of `size` bytes: how many of its body there are. */
const bodyLength = (size: number): number => size + 32 * Math.ceil(size / BLOCK);

/**
 * Numbers of boxes in the order in which a round writes them.
 * @param wanted the ranges of a later round, both ends included; null: the first one, all of it
 */
export function order(
  size: number,
  wanted: readonly (readonly [number, number])[] | null,
): readonly number[] {
  const parts = Math.ceil(bodyLength(size) / PART);
  const first = Math.floor(size / PART);
  const all: number[] = [];
  if (wanted !== null) {
    for (let i = 0; i < parts; i++) if (wanted.some(([a, b]) => a <= i && i <= b)) all.push(i);
    return all;
  }
  for (let i = first; i < parts; i++) all.push(i);
  for (let i = 0; i < first; i++) all.push(i);
  for (let i = parts; i < step(parts); i++) all.push(i);
  return all;
}

// Boxes ------------------------------------------------------------------------------------

export interface Box {
  readonly seed: Uint8Array;
  readonly key: Uint8Array;
  readonly id: Uint8Array;
  readonly mark: Uint8Array;
}

export function box(secret: Uint8Array, i: number, round: number): Box {
  const seed = hash('file-seed', secret, uint(i, 4), uint(round, 4));
  const key = hash('file-key', secret, uint(i, 4), uint(round, 4));
  const id = edPublicKey(seed);
  return { seed, key, id, mark: hash('mark', id).slice(0, 8) };
}

export function plaintext(body: Uint8Array, i: number): Uint8Array {
  const whole = new Uint8Array(1 + PART);
  whole[0] = 6;
  whole.set(body.slice(PART * i, PART * (i + 1)), 1);
  return whole;
}

export function record(networkId: Uint8Array, to: Box, inside: Uint8Array): Uint8Array {
  const nonce = prf(to.key, 'record-nonce', 24, inside);
  const content = Buffer.concat([nonce, sealWith(to.key, nonce, to.id, inside)]);
  const signature = edSign(to.seed, 'box-put', networkId, to.id, hash('box-content', content));
  return Uint8Array.from(Buffer.concat([to.id, signature, content]));
}

/** Where a record stands. */
export interface Place {
  readonly secret: Uint8Array;
  readonly index: number;
  readonly round: number;
}

/** The plaintext; null: absent. */
export function opened(
  networkId: Uint8Array,
  { secret, index, round }: Place,
  bytes: Uint8Array,
): Uint8Array | null {
  const of = box(secret, index, round);
  if (bytes.length !== 2_400 || !same(bytes.slice(0, 32), of.id)) return null;
  const content = bytes.slice(96);
  const signed = [networkId, of.id, hash('box-content', content)];
  if (!edHolds(of.id, bytes.slice(32, 96), 'box-put', ...signed)) return null;
  return openWith(of.key, content.slice(0, 24), of.id, content.slice(24));
}

// Putting together -------------------------------------------------------------------------

export interface Told {
  readonly secret: Uint8Array;
  readonly size: number;
  readonly tree: Uint8Array;
}

export type Outcome =
  | { readonly is: 'whole'; readonly file: Uint8Array }
  /** Numbers of parts of the body, ascending; padding is never missing. */
  | { readonly is: 'unfinished'; readonly missing: readonly number[] }
  | { readonly is: 'damaged' };

/**
 * Of records in the order in which they came: of two for one part the first counts.
 * @param open `opened`, or what remembers its results
 */
export function together(
  networkId: Uint8Array,
  told: Told,
  records: Iterable<{ readonly index: number; readonly round: number; readonly bytes: Uint8Array }>,
  open = opened,
): Outcome {
  const length = bodyLength(told.size);
  const parts = new Map<number, Uint8Array>();
  for (const { index, round, bytes } of records) {
    const inside = open(networkId, { secret: told.secret, index, round }, bytes);
    const end = Math.min(PART, length - PART * index);
    if (inside === null || parts.has(index) || end <= 0) continue;
    if (inside[0] !== 6 || inside.slice(1 + end).some((one) => one !== 0)) return { is: 'damaged' };
    parts.set(index, inside.slice(1));
  }
  return fromParts(told, parts);
}

/** What the parts that are here make. */
export function fromParts(
  { size, tree }: Omit<Told, 'secret'>,
  parts: ReadonlyMap<number, Uint8Array>,
): Outcome {
  const length = bodyLength(size);
  const count = Math.ceil(length / PART);
  const numbers = Array.from({ length: count }, (_, i) => i);
  const missing = numbers.filter((i) => !parts.has(i));
  const body = Buffer.concat(numbers.map((i) => parts.get(i) ?? new Uint8Array(PART)));
  /** The bytes from `from` to before `to`, if every part they lie in is here. */
  const read = (from: number, to: number): Uint8Array | null =>
    missing.some((i) => PART * i < to && from < PART * (i + 1)) ? null : body.slice(from, to);

  const list = read(size, length);
  if (list === null) return { is: 'unfinished', missing };
  if (!same(hash('file-tree', uint(size, 8), list), tree)) return { is: 'damaged' };
  for (let b = 0; b * BLOCK < size; b++) {
    const block = read(b * BLOCK, Math.min(size, (b + 1) * BLOCK));
    if (block === null) continue;
    const given = list.slice(32 * b, 32 * (b + 1));
    if (!same(hash('file-block', uint(b, 4), block), given)) return { is: 'damaged' };
  }
  if (missing.length > 0) return { is: 'unfinished', missing };
  return { is: 'whole', file: Uint8Array.from(body.slice(0, size)) };
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

// Cells ------------------------------------------------------------------------------------

export interface Cell {
  readonly key: Uint8Array;
  readonly row: number;
  readonly block: number;
}

export function cell(
  of: Cell,
  nonce: Uint8Array,
  bytes: Uint8Array,
  random: Uint8Array,
): Uint8Array {
  const inside = new Uint8Array(BLOCK);
  inside.set(bytes);
  const sealed = sealWith(of.key, nonce, cellData(of), inside);
  return Uint8Array.from(Buffer.concat([nonce, sealed, random]));
}

export const openedCell = (of: Cell, bytes: Uint8Array): Uint8Array | null =>
  bytes.length === 147_456
    ? openWith(of.key, bytes.slice(0, 24), cellData(of), bytes.slice(24, 24 + 144_848))
    : null;

const cellData = ({ row, block }: Cell): Uint8Array =>
  Uint8Array.from(Buffer.concat([uint(row, 8), uint(block, 4)]));

// Names ------------------------------------------------------------------------------------

const DEVICES = ['con', 'prn', 'aux', 'nul', 'conin$', 'conout$'];
for (const digit of '0123456789\u00b9\u00b2\u00b3') DEVICES.push(`com${digit}`, `lpt${digit}`);

const isUnseen = (point: string): boolean =>
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(point) ||
  point === '\u2800';
const isEdge = (point: string | undefined): boolean => point === '.' || point === ' ';

export function cleaned(name: string): string {
  let points: string[] = [];
  const seen = [...name].filter((point) => !isUnseen(point)).join('');
  for (const point of seen.normalize('NFC')) {
    const space = /\p{Zs}/u.test(point);
    if (space && points.at(-1) === ' ') continue;
    points.push(space ? ' ' : '/\\:*?"<>|'.includes(point) ? '_' : point);
  }
  points = trimmed(points);
  if (points.length === 0) return 'file';
  const [stem = ''] = points.join('').split('.');
  if (
    DEVICES.includes(
      trimmed([...stem])
        .join('')
        .toLowerCase(),
    )
  )
    points.unshift('_');
  if (points.length > 120) {
    const dot = points.lastIndexOf('.');
    const extension = dot > 0 && points.length - dot <= 16 ? points.slice(dot) : [];
    points = trimmed([...points.slice(0, 120 - extension.length), ...extension]);
  }
  return points.join('');
}

function trimmed(points: readonly string[]): string[] {
  let from = 0;
  let to = points.length;
  while (from < to && isEdge(points[from])) from++;
  while (to > from && isEdge(points[to - 1])) to--;
  return points.slice(from, to);
}
