/** The schema of contents (docs/spec/14-content.md): what it takes, refuses, keeps, and its page. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError, utf8 } from '@tacet/base';
import { checkDecoder, seededRng } from '@tacet/testkit';
import fc from 'fast-check';
import { cutText, decodeCanonical, encodeCanonical, textBytes } from '../../src/content/cbor.ts';
import {
  type Content,
  contentFrom,
  contentMap,
  hasMore,
  type KnownContent,
  TYPES,
} from '../../src/content/content.ts';
import { decodeEnvelope, encodeEnvelope } from '../../src/content/envelope.ts';
import { FIELDS } from '../../src/content/fields.ts';
import { durationWords, editLine, timerLine, unknownLine } from '../../src/content/shown.ts';
import { encodeFacts } from '../../src/files/facts.ts';

const RUNS = { numRuns: Number(process.env['FC_RUNS'] ?? 100) };
const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const words = (most: number, least = 0) =>
  fc
    .string({ unit: 'grapheme', minLength: least, maxLength: most })
    .map((text) => cutText(text, most))
    .filter((text) => textBytes(text) >= least);
const party = fc.constantFrom('writer' as const, 'reader' as const);
const every = { contentId: id, sentAt: fc.nat(2_000_000_000_000) };
const target = fc.record({ author: party, contentId: id });
const parent = id;
const shown = words(60);
const lifetime = fc.integer({ min: 1, max: 31_536_000 });
const body = fc.tuple(words(200, 1), fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 9 }))));

/** Mentions of a text that has room for them. */
const mentions = body.map(([text, gaps]) => {
  const length = [...text].length;
  let end = 0;
  const list = gaps.flatMap(([gap, size]) => {
    const start = end + gap;
    if (start + size > length) return [];
    end = start + size;
    return [{ start, length: size, who: gap % 2 === 0 ? ('writer' as const) : hash }];
  });
  return { text, ...(list.length === 0 ? {} : { mentions: list.slice(0, 32) }) };
});
const hash = new Uint8Array(32).fill(7);

const optional = <T extends object>(must: object, may: object) =>
  fc.record({ ...must, ...may }, { requiredKeys: Object.keys(must) as never }) as fc.Arbitrary<T>;

const contents: fc.Arbitrary<KnownContent> = fc.oneof(
  fc
    .tuple(
      mentions,
      optional<object>(every, {
        parent,
        lifetime,
        quote: fc.record({ author: party, contentId: id, excerpt: words(256) }),
      }),
    )
    .map(([text, rest]) => ({ type: 'text', ...rest, ...text }) as unknown as KnownContent),
  fc
    .tuple(mentions, optional<object>({ ...every, shown, target }, { parent }))
    .map(([text, rest]) => ({ type: 'edit', ...rest, ...text }) as unknown as KnownContent),
  optional<KnownContent>(
    { type: fc.constant('reaction'), ...every, shown, target, emoji: words(64) },
    { parent },
  ),
  optional<KnownContent>({ type: fc.constant('delete'), ...every, shown, target }, { parent }),
  optional<KnownContent>(
    {
      type: fc.constant('file'),
      ...every,
      shown,
      file: fc.integer({ min: 1, max: 268_435_456 }).map((size) =>
        encodeFacts({
          secret: hash,
          size,
          tree: hash,
          name: 'a',
          mediaType: 'text/plain',
          kind: 'file',
        }),
      ),
    },
    { text: words(60), parent, lifetime },
  ),
  optional<KnownContent>(
    {
      type: fc.constant('card'),
      ...every,
      shown,
      card: fc.dictionary(fc.string(), fc.integer()).map((card) => {
        return encodeCanonical(new Map(Object.entries(card)));
      }),
    },
    { parent, lifetime },
  ),
  optional<KnownContent>(
    { type: fc.constant('timer'), ...every, shown, timer: fc.nat(31_536_000) },
    { parent },
  ),
  optional<KnownContent>(
    { type: fc.constant('profile'), ...every, shown, name: words(64, 1) },
    { parent },
  ),
);

const read = (content: Content): Content | undefined =>
  decodeEnvelope(encodeEnvelope({ content })).content;

test('contents: every type makes the round trip', () => {
  fc.assert(
    fc.property(contents, (content) => {
      const again = read(content);
      // Generated records have no prototype; only values matter.
      assert.deepEqual({ ...again }, structuredClone(content));
      assert.equal(hasMore(decodeCanonical(encodeCanonical(contentMap(content)))), false);
    }),
    RUNS,
  );
});

