/**
 * Envelopes and contents, written from spec 07, 4, spec 14, 1 and 2, and spec 15, 3 to 6 alone. What
 * stands in one is plain JSON: bytes as `{hex}`, everything else as it is.
 */
import { CborMap, decodeItem, encodeItem, type Item } from './cbor.ts';
import { fromHex, toHex, utf8 } from './primitives.ts';

export type Json =
  | number
  | string
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** One form: from a CBOR item to JSON and back; `read` throws for another form. */
interface Form {
  readonly read: (item: Item) => Json;
  readonly write: (json: never) => Item;
}

class Malformed extends Error {}

function check(sound: boolean): asserts sound {
  if (!sound) throw new Malformed('malformed');
}

const u = (least = 0, most = 2 ** 53 - 1): Form => ({
  read: (item) => {
    check(typeof item === 'number' && item >= least && item <= most);
    return item;
  },
  write: (json: number) => json,
});

const bytes = (length: number): Form => ({
  read: (item) => {
    check(item instanceof Uint8Array && item.length === length);
    return { hex: toHex(item) };
  },
  write: (json: { hex: string }) => fromHex(json.hex),
});

const text = (most: number, least = 0): Form => ({
  read: (item) => {
    check(typeof item === 'string');
    const { length } = utf8(item);
    check(length >= least && length <= most);
    return item;
  },
  write: (json: string) => json,
});

const yes: Form = {
  read: (item) => {
    check(item === true);
    return true;
  },
  write: () => true,
};

/** A list of exactly these. */
function list(names: readonly string[], forms: readonly Form[]): Form {
  return {
    read: (item) => {
      check(Array.isArray(item) && item.length === forms.length);
      return Object.fromEntries(
        forms.map((form, i) => [names[i] ?? '', form.read(item[i] as Item)]),
      );
    },
    write: (json: Record<string, never>) =>
      forms.map((form, i) => form.write(json[names[i] ?? ''] as never)),
  };
}

function listOf(form: Form, least: number, most: number): Form {
  return {
    read: (item) => {
      check(Array.isArray(item) && item.length >= least && item.length <= most);
      return item.map((one) => form.read(one as Item));
    },
    write: (json: never[]) => json.map((one) => form.write(one)),
  };
}

// Spec 14, 1 -------------------------------------------------------------------------------

const author: Form = {
  read: (item) => {
    check(item === 0 || item === 1);
    return item === 0 ? 'writer' : 'reader';
  },
  write: (json: string) => (json === 'writer' ? 0 : 1),
};

const who: Form = {
  read: (item) => (item instanceof Uint8Array ? bytes(32).read(item) : author.read(item)),
  write: (json: never) =>
    typeof json === 'string' ? author.write(json as never) : bytes(32).write(json),
};

const card: Form = {
  read: (item) => {
    check(item instanceof CborMap);
    const encoded = encodeItem(item);
    check(encoded.length <= 8_192);
    return { hex: toHex(encoded) };
  },
  write: (json: { hex: string }) => decodeItem(fromHex(json.hex)),
};

