/** Envelopes that are refused, contents that are, and what is read of what a later version says. */
import type { KnownContent } from '../../src/content/content.ts';

type Map_ = Map<unknown, unknown>;
const id = new Uint8Array(16).fill(1);
const hash = new Uint8Array(32).fill(2);
const map = (...pairs: readonly (readonly [unknown, unknown])[]): Map_ => new Map(pairs);
const base: readonly (readonly [number, unknown])[] = [
  [2, id],
  [3, 1_770_000_000_000],
];
const of = (type: number, ...pairs: readonly (readonly [unknown, unknown])[]): Map_ =>
  map([1, map([1, type], ...base, ...pairs)]);
/** Of a file, with what is changed; undefined: left out. */
const facts = (...changes: readonly (readonly [number, unknown])[]): Map_ => {
  const all = map(
    [1, hash],
    [2, 5],
    [3, hash],
    [4, 'a.txt'],
    [5, 'text/plain'],
    [6, 0],
    ...changes,
  );
  return new Map([...all].filter(([, value]) => value !== undefined));
};
const from = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** Canonical CBOR that breaks the form of a key, and bytes that are not canonical at all. */
export function badEnvelopes(): (readonly [string, Uint8Array])[] {
  const deep = `${'81'.repeat(64)}00`;
  return [
    ['nothing at all', from('')],
    ['no map', from('80')],
    ['keys out of order', from('a2 0b01 0701')],
    ['a key twice', from('a2 0701 0702')],
    ['a length that could be shorter', from('a1 07 1801')],
    ['a number of nine bytes that has room in five', from('a1 07 1b 00000000ffffffff')],
    ['indefinite length', from('bf 0701 ff')],
    ['indefinite list in an unknown key', from('a1 1840 9f ff')],
    ['a tag in an unknown key', from('a1 1840 c0 60')],
    ['a float in an unknown key', from('a1 1840 f9 3e00')],
    ['undefined in an unknown key', from('a1 1840 f7')],
    ['a simple value in an unknown key', from('a1 1840 e0')],
    ['2^53 in an unknown key', from('a1 1840 1b 0020000000000000')],
    ['-2^53 in an unknown key', from('a1 1840 3b 001fffffffffffff')],
    ['a byte string as a key', from('a1 41 00 01')],
    ['a list as a key', from('a1 80 01')],
    ['text that is no UTF-8', from('a1 1840 62 c328')],
    ['half of a surrogate pair', from('a1 1840 63 eda080')],
    ['bytes behind it', from('a0 00')],
    ['an end too early', from('a1 07')],
    ['65 lists and maps inside each other', from(`a1 1840 ${deep}`)],
    ['the same with nothing in the innermost', from(`a1 1840 ${'81'.repeat(63)}80`)],
    ['receipt: empty', from('a1 02 80')],
    ['receipt: a range that touches', from('a1 02 82 07 82 08 09')],
    ['receipt: a range backwards', from('a1 02 82 07 82 0a 09')],
    ['receipt: a range of three', from('a1 02 82 07 83 09 09 09')],
    ['receipt: 33 ranges', manyRanges(33)],
    ['receipt: below 0', from('a1 02 81 20')],
    [
      'key set: 31 bytes',
      from(`a1 03 a2 01 581f ${'00'.repeat(31)} 02 5907a0 ${'00'.repeat(1_952)}`),
    ],
    ['key set: half of it', from(`a1 03 a1 01 5820 ${'00'.repeat(32)}`)],
    ['hello: false', from('a1 04 f4')],
    ['document: without a hash', from('a1 05 81 01')],
    ['unreadable: none', from('a1 06 80')],
    ['unreadable: sequence 0', from('a1 06 81 82 00 01')],
    ['unreadable: twice', from('a1 06 82 82 01 01 82 01 02')],
    ['unreadable: seventeen', seventeen()],
    ['read up to: 0', from('a1 07 00')],
    ['read up to: text', from('a1 07 61 31')],
    [
      'new keys: without signatures',
      from(`a1 08 84 01 5821 ${'05'.repeat(33)} 5820 ${'00'.repeat(32)} 40`),
    ],
    ['a step: empty', from('a1 09 80')],
    ['a step: nine items', from('a1 09 89 08 01 01 01 01 01 01 01 01')],
    ['a step: commit without a value', from(`a1 09 82 01 50 ${'00'.repeat(16)}`)],
    ['a step: same with a value', from(`a1 09 83 04 50 ${'00'.repeat(16)} 00`)],
    ['a step: a run of 15 bytes', from(`a1 09 82 04 4f ${'00'.repeat(15)}`)],
    ['a step: a number below 0', from('a1 09 81 20')],
    ['healing: generation 0', from(`a1 0a 84 00 01 01 5820 ${'00'.repeat(32)}`)],
    ['a recovery root of 31 octets', from(`a1 0d 581f ${'00'.repeat(31)}`)],
    ['a recovery root of 33 octets', from(`a1 0d 5821 ${'00'.repeat(33)}`)],
    ['a recovery root that is text', from(`a1 0d 7820 ${'61'.repeat(32)}`)],
    ['healing: five items', from(`a1 0a 85 01 01 01 5820 ${'00'.repeat(32)} 00`)],
    ['closed: 0', from('a1 0b 00')],
    ['file words: none', from('a1 0c 80')],
    ['file words: no round', from(`a1 0c 81 83 00 50 ${'00'.repeat(16)} 01`)],
    ['file words: round 16', from(`a1 0c 81 84 00 50 ${'00'.repeat(16)} 01 10`)],
    ['file words: word 6', from(`a1 0c 81 84 00 50 ${'00'.repeat(16)} 06 00`)],
    [
      'file words: ranges that touch',
      from(`a1 0c 81 86 00 50 ${'00'.repeat(16)} 01 01 82 00 01 82 02 02`),
    ],
  ];
}

