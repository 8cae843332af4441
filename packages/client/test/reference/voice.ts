/**
 * The slow reference of voice notes (docs/spec/19-files.md, 9), written from the page: lists of numbers,
 * a tree of everything first, and rules on it afterwards. Shares no code with src.
 */
type Bytes = readonly number[];

interface Node {
  readonly id: string;
  readonly known: boolean;
  readonly inside: Bytes;
  readonly children: readonly Node[];
}

interface Packet {
  readonly config: number;
  readonly frames: readonly Bytes[];
}

class Refused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const bad = (): never => {
  throw new Refused('voice-unreadable');
};
const long = (): never => {
  throw new Refused('voice-long');
};

// Reading ----------------------------------------------------------------------------------

const ENDS = ['1f43b675', '1c53bb6b', '1254c367', '114d9b74'];
const hexOf = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');
const value = (bytes: Bytes): bigint => BigInt(`0x0${hexOf(bytes)}`);
const textOf = (bytes: Bytes): string => Buffer.from(bytes).toString('latin1');

/** Length of a number by its first bits. */
function markLength(first: number | undefined, most: number): number {
  const bits = (first ?? 0).toString(2).padStart(8, '0');
  const length = bits.indexOf('1') + 1;
  if (first === undefined || length === 0 || length > most) bad();
  return length;
}

function take(bytes: Bytes, path: string, count: { left: number }): [Node, rest: Bytes] {
  count.left -= 1;
  if (count.left < 0) bad();
  const idLength = markLength(bytes[0], 4);
  const sizeLength = markLength(bytes[idLength], 8);
  const start = idLength + sizeLength;
  if (bytes.length < start) bad();
  const id = hexOf(bytes.slice(0, idLength));
  const sizeBits = bytes
    .slice(idLength, start)
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(sizeLength);
  const known = sizeBits.includes('0');
  const size = known ? BigInt(`0b${sizeBits}`) : BigInt(bytes.length - start);
  if (size > BigInt(bytes.length - start)) bad();
  const here = `${path}/${id}`;
  if (!known && here !== '/18538067' && here !== '/18538067/1f43b675') bad();
  const inside = bytes.slice(start, start + Number(size));
  const after = bytes.slice(start + Number(size));
  if (!PLACES.has(here)) {
    return [{ id, known, inside, children: [] }, after];
  }
  const [children, rest] = takeAll(inside, here, known, count);
  return [{ id, known, inside, children }, [...rest, ...after]];
}

/** Where an element holds others; anywhere else it is bytes. */
const PLACES = new Set([
  '/1a45dfa3',
  '/18538067',
  '/18538067/1654ae6b',
  '/18538067/1654ae6b/ae',
  '/18538067/1f43b675',
  '/18538067/1f43b675/a0',
]);

function takeAll(
  bytes: Bytes,
  path: string,
  known: boolean,
  count: { left: number },
): [Node[], Bytes] {
  const nodes: Node[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const ends = !known && path.endsWith('1f43b675');
    if (ends && ENDS.includes(hexOf(rest.slice(0, 4)))) return [nodes, rest];
    const [node, after] = take(rest, path, count);
    nodes.push(node);
    rest = after;
  }
  return [nodes, []];
}

function packetsOf(bytes: Bytes): Bytes[] {
  if (bytes.length > 1_048_576) long();
  const count = { left: 65_536 };
  const [head, rest] = take(bytes, '', count);
  if (head.id !== '1a45dfa3') bad();
  const known = ['4286', '42f7', '42f2', '42f3', '4282', '4287', '4285', 'ec', 'bf'];
  if (head.children.some(({ id }) => !known.includes(id))) bad();
  if (textOf(last(head, '4282') ?? []).slice(0, 8) !== 'webm') bad();
  for (const { id, inside } of head.children) {
    if (id === '42f7' && number(inside) !== 1n) bad();
    if (id === '4285' && number(inside) > 4n) bad();
  }
  const [segment, trailing] = take(rest, '', count);
  if (segment.id !== '18538067' || trailing.length > 0) bad();
  const dropped = ['114d9b74', '1549a966', '1c53bb6b', '1254c367', 'ec', 'bf'];
  let track: bigint | null = null;
  const packets: Bytes[] = [];
  for (const node of segment.children) {
    if (node.id === '1654ae6b') {
      if (track !== null) bad();
      track = trackOf(node);
    } else if (node.id === '1f43b675') {
      if (track === null) return bad();
      packets.push(...blocksOf(node, track));
      if (packets.length > 12_000) long();
    } else if (!dropped.includes(node.id)) bad();
  }
  return packets;
}

const last = (node: Node, id: string): Bytes | undefined =>
  node.children.filter((child) => child.id === id).at(-1)?.inside;