/** Spec 19, 2. Its known keys, by kind; the others are ignored. */
const file: Form = {
  read: (item) => {
    check(item instanceof CborMap);
    const whole = (key: number, least: number, most: number) =>
      u(least, most).read(item.get(key) ?? null) as number;
    const sized = (key: number, least: number, most: number): void => {
      const value = item.get(key);
      if (value === undefined) return;
      check(value instanceof Uint8Array && value.length >= least && value.length <= most);
    };
    bytes(32).read(item.get(1) ?? null);
    whole(2, 1, 268_435_456);
    bytes(32).read(item.get(3) ?? null);
    text(255, 1).read(item.get(4) ?? null);
    const type = String(text(100, 3).read(item.get(5) ?? null)).split('/');
    check(
      type.length === 2 && type.every((word) => /^[a-z0-9][a-z0-9!#$&^_.+-]{0,67}$/.test(word)),
    );
    check((type[0] ?? '').length <= 31);
    const kind = whole(6, 0, 2);
    if (kind === 1) {
      sized(7, 1, 1_024);
      if (item.get(8) !== undefined) listOf(u(1, 65_535), 2, 2).read(item.get(8) ?? null);
    }
    if (kind === 2) {
      if (item.get(9) !== undefined) whole(9, 1, 3_600_000);
      sized(10, 64, 100);
    }
    return { hex: toHex(encodeItem(item)) };
  },
  write: (json: { hex: string }) => decodeItem(fromHex(json.hex)),
};

const CONTENT: Readonly<Record<string, readonly [number, Form]>> = {
  type: [1, u()],
  contentId: [2, bytes(16)],
  sentAt: [3, u()],
  text: [4, text(16_384)],
  parent: [5, bytes(16)],
  lifetime: [6, u(1, 31_536_000)],
  shown: [7, text(512)],
  target: [8, list(['author', 'contentId'], [author, bytes(16)])],
  quote: [9, list(['author', 'contentId', 'excerpt'], [author, bytes(16), text(256)])],
  mentions: [10, listOf(list(['start', 'length', 'who'], [u(), u(1), who]), 1, 32)],
  emoji: [11, text(64)],
  card: [12, card],
  timer: [13, u(0, 31_536_000)],
  name: [14, text(64, 1)],
  file: [15, file],
};

// Spec 14, 2: number, name, must have, may have.
const TYPES: readonly (readonly [number, string, readonly number[], readonly number[]])[] = [
  [1, 'text', [4], [5, 6, 9, 10]],
  [2, 'reaction', [7, 8, 11], [5]],
  [3, 'edit', [4, 7, 8], [5, 10]],
  [4, 'delete', [7, 8], [5]],
  [5, 'card', [7, 12], [5, 6]],
  [7, 'timer', [7, 13], [5]],
  [8, 'profile', [7, 14], [5]],
  [16, 'file', [7, 15], [4, 5, 6]],
];

export function readContent(item: Item): Json {
  check(item instanceof CborMap);
  const number = u().read(item.get(1) ?? null) as number;
  const [, type = 'unknown', must = [], may = [5, 6, 7]] =
    TYPES.find(([one]) => one === number) ?? [];
  const read: Record<string, Json> = { type, ...(type === 'unknown' ? { number } : {}) };
  for (const [name, [key, form]] of Object.entries(CONTENT)) {
    if (name === 'type' || ![2, 3, ...must, ...may].includes(key)) continue;
    const value = item.get(key);
    if (value === undefined) check(may.includes(key));
    else read[name] = form.read(value);
  }
  const mentions = (read['mentions'] ?? []) as { start: number; length: number }[];
  let end = 0;
  for (const { start, length } of mentions) {
    check(start >= end);
    end = start + length;
  }
  if (mentions.length > 0) check(end <= [...String(read['text'])].length);
  return read;
}

function writeContent(json: Record<string, never>): Item {
  const number = TYPES.find(([, name]) => name === json['type'])?.[0] ?? json['number'] ?? 0;
  const pairs = Object.entries(CONTENT)
    .filter(([name]) => name !== 'type' && json[name] !== undefined)
    .map(([name, [key, form]]) => [key, form.write(json[name] as never)] as const);
  return new CborMap([[1, number], ...pairs]);
}

// Spec 07, 4, with 15, 3 to 5 --------------------------------------------------------------

const receipt: Form = {
  read: (item) => {
    check(Array.isArray(item) && item.length >= 1 && item.length <= 33);
    const [first, ...rest] = item as Item[];
    const upTo = u().read(first ?? null) as number;
    let last = upTo;
    const ranges = rest.map((range) => {
      const { from, to } = list(['from', 'to'], [u(last + 2), u()]).read(range) as {
        from: number;
        to: number;
      };
      check(to >= from);
      last = to;
      return [from, to];
    });
    return { upTo, ranges };
  },
  write: (json: { upTo: number; ranges: number[][] }) => [json.upTo, ...json.ranges],
};

const keySet: Form = {
  read: (item) => {
    check(item instanceof CborMap);
    const [ed25519, mldsa65] = [item.get(1) ?? null, item.get(2) ?? null];
    return { ed25519: bytes(32).read(ed25519), mldsa65: bytes(1_952).read(mldsa65) };
  },
  write: (json: { ed25519: { hex: string }; mldsa65: { hex: string } }) =>
    new CborMap([
      [1, fromHex(json.ed25519.hex)],
      [2, fromHex(json.mldsa65.hex)],
    ]),
};

const unreadable: Form = {
  read: (item) => {
    const found = listOf(list(['seq', 'index'], [u(1), u()]), 1, 16).read(item);
    const numbers = (found as { seq: number }[]).map(({ seq }) => seq);
    check(numbers.every((seq, i) => i === 0 || seq > (numbers[i - 1] ?? 0)));
    return found;
  },
  write: (json: { seq: number; index: number }[]) => json.map(({ seq, index }) => [seq, index]),
};

const STEPS = ['commit', 'nonce', 'reveal', 'same', 'different', 'stop', 'scan'];

const step: Form = {
  read: (item) => {
    check(Array.isArray(item) && item.length >= 1 && item.length <= 8);
    const [first, ...rest] = item as Item[];
    const kind = STEPS[(u().read(first ?? null) as number) - 1];
    if (kind === undefined) return { kind: 'unknown' };
    const [names, forms] = stepShape(kind);
    return { kind, ...(list(names, forms).read(rest) as object) };
  },
  write: (json: Record<string, never>) => {
    const [names, forms] = stepShape(String(json['kind']));
    return [
      1 + STEPS.indexOf(String(json['kind'])),
      ...(list(names, forms).write(json as never) as Item[]),
    ];
  },
};

function stepShape(kind: string): readonly [readonly string[], readonly Form[]] {
  if (kind === 'scan') return [['value'], [bytes(32)]];
  if (['same', 'different', 'stop'].includes(kind)) return [['run'], [bytes(16)]];
  return [
    ['run', 'value'],
    [bytes(16), bytes(32)],
  ];
}

const keyChange = list(
  ['number', 'identityKey', 'ed25519', 'mldsa65', 'edSignature', 'mlSignature'],
  [u(1, 2 ** 32 - 1), bytes(33), bytes(32), bytes(1_952), bytes(64), bytes(3_309)],
);

const FILE_WORDS = ['wanted', 'here', 'not-wanted', 'written', 'withdrawn'];

/** Spec 19, 3. */
const fileWord: Form = {
  read: (item) => {
    check(Array.isArray(item) && item.length >= 4 && item.length <= 36);
    const [first, id, word, round, ...rest] = item as Item[];
    let next = 0;
    const ranges = rest.map((range) => {
      const { from, to } = list(['from', 'to'], [u(next, 2 ** 32 - 1), u(0, 2 ** 32 - 1)]).read(
        range,
      ) as { from: number; to: number };
      check(to >= from);
      next = to + 2;
      return [from, to];
    });
    return {
      author: author.read(first ?? null),
      contentId: bytes(16).read(id ?? null),
      word: FILE_WORDS[(u(1, 5).read(word ?? null) as number) - 1] ?? '',
      round: u(0, 15).read(round ?? null),
      ranges,
    };
  },
  write: (json: {
    author: never;
    contentId: never;
    word: string;
    round: number;
    ranges: number[][];
  }) => [
    author.write(json.author),
    bytes(16).write(json.contentId),
    1 + FILE_WORDS.indexOf(json.word),
    json.round,
    ...json.ranges,
  ],
};

const healing = list(['generation', 'index', 'day', 'entropy'], [u(1), u(), u(), bytes(32)]);

const ENVELOPE: Readonly<Record<string, readonly [number, Form]>> = {
  content: [1, { read: readContent, write: writeContent }],
  receipt: [2, receipt],
  keySet: [3, keySet],
  hello: [4, yes],
  document: [5, list(['epoch', 'hash'], [u(), bytes(32)])],
  unreadable: [6, unreadable],
  readUpTo: [7, u(1)],
  keyChange: [8, keyChange],
  step: [9, step],
  healing: [10, healing],
  closed: [11, u(1)],
  fileWords: [12, listOf(fileWord, 1, 8)],
  recoveryRoot: [13, bytes(32)],
};

/** Throws for a malformed envelope; a malformed content reads as `"malformed"`. */
export function readEnvelope(encoded: Uint8Array): Record<string, Json> {
  check(encoded.length <= 144_192);
  const map = decodeItem(encoded);
  check(map instanceof CborMap);
  const read: Record<string, Json> = {};
  for (const [name, [key, form]] of Object.entries(ENVELOPE)) {
    const value = map.get(key);
    if (value === undefined) continue;
    try {
      read[name] = form.read(value);
    } catch (error) {
      if (name !== 'content' || !(error instanceof Malformed)) throw error;
      read[name] = 'malformed';
    }
  }
  return read;
}

export function writeEnvelope(json: Readonly<Record<string, Json>>): Uint8Array {
  return encodeItem(
    new CborMap(
      Object.entries(ENVELOPE)
        .filter(([name]) => json[name] !== undefined)
        .map(([name, [key, form]]) => [key, form.write(json[name] as never)] as const),
    ),
  );
}

// Spec 15, 6 -------------------------------------------------------------------------------

const CARD_KINDS = ['offer', 'agree', 'decline', 'known', 'taken', 'pass'];
const CARD_FIELDS: Readonly<Record<string, readonly [number, Form]>> = {
  keySetHash: [3, bytes(32)],
  name: [4, text(64, 1)],
  note: [5, text(512)],
  secret: [6, bytes(32)],
};
const CARD_HAS: Readonly<Record<string, readonly string[]>> = {
  offer: ['keySetHash', 'name', 'note'],
  agree: ['secret'],
  pass: ['keySetHash', 'name', 'note', 'secret'],
};

export function readCard(encoded: Uint8Array): Record<string, Json> {
  const map = decodeItem(encoded);
  check(map instanceof CborMap);
  const kind = CARD_KINDS[(u().read(map.get(1) ?? null) as number) - 1] ?? 'unknown';
  const token = bytes(16).read(map.get(2) ?? null);
  const read: Record<string, Json> = { kind, token };
  for (const name of CARD_HAS[kind] ?? []) {
    const [key, form] = CARD_FIELDS[name] ?? [0, yes];
    read[name] = form.read(map.get(key) ?? null);
  }
  return read;
}

export function writeCard(json: Readonly<Record<string, Json>>): Uint8Array {
  const kind = String(json['kind']);
  const more = (CARD_HAS[kind] ?? []).map((name) => {
    const [key, form] = CARD_FIELDS[name] ?? [0, yes];
    return [key, form.write(json[name] as never)] as const;
  });
  const token = bytes(16).write(json['token'] as never);
  return encodeItem(new CborMap([[1, 1 + CARD_KINDS.indexOf(kind)], [2, token], ...more]));
}
