/** docs/spec/07-streams.md 4: the ratchet's plaintext. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDecoder, seededRng } from '@tacet/testkit';
import fc from 'fast-check';
import { textBytes } from '../../src/content/cbor.ts';
import {
  covers,
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
} from '../../src/content/envelope.ts';
import { MAX_PARTS } from '../../src/limits.ts';
import { PART_BYTES } from '../../src/streams/parts.ts';
import { checkFuzz, checkLengths, outcome, refused } from '../exact.ts';

const RUNS = { numRuns: Number(process.env['FC_RUNS'] ?? 100) };
const contentId = new Uint8Array(16).fill(3);

const receipts = fc
  .tuple(fc.nat(1000), fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { maxLength: 32 }))
  .map(([upTo, gaps]) => {
    let last = upTo;
    const ranges = gaps.map(([gap, length]): [number, number] => {
      const from = last + 2 + gap;
      last = from + length;
      return [from, last];
    });
    return { upTo, ranges };
  });

const envelopes: fc.Arbitrary<Envelope> = fc.record(
  {
    content: fc.record({
      type: fc.constant('text' as const),
      contentId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      sentAt: fc.nat(2_000_000_000_000),
      text: fc.string({ unit: 'grapheme', maxLength: 300 }),
    }),
    receipt: receipts,
    keySet: fc.record({
      ed25519: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      mldsa65: fc.uint8Array({ minLength: 1_952, maxLength: 1_952 }),
    }),
    hello: fc.constant(true),
    unreadable: fc
      .uniqueArray(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 16 })
      .map((seqs) => seqs.sort((a, b) => a - b).map((seq) => ({ seq, index: 3 * seq }))),
    readUpTo: fc.integer({ min: 1, max: 5_000 }),
  },
  { requiredKeys: [] },
);

test('envelopes: round trip', () => {
  fc.assert(
    fc.property(envelopes, (envelope) => {
      // Generated records have no prototype; only values matter.
      assert.deepEqual({ ...decodeEnvelope(encodeEnvelope(envelope)) }, structuredClone(envelope));
    }),
    RUNS,
  );
});

test('envelopes: truncated or longer ones are refused, damage never throws otherwise', () => {
  const valid = encodeEnvelope({
    content: { type: 'text', contentId, sentAt: 5, text: 'hello' },
    receipt: { upTo: 3, ranges: [[5, 6]] },
    unreadable: [{ seq: 4, index: 9 }],
  });
  checkLengths(valid, decodeEnvelope);
  checkFuzz(valid, decodeEnvelope, 'envelope');
});

test('envelopes: the rules of every decoder, for what each key holds', () => {
  const hash = new Uint8Array(32).fill(9);
  const keySet = { ed25519: hash, mldsa65: new Uint8Array(1_952).fill(8) };
  const content = { type: 'text', contentId, sentAt: 1_700_000_000_000, text: 'h\u00e9' } as const;
  const receipt = { upTo: 300, ranges: [[302, 70_000]] as const };
  const unreadable = [{ seq: 4, index: 9 }];
  const document = { epoch: 491_337, hash };
  for (const envelope of [
    { content, receipt, document },
    { keySet, hello: true },
    { receipt, unreadable, readUpTo: 299 },
    { receipt, healing: { generation: 1, index: 70, day: 20_000, entropy: hash }, closed: 1_007 },
  ]) {
    const valid = encodeEnvelope(envelope);
    checkDecoder({ decode: decodeEnvelope, valid, rng: seededRng('envelopes'), kinds: ['input'] });
  }
});

test('envelopes: one value has one encoding', () => {
  assert.deepEqual(decodeEnvelope(Uint8Array.of(0xa2, 2, 0x81, 3, 4, 0xf5)), {
    receipt: { upTo: 3, ranges: [] },
    hello: true,
  });
  refused(decodeEnvelope, Uint8Array.of(0xa2, 4, 0xf5, 2, 0x81, 3), 'keys in another order');
  refused(decodeEnvelope, Uint8Array.of(0xa1, 2, 0x81, 0x18, 3), 'a number longer than it must be');
  refused(decodeEnvelope, Uint8Array.of(0xa1, 0x18, 4, 0xf5), 'a key longer than it must be');
  refused(decodeEnvelope, Uint8Array.of(0xa1, 4, 0xf4), 'hello: false');
  refused(decodeEnvelope, Uint8Array.of(0xa2, 4, 0xf5, 4, 0xf5), 'a key twice');
});

test('envelopes: depth and floods of items are refused or read, and never throw otherwise', () => {
  // As much as 64 parts carry.
  for (const byte of [0x81, 0x80, 0xa0, 0xa1, 0xd8, 0xff]) {
    outcome(decodeEnvelope, new Uint8Array(144_192).fill(byte));
  }
});

test('envelopes: what cannot have come in the parts of one ciphertext is refused', () => {
  // {77: bytes}, with a head of eight bytes.
  const sized = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    bytes.set([0xa1, 0x18, 77, 0x5a]);
    new DataView(bytes.buffer).setUint32(4, length - 8);
    return bytes;
  };
  const most = MAX_PARTS * PART_BYTES;
  assert.deepEqual(decodeEnvelope(sized(most)), { more: true });
  refused(decodeEnvelope, sized(most + 1), 'one byte more');
});

test('envelopes: unknown keys and unknown content types are not errors', () => {
  // {1: {1: 200, 2: id, 3: 7, 9: true}, 77: "later"}
  const bytes = Uint8Array.from([
    0xa2,
    0x01,
    0xa4,
    0x01,
    0x18,
    200,
    0x02,
    0x50,
    ...contentId,
    0x03,
    0x07,
    0x09,
    0xf5,
    0x18,
    77,
    0x65,
    0x6c,
    0x61,
    0x74,
    0x65,
    0x72,
  ]);
  assert.deepEqual(decodeEnvelope(bytes), {
    content: { type: 'unknown', number: 200, contentId, sentAt: 7 },
    more: true,
  });
});

test('envelopes: receipts that overlap, touch or run backwards are refused', () => {
  const receipt = (...items: number[][]): Uint8Array =>
    Uint8Array.from([
      0xa1,
      0x02,
      0x81 + items.length,
      0x05,
      ...items.flatMap(([a = 0, b = 0]) => [0x82, a, b]),
    ]);
  assert.notEqual(outcome(decodeEnvelope, receipt([7, 8])), null);
  refused(decodeEnvelope, receipt([6, 8]), 'touches the cumulative point');
  refused(decodeEnvelope, receipt([9, 8]), 'backwards');
  refused(decodeEnvelope, receipt([8, 9], [10, 11]), 'ranges touch');
  refused(decodeEnvelope, receipt([8, 9], [9, 11]), 'ranges overlap');
});

test('envelopes: a malformed content spoils nothing else that stands beside it', () => {
  const head = [0xa2, 0x01, 0xa4, 0x01, 0x01, 0x02, 0x50, ...contentId, 0x03];
  const long = new Uint8Array(16_385).fill(0x61);
  const bad: readonly (readonly [string, readonly number[]])[] = [
    ['negative time', [0x20, 0x04, 0x61, 0x61]],
    ['text for a time', [0x61, 0x61, 0x04, 0x61, 0x61]],
    ['text over 16 KiB', [0x00, 0x04, 0x79, 0x40, 0x01, ...long]],
    ['text of another kind', [0x00, 0x04, 0x41, 0x61]],
  ];
  for (const [what, rest] of bad) {
    const envelope = Uint8Array.from([...head, ...rest, 0x02, 0x81, 0x05]);
    const read = { malformedContent: true, receipt: { upTo: 5, ranges: [] } };
    assert.deepEqual(decodeEnvelope(envelope), read, what);
  }
});

test('textBytes counts what UTF-8 takes', () => {
  fc.assert(
    // Any code points but halves of pairs; fast-check's own unit for them takes seconds to make.
    fc.property(fc.array(fc.integer({ min: 0, max: 0x10_ffff - 0x800 })), (points) => {
      const whole = points.map((point) => (point < 0xd800 ? point : point + 0x800));
      const text = String.fromCodePoint(...whole);
      assert.equal(textBytes(text), new TextEncoder().encode(text).length);
    }),
    RUNS,
  );
});

test('covers says what a receipt covers and nothing else', () => {
  const receipt = { upTo: 3, ranges: [[5, 6]] as const };
  const yes = [1, 2, 3, 4, 5, 6, 7].filter((seq) => covers(receipt, seq));
  assert.deepEqual(yes, [1, 2, 3, 5, 6]);
});