function number(bytes: Bytes): bigint {
  if (bytes.length > 6) bad();
  return value(bytes);
}

function trackOf(tracks: Node): bigint {
  const entries = tracks.children.filter(({ id }) => id !== 'ec' && id !== 'bf');
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1 || entry.id !== 'ae') return bad();
  for (const { id, inside } of entry.children) if (['d7', '83'].includes(id)) number(inside);
  const head = last(entry, '63a2') ?? [];
  const opus = /^4f70757348656164010[12].{16}00$/.test(hexOf(head)) && head.length === 19;
  const codec = textOf(last(entry, '86') ?? []).slice(0, 8);
  const encoded = entry.children.some(({ id }) => id === '6d80');
  if (!opus || codec !== 'A_OPUS' || encoded || value(last(entry, '83') ?? []) !== 2n) bad();
  const track = value(last(entry, 'd7') ?? []);
  if (track < 1n || track > 126n) bad();
  return track;
}

function blocksOf(cluster: Node, track: bigint): Bytes[] {
  const dropped = ['e7', 'a7', 'ab', 'ec', 'bf'];
  return cluster.children.flatMap((node) => {
    if (dropped.includes(node.id)) return [];
    if (node.id !== 'a3' && node.id !== 'a0') return bad();
    const inner = node.id === 'a0' ? node.children.filter(({ id }) => id === 'a1') : [node];
    const [block] = inner;
    if (block === undefined || inner.length !== 1) return bad();
    const [first, , , flags = 0, ...packet] = block.inside;
    const laced = Math.floor(flags / 2) % 4 !== 0;
    if (first !== Number(track) + 128 || laced || packet.length === 0) bad();
    return [packet];
  });
}

// Opus -------------------------------------------------------------------------------------

/** ms, by configuration: RFC 6716, table 2. */
const LENGTHS = [
  ...[10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60],
  ...[10, 20, 10, 20],
  ...[2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20],
];

export function opened(bytes: Bytes): Packet {
  const [toc, ...rest] = bytes;
  if (toc === undefined) return bad();
  const config = toc - (toc % 4);
  const packet = { config, frames: split(toc % 4, rest) };
  if (packet.frames.some(({ length }) => length > 1_275)) bad();
  return packet;
}

function split(code: number, rest: Bytes): Bytes[] {
  if (code === 0) return [rest];
  if (code === 1) return equal(rest, 2);
  if (code === 2) return measured(rest, 2);
  const [head = 0, ...behind] = rest;
  let body: Bytes = behind;
  let padding = 0;
  if (Math.floor(head / 64) % 2 === 1) {
    for (let more = true; more; ) {
      const [byte, ...others] = body;
      if (byte === undefined) return bad();
      padding += byte === 255 ? 254 : byte;
      more = byte === 255;
      body = others;
    }
  }
  const frames = head % 64;
  if (frames < 1 || frames > 48 || padding > body.length) return bad();
  body = body.slice(0, body.length - padding);
  return head < 128 ? equal(body, frames) : measured(body, frames);
}

function equal(body: Bytes, count: number): Bytes[] {
  if (body.length % count !== 0) return bad();
  const each = body.length / count;
  return Array.from({ length: count }, (_, n) => body.slice(n * each, n * each + each));
}

function measured(body: Bytes, count: number): Bytes[] {
  const lengths: number[] = [];
  let rest = [...body];
  for (let n = 1; n < count; n++) {
    const low = rest.shift() ?? bad();
    lengths.push(low < 252 ? low : low + 4 * (rest.shift() ?? bad()));
  }
  const frames = lengths.map((length) => {
    if (rest.length < length) bad();
    const frame = rest.slice(0, length);
    rest = rest.slice(length);
    return frame;
  });
  return [...frames, rest];
}

const lengthBytes = (length: number): Bytes =>
  length < 252 ? [length] : [252 + (length % 4), Math.floor((length - 252) / 4)];

/** All forms in which the frames can stand without padding, the shortest first. */
function forms({ config, frames }: Packet): Bytes[] {
  const same = frames.every(({ length }) => length === frames[0]?.length);
  const lengths = same ? [] : frames.slice(0, -1).flatMap(({ length }) => lengthBytes(length));
  const all = frames.flat();
  const short: Bytes[] = [];
  if (frames.length === 1) short.push([config, ...all]);
  if (frames.length === 2) short.push([config + (same ? 1 : 2), ...lengths, ...all]);
  const count = frames.length + (same ? 0 : 128);
  return [...short, [config + 3, count, ...lengths, ...all]];
}

export const least = (packet: Packet): number => forms(packet)[0]?.length ?? 0;

