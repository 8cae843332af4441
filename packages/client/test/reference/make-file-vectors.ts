/**
 * Writes vectors/files/files.json from the slow reference beside it. Made once and frozen: run it by
 * hand only when page 19 says something new, and look at what changed.
 *   node packages/client/test/reference/make-file-vectors.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as files from './files.ts';
import { hash, stream, toHex, utf8 } from './primitives.ts';

const BLOCK = 144_832;
const seedOf = (name: string): Uint8Array => hash('file-tree', utf8(`vectors ${name}`));

const secret = seedOf('secret');
const networkId = seedOf('network');

// Files ------------------------------------------------------------------------------------

const cutOf = (size: number) => {
  const seed = seedOf(`file of ${size}`);
  return { size, seed, cut: files.cut(stream(seed, size)) };
};
/** Several parts have pieces of the list: 71 entries of 32 bytes are more than one part. */
const LONG = 70 * BLOCK + 5;
const sizes = [1, 2_230, 2_231, 2_263, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5, LONG];

const made = sizes.map((size) => {
  const { seed, cut } = cutOf(size);
  const order = files.order(size, null);
  return {
    size,
    seed: toHex(seed),
    blocks: cut.blocks.length,
    tree: toHex(cut.tree),
    // The list and the body by their hashes: they follow from the seed.
    list: toHex(hash('file-tree', cut.list)),
    body: toHex(hash('file-tree', cut.body)),
    parts: cut.parts,
    boxes: cut.boxes,
    orderFirst: order.slice(0, 4),
    orderLast: order.slice(-4),
  };
});

const rounds = [
  { size: 1, wanted: [[0, 0]] },
  { size: 1, wanted: [[1, 9]] },
  {
    size: 2 * BLOCK + 5,
    wanted: [
      [0, 1],
      [127, 128],
      [130, 4_294_967_295],
    ],
  },
  { size: 2 * BLOCK + 5, wanted: [] },
].map(({ size, wanted }) => ({
  size,
  wanted,
  order: files.order(size, wanted as unknown as readonly [number, number][]),
}));

// Boxes and records ------------------------------------------------------------------------

const places: readonly (readonly [number, number])[] = [
  ...([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [255, 0],
    [256, 0],
    [65_536, 15],
    [118_783, 15],
  ] as const),
];
const boxes = places.map(([index, round]) => {
  const { seed, key, id, mark } = files.box(secret, index, round);
  return { index, round, seed: toHex(seed), key: toHex(key), id: toHex(id), mark: toHex(mark) };
});

/** The whole record of the smallest file; of others the hash. */
const records = (
  [
    [1, 0, 0],
    [1, 0, 3],
    [2 * BLOCK + 5, 0, 0],
    [2 * BLOCK + 5, 128, 0],
    [2 * BLOCK + 5, 129, 2],
    [LONG, 4_500, 0],
  ] as const
).map(([size, index, round]) => {
  const { cut } = cutOf(size);
  const sealed = files.record(
    networkId,
    files.box(secret, index, round),
    files.plaintext(cut.body, index),
  );
  const hashed = toHex(hash('file-tree', sealed));
  return size === 1 && round === 0
    ? { size, index, round, hash: hashed, hex: toHex(sealed) }
    : { size, index, round, hash: hashed };
});

// Put together -----------------------------------------------------------------------------

interface Case {
  readonly why: string;
  /** Bits of plaintexts changed before they are sealed: `at` 0 is the kind. */
  readonly changed?: readonly {
    readonly index: number;
    readonly at: number;
    readonly xor: number;
  }[];
  /** What the content says where it is not so. */
  readonly size?: number;
  readonly treeXor?: number;
  readonly absent?: readonly number[];
  /** Bits of records changed after they were sealed. */
  readonly broken?: readonly {
    readonly index: number;
    readonly at: number;
    readonly xor: number;
  }[];
  readonly is: 'whole' | 'unfinished' | 'damaged';
  readonly missing?: readonly number[];
}