function manyRanges(count: number): Uint8Array {
  const number = (n: number): string =>
    n < 24 ? n.toString(16).padStart(2, '0') : `18${n.toString(16).padStart(2, '0')}`;
  const ranges = Array.from({ length: count }, (_, n) => `82${number(2 * n + 2).repeat(2)}`);
  return from(`a1 02 98 ${(count + 1).toString(16)} 00 ${ranges.join('')}`);
}

function seventeen(): Uint8Array {
  const pairs = Array.from(
    { length: 17 },
    (_, n) => `82${(n + 1).toString(16).padStart(2, '0')}00`,
  );
  return from(`a1 06 91 ${pairs.join('')}`);
}

/** For each type: without what it must have, with what breaks the rule of each of its fields. */
export function badContents(
  contentMap: (content: KnownContent) => Map_,
): (readonly [string, Map_])[] {
  const target = [0, id];
  const text = contentMap({ type: 'text', contentId: id, sentAt: 1, text: 'you' });
  const change = (key: number, value: unknown): Map_ => map([1, new Map(text).set(key, value)]);
  const many = Array.from({ length: 33 }, (_, n) => [n, 1, 0]);
  return [
    ['no map', map([1, 'text'])],
    ['no type', map([1, map(...base)])],
    ['a type below 0', of(-1)],
    ['a content id of 15 bytes', change(2, id.slice(1))],
    ['sent before 1970', change(3, -1)],
    ['sent at no number', change(3, 'now')],
    ['a text without text', of(1)],
    ['a text of 16,385 bytes', change(4, 'a'.repeat(16_385))],
    ['a text of bytes', change(4, id)],
    ['a parent of 17 bytes', change(5, new Uint8Array(17))],
    ['a lifetime of 0', change(6, 0)],
    ['a lifetime of more than a year', change(6, 31_536_001)],
    ['a quote of the third', change(9, [2, id, ''])],
    ['a quote without an excerpt', change(9, [0, id])],
    ['a quote of 257 bytes', change(9, [0, id, 'a'.repeat(257)])],
    ['no mentions', change(10, [])],
    ['a mention of nothing', change(10, [[0, 0, 0]])],
    ['a mention behind the text', change(10, [[0, 4, 0]])],
    [
      'mentions across each other',
      change(10, [
        [0, 2, 0],
        [1, 1, 1],
      ]),
    ],
    ['a mention of 31 bytes', change(10, [[0, 1, hash.slice(1)]])],
    ['33 mentions', map([1, new Map(text).set(4, 'a'.repeat(40)).set(10, many)])],
    ['a reaction without a target', of(2, [7, ''], [11, 'x'])],
    ['a reaction without its line', of(2, [8, target], [11, 'x'])],
    ['a reaction of 65 bytes', of(2, [7, ''], [8, target], [11, 'x'.repeat(65)])],
    ['an edit without text', of(3, [7, ''], [8, target])],
    ['an edit with a line of 513 bytes', of(3, [4, ''], [7, 'x'.repeat(513)], [8, target])],
    ['a delete of nothing', of(4, [7, ''])],
    ['a delete of a target of three', of(4, [7, ''], [8, [0, id, 0]])],
    ['a card that is no map', of(5, [7, ''], [12, [1]])],
    ['a card of 8,193 bytes', of(5, [7, ''], [12, map([1, new Uint8Array(8_188)])])],
    ['a timer below 0', of(7, [7, ''], [13, -1])],
    ['a timer of more than a year', of(7, [7, ''], [13, 31_536_001])],
    ['a profile without a name', of(8, [7, ''])],
    ['a profile with an empty name', of(8, [7, ''], [14, ''])],
    ['a profile with a name of 65 bytes', of(8, [7, ''], [14, 'x'.repeat(65)])],
    ['a file without facts', of(16, [7, ''])],
    ['a file of nothing', of(16, [7, ''], [15, facts([2, 0])])],
    ['a file of more than 256 MiB', of(16, [7, ''], [15, facts([2, 268_435_457])])],
    ['a file without a secret', of(16, [7, ''], [15, facts([1, undefined])])],
    ['a file with half of a media type', of(16, [7, ''], [15, facts([5, 'text'])])],
    ['a file with a name of 256 bytes', of(16, [7, ''], [15, facts([4, 'x'.repeat(256)])])],
    ['a file of a fourth kind', of(16, [7, ''], [15, facts([6, 3])])],
    ['a picture without height', of(16, [7, ''], [15, facts([6, 1], [8, [1]])])],
    ['a voice note of 63 peaks', of(16, [7, ''], [15, facts([6, 2], [10, new Uint8Array(63)])])],
    ['a type of a later version with a lifetime of 0', of(99, [6, 0])],
    ['a type of a later version whose line is no text', of(99, [7, 1])],
  ];
}