const contentId = new Uint8Array(16).fill(3);
const base = { contentId, sentAt: 1_700_000_000_000, parent: new Uint8Array(16).fill(4) } as const;
const at = { author: 'writer', contentId } as const;
const ONE_OF_EACH: readonly KnownContent[] = [
  {
    type: 'text',
    ...base,
    text: 'h\u00e9llo @you',
    lifetime: 86_400,
    quote: { ...at, excerpt: 'before' },
    mentions: [{ start: 6, length: 4, who: 'reader' }],
  },
  { type: 'reaction', ...base, shown: 'Reacted', target: at, emoji: '\u{1f44d}' },
  { type: 'edit', ...base, shown: 'Edited', target: at, text: 'better' },
  { type: 'delete', ...base, shown: 'Asked', target: at },
  { type: 'card', ...base, shown: 'Carol', card: encodeCanonical(new Map([[1, 'x']])) },
  { type: 'timer', ...base, shown: 'Timer', timer: 60 },
  { type: 'profile', ...base, shown: 'Name', name: 'Alice' },
];

test('contents: the rules of every decoder, for each type', () => {
  for (const content of ONE_OF_EACH) {
    checkDecoder({
      decode: decodeEnvelope,
      valid: encodeEnvelope({ content }),
      rng: seededRng(`content ${content.type}`),
      kinds: ['input'],
      places: 120,
      fuzzRuns: 60,
    });
  }
});

test('contents: a flipped bit is refused, or is another value with those very bytes', () => {
  for (const content of ONE_OF_EACH) {
    const valid = encodeEnvelope({ content });
    for (let bit = 0; bit < valid.length * 8; bit++) {
      const bytes = valid.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let envelope: ReturnType<typeof decodeEnvelope>;
      try {
        envelope = decodeEnvelope(bytes);
      } catch (error) {
        assert.ok(isAppError(error, 'malformed'));
        continue;
      }
      // What it does not read whole is kept in its bytes.
      if (envelope.more || envelope.malformedContent || envelope.content === undefined) continue;
      assert.deepEqual(encodeEnvelope(envelope), bytes, `${content.type}, bit ${bit}`);
    }
  }
});

const malformed = (map: Map<unknown, unknown>): boolean =>
  decodeEnvelope(encodeCanonical(new Map([[1, map]]))).malformedContent === true;

test('contents: each field refuses every other kind of value, and each cap holds', () => {
  const wrong: readonly unknown[] = [null, true, -1, [], [1], new Map(), hash, 'x'];
  for (const content of ONE_OF_EACH) {
    const map = contentMap(content);
    for (const key of map.keys()) {
      const had = map.get(key);
      const taken = wrong.filter((value) => {
        // Of another type number another schema holds.
        return key !== 1 && !malformed(new Map(map).set(key, value));
      });
      for (const value of taken) assert.equal(typeof value, typeof had, `key ${key}`);
      assert.ok(taken.length <= 1, `key ${key} of ${content.type} takes ${taken.length}`);
    }
  }
  const text = contentMap(ONE_OF_EACH[0] as KnownContent);
  const long = (key: number, value: unknown) => malformed(new Map(text).set(key, value));
  assert.ok(long(4, 'a'.repeat(16_385)));
  assert.ok(long(6, 0) && long(6, 31_536_001) && !long(6, 31_536_000));
  assert.ok(long(9, [0, contentId, 'a'.repeat(257)]) && long(9, [2, contentId, 'a']));
  assert.ok(long(10, []) && long(10, [[0, 1, 0, 0]]) && long(10, [[0, 0, 0]]));
  assert.ok(
    long(10, [
      [1, 1, 0],
      [1, 1, 0],
    ]) &&
      long(10, [[0, 11, 0]]) &&
      !long(10, [[0, 10, 0]]),
  );
  assert.ok(
    long(
      10,
      Array.from({ length: 33 }, (_, n) => [n, 1, 0]),
    ),
  );
  const other = (n: number, key: number, value: unknown) =>
    malformed(contentMap(ONE_OF_EACH[n] as KnownContent).set(key, value));
  assert.ok(other(1, 7, 'a'.repeat(513)) && other(1, 11, 'a'.repeat(65)));
  assert.ok(other(4, 12, new Map([[1, new Uint8Array(8_192)]])));
  assert.ok(other(5, 13, 31_536_001) && other(6, 14, '') && other(6, 14, 'a'.repeat(65)));
});