/** Of the file of two blocks and five bytes: parts 0 to 128, block 2 and the list in part 128. */
const SIZE = 2 * BLOCK + 5;
const cases: readonly Case[] = [
  { why: 'nothing is wrong', is: 'whole' },
  { why: 'a bit of the first block', changed: [{ index: 0, at: 1, xor: 1 }], is: 'damaged' },
  {
    why: 'the last bit of the second block',
    changed: [{ index: 127, at: 2_263, xor: 128 }],
    is: 'damaged',
  },
  {
    why: 'a bit of the last, short block',
    changed: [{ index: 128, at: 5, xor: 4 }],
    is: 'damaged',
  },
  { why: 'a bit of the list', changed: [{ index: 128, at: 6, xor: 1 }], is: 'damaged' },
  { why: 'the last bit of the list', changed: [{ index: 128, at: 101, xor: 1 }], is: 'damaged' },
  { why: 'something behind the body', changed: [{ index: 128, at: 102, xor: 1 }], is: 'damaged' },
  {
    why: 'something in the last byte',
    changed: [{ index: 128, at: 2_263, xor: 1 }],
    is: 'damaged',
  },
  { why: 'another kind', changed: [{ index: 3, at: 0, xor: 7 }], is: 'damaged' },
  { why: 'another tree', treeXor: 1, is: 'damaged' },
  { why: 'a byte less was named', size: SIZE - 1, is: 'damaged' },
  { why: 'a byte more was named', size: SIZE + 1, is: 'damaged' },
  { why: 'a part is absent', absent: [64], is: 'unfinished', missing: [64] },
  { why: 'the list is absent', absent: [128], is: 'unfinished', missing: [128] },
  {
    why: 'a block is wrong while another is not whole',
    absent: [100],
    changed: [{ index: 9, at: 9, xor: 1 }],
    is: 'damaged',
  },
  {
    why: 'a block is wrong while its list is not known',
    absent: [128],
    changed: [{ index: 9, at: 9, xor: 1 }],
    is: 'unfinished',
    missing: [128],
  },
  {
    why: 'a record with a bit of its signature changed is absent',
    broken: [{ index: 7, at: 40, xor: 1 }],
    is: 'unfinished',
    missing: [7],
  },
  {
    why: 'a record with a bit of its content changed is absent',
    broken: [{ index: 7, at: 200, xor: 1 }],
    is: 'unfinished',
    missing: [7],
  },
];

const steps: (readonly [number, number])[] = [];
for (const n of [
  1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 33, 63, 65, 100, 127, 129, 442, 1_000, 1_025, 4_097,
  65_535, 65_536, 65_537, 118_655,
]) {
  steps.push([n, files.step(n)]);
}

// Cells ------------------------------------------------------------------------------------

const cells = (
  [
    [1, 0, BLOCK],
    [1, 1, BLOCK],
    [4_294_967_296, 1_853, 101],
  ] as const
).map(([row, block, length]) => {
  const [key, bytes, random] = [seedOf('cell key'), seedOf('cell bytes'), seedOf('cell random')];
  const drawn = stream(random, 147_456);
  const cell = files.cell(
    { key, row, block },
    drawn.slice(0, 24),
    stream(bytes, length),
    drawn.slice(24 + 144_848),
  );
  const named = { key: toHex(key), bytes: toHex(bytes), random: toHex(random) };
  return { row, block, length, ...named, hash: toHex(hash('file-tree', cell)) };
});

// Names ------------------------------------------------------------------------------------

const names = [
  ...[
    'holiday.jpg',
    'M\u00fcller & S\u00f6hne (2).pdf',
    '../../etc/passwd',
    'C:\\x\\y.exe',
    '.bashrc',
    '...',
    ' ',
    '. .',
  ],
  ...[
    'a\u0000b\u001b[31m.txt',
    'invoice\u202egpj.exe',
    'invoice.pdf\u00a0\u00a0\u2003.exe',
    'zero\u200bwidth.txt',
  ],
  ...[
    'CON',
    'nul.txt',
    'com1.tar.gz',
    'LPT\u00b9.x',
    'nul .txt',
    'conout$',
    'context.txt',
    'com10',
    'name. ',
  ],
  ...[
    'line\u2028end.txt',
    'e\u0301t\u00e9',
    'e\u200b\u0301t\u00e9',
    'a\u003c\u0338b',
    'a?b*c"d|e<f>g:h',
  ],
  ...['invoice.pdf\u3164\u3164\u3164.exe', 'invoice.pdf\u2800\u2800.exe', '\ue000\ue001', '\ufeff'],
  ...[
    `${'a'.repeat(300)}.jpeg`,
    `a.${'b'.repeat(300)}`,
    '\u{1f600}'.repeat(130),
    `con.${'a'.repeat(116)}`,
  ],
  ...[`${'a'.repeat(119)} b`, `${'a'.repeat(104)}...${'b'.repeat(20)}.fifteen-letters`],
].map((name) => [name, files.cleaned(name)]);

const file = new URL('../../../../vectors/files/files.json', import.meta.url);
mkdirSync(new URL('.', file), { recursive: true });
const content = {
  spec: 'docs/spec/19-files.md 1, 5 and 6',
  provenance:
    'made once by packages/client/test/reference/make-file-vectors.ts from the reference beside it, which was written from the page alone over @noble and shares no code with src; confirmed by src',
  notes:
    "bytes of a file: stream(seed, size); hashes of what is long: hash('file-tree', octets), whatever they are",
  networkId: toHex(networkId),
  secret: toHex(secret),
  steps,
  files: made,
  rounds,
  boxes,
  records,
  together: { size: SIZE, cases },
  cells,
  names,
};
writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