/** Of a later version: sound, and read as `says`. */
export function readBefore(): { name: string; item: Map_; says: unknown }[] {
  const content = { contentId: id, sentAt: 1_770_000_000_000 };
  return [
    { name: 'an unknown key', item: map([64, 'later'], [7, 3]), says: { readUpTo: 3 } },
    { name: 'a text key', item: map(['x', null], [7, 3]), says: { readUpTo: 3 } },
    {
      name: 'unknown keys in a text, and those of other types',
      item: of(1, [4, 'hi'], [7, 9], [13, 'x'], [40, [map([1, -1])]]),
      says: { content: { type: 'text', ...content, text: 'hi' } },
    },
    {
      name: 'an unknown type with a line',
      item: of(20, [6, 60], [7, 'A picture.'], [8, 'anything']),
      says: {
        content: { type: 'unknown', number: 20, ...content, lifetime: 60, shown: 'A picture.' },
      },
    },
    {
      name: 'type 0 without a line',
      item: of(0),
      says: { content: { type: 'unknown', number: 0, ...content } },
    },
    {
      name: 'a step of a later version',
      item: map([9, [8, 'x']]),
      says: { step: { kind: 'unknown' } },
    },
    {
      name: '64 lists and maps inside each other',
      item: map([64, Array.from({ length: 63 }).reduce<unknown>((inner) => [inner], 1)]),
      says: {},
    },
    {
      name: 'a key set with more keys',
      item: map([3, map([1, hash], [2, new Uint8Array(1_952)], [3, 'x'])]),
      says: { keySet: { ed25519: hash, mldsa65: new Uint8Array(1_952) } },
    },
  ];
}