test('contents: a field its type must have is missed', () => {
  for (const content of ONE_OF_EACH) {
    const map = contentMap(content);
    for (const name of TYPES[content.type].must) {
      const without = new Map(map);
      without.delete(FIELDS[name].key);
      assert.ok(malformed(without), `${content.type} without ${name}`);
    }
    for (const key of [1, 2, 3]) {
      const without = new Map(map);
      without.delete(key);
      assert.ok(malformed(without), `${content.type} without key ${key}`);
    }
  }
});

test('contents: unknown keys change nothing and are named, whatever they hold', () => {
  const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => [inner], 1);
  for (const content of ONE_OF_EACH) {
    for (const value of [deep, hash, 'later', new Map([['a', null]]), -7]) {
      const map = contentMap(content).set(40, value);
      const envelope = decodeEnvelope(encodeCanonical(new Map([[1, map]])));
      assert.deepEqual(envelope, { content: read(content), more: true });
    }
    // A key of another type is no key of this one.
    const stray = content.type === 'timer' ? 4 : 13;
    assert.ok(hasMore(contentMap(content).set(stray, 'anything')));
  }
});

test('contents: an unknown type shows its own line, and its fields are read as strictly', () => {
  const map = new Map<number, unknown>([
    [1, 20],
    [2, contentId],
    [3, 7],
    [6, 60],
    [7, 'A picture.'],
    [30, hash],
  ]);
  const envelope = decodeEnvelope(encodeCanonical(new Map([[1, map]])));
  const content = envelope.content ?? assert.fail();
  assert.ok(content.type === 'unknown' && envelope.more);
  assert.deepEqual([content.number, content.lifetime], [20, 60]);
  assert.equal(unknownLine(content), 'A picture.');
  assert.match(unknownLine({ type: 'unknown', number: 20, contentId, sentAt: 0 }), /newer version/);
  assert.ok(malformed(new Map(map).set(7, 9)));
  assert.ok(malformed(new Map(map).set(6, 0)));
});

test('contents: depth and floods inside a content are refused or read, and never throw otherwise', () => {
  for (const byte of [0x81, 0xa1, 0x80, 0xd8, 0xff]) {
    const bytes = new Uint8Array(140_000).fill(byte);
    bytes.set([0xa1, 0x01]);
    assert.throws(
      () => decodeEnvelope(bytes),
      (error) => isAppError(error, 'malformed'),
    );
  }
});

test('contents: nothing is written that its reader would refuse', () => {
  const long = { type: 'text', ...base, text: 'a'.repeat(16_385) } as const;
  assert.throws(
    () => contentMap(long),
    (error) => isAppError(error, 'malformed'),
  );
  assert.throws(
    () => contentMap({ type: 'unknown', number: 99, contentId, sentAt: 0 }),
    (error) => isAppError(error, 'content-unknown'),
  );
});

test('contents: the page lists the types and fields of the schema, all and no others', () => {
  const page = readFileSync(
    join(import.meta.dirname, '../../../../docs/spec/14-content.md'),
    'utf8',
  );
  const rows = [...page.matchAll(/^\| (\d+) \| ([a-z ]+) \| ([^|]*) \| ([^|]*) \|/gm)];
  const keys = (list: string) => (list.match(/\d+/g) ?? []).map(Number).sort((a, b) => a - b);
  const types = rows.map(([, n, name, must, may]) => [
    Number(n),
    name,
    keys(must ?? ''),
    keys(may ?? ''),
  ]);
  const known = Object.entries(TYPES).map(([name, { number, must, may }]) => {
    const of = (names: readonly (keyof typeof FIELDS)[]) =>
      names.map((one) => FIELDS[one].key).sort((a, b) => a - b);
    return [number, name, of(must), of(may)];
  });
  assert.deepEqual(types, known);
  const fields = [...page.matchAll(/^\| (\d+) \| ([a-z ]+) \| [^|]* \|$/gm)];
  assert.deepEqual(
    fields.map(([, key, name]) => [Number(key), name]),
    [
      [1, 'type'],
      [2, 'content id'],
      [3, 'sent at'],
      ...Object.entries(FIELDS).map(([name, { key }]) => [key, name]),
    ],
  );
});

test('lines for older versions say how long, and are cut between characters', () => {
  assert.equal(durationWords(60), '1 minute');
  assert.equal(durationWords(90), '90 seconds');
  assert.equal(durationWords(1_209_600), '2 weeks');
  assert.match(timerLine(86_400), /1 day/);
  assert.match(timerLine(0), /no longer/);
  const cut = editLine('\u{1f600}'.repeat(200));
  assert.ok(utf8(cut).length <= 512 && cut.isWellFormed());
  assert.equal(contentFrom(contentMap(ONE_OF_EACH[0] as KnownContent)).type, 'text');
});