export function closed(packet: Packet, size: number): Bytes {
  const exact = forms(packet).find(({ length }) => length === size);
  if (exact !== undefined) return exact;
  const [toc = 0, count = 0, ...rest] = forms(packet).at(-1) ?? [];
  // One number of padding after the other, until it fits.
  for (let zeros = 0; ; zeros++) {
    const said = [...new Array<number>(Math.floor(zeros / 254)).fill(255), zeros % 254];
    const tries = zeros > 0 && zeros % 254 === 0 ? [said, [...said.slice(0, -2), 254]] : [said];
    for (const one of tries) {
      const made = [toc, count + 64, ...one, ...rest, ...new Array<number>(zeros).fill(0)];
      if (made.length === size) return made;
    }
    if (zeros > size) throw new Error('does not fit');
  }
}

// Writing ----------------------------------------------------------------------------------

const u = (number: number, bytes: number): Bytes => [
  ...Buffer.from(number.toString(16).padStart(2 * bytes, '0'), 'hex'),
];
const f64 = (number: number): Bytes => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number);
  return [...bytes];
};
const letters = (text: string): Bytes => [...Buffer.from(text, 'latin1')];
const hexed = (text: string): Bytes => [...Buffer.from(text, 'hex')];
const small = (id: string, ...inside: Bytes[]): Bytes => {
  const all = inside.flat();
  return [...hexed(id), 128 + all.length, ...all];
};
const wide = (id: string, inside: Bytes): Bytes => {
  const size = u(inside.length, 4);
  return [...hexed(id), 16 + (size[0] ?? 0), ...size.slice(1), ...inside];
};

export function written(packets: readonly Bytes[], each: number): Bytes {
  const head = small(
    '1a45dfa3',
    ...[small('4286', [1]), small('42f7', [1]), small('42f2', [4]), small('42f3', [8])],
    ...[small('4282', letters('webm')), small('4287', [4]), small('4285', [2])],
  );
  const info = small(
    '1549a966',
    ...[small('2ad7b1', u(1_000_000, 4)), small('4489', f64(packets.length * each))],
    ...[small('4d80', letters('-')), small('5741', letters('-'))],
  );
  const opus = hexed('4f70757348656164010138' + '0180bb0000000000');
  const audio = small('e1', small('b5', f64(48_000)), small('9f', [1]));
  const entry = small(
    'ae',
    ...[small('d7', [1]), small('73c5', [1]), small('83', [2]), small('9c', [0])],
    ...[small('86', letters('A_OPUS')), small('56aa', u(6_500_000, 4))],
    ...[small('56bb', u(80_000_000, 4)), small('63a2', opus), audio],
  );
  const tracks = small('1654ae6b', entry);
  const clusters: Bytes[] = [];
  packets.forEach((packet, n) => {
    const at = (n % 100) * each;
    const block = [...hexed('a3'), ...u(0x4000 + packet.length + 4, 2), 0x81, ...u(at, 2), 0x80];
    const open = clusters[Math.floor(n / 100)] ?? small('e7', u(n * each, 4));
    clusters[Math.floor(n / 100)] = [...open, ...block, ...packet];
  });
  const whole = clusters.map((inside) => wide('1f43b675', inside));
  const points = (starts: readonly number[]): Bytes =>
    wide(
      '1c53bb6b',
      starts.flatMap((start, n) =>
        small(
          'bb',
          small('b3', u(n * 100 * each, 4)),
          small('b7', small('f7', [1]), small('f1', u(start, 4))),
        ),
      ),
    );
  const before = [...info, ...tracks];
  const first = before.length + points(whole.map(() => 0)).length;
  const starts = whole.map((_, n) => first + whole.slice(0, n).flat().length);
  return [...head, ...wide('18538067', [...before, ...points(starts), ...whole.flat()])];
}

export type Made =
  | { readonly is: 'note'; readonly bytes: Uint8Array; readonly duration: number }
  | { readonly is: 'refused'; readonly code: string };

/** What becomes of a recording, within the budget of a large note. */
export function made(recorded: Uint8Array): Made {
  try {
    const packets = packetsOf([...recorded]).map(opened);
    const lengths = packets.map(
      ({ config, frames }) => (LENGTHS[Math.floor(config / 8)] ?? 0) * frames.length,
    );
    const [each = 0] = lengths;
    if (![20, 40, 60].includes(each) || lengths.some((one) => one !== each)) bad();
    if (packets.length * each > 240_000) long();
    const most = Math.max(...packets.map(least));
    const rate = [2, 3, 4].find((one) => one * each >= most);
    if (rate === undefined) throw new Refused('voice-rate');
    const bytes = written(
      packets.map((packet) => closed(packet, rate * each)),
      each,
    );
    if (bytes.length > 600_000) long();
    return { is: 'note', bytes: Uint8Array.from(bytes), duration: packets.length * each };
  } catch (error) {
    if (error instanceof Refused) return { is: 'refused', code: error.code };
    throw error;
  }
}
