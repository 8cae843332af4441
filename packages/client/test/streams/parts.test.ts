/** docs/spec/07-streams.md 3: what stands in a box of a stream. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOX_PLAINTEXT } from '@tacet/wire';
import {
  type BoxContent,
  decodeBoxContent,
  encodeBoxContent,
  PART_BYTES,
  partSlice,
  partsOf,
} from '../../src/streams/parts.ts';
import { checkBits, checkFuzz, checkLengths, refused } from '../exact.ts';

const full = new Uint8Array(PART_BYTES).fill(7);
const EXAMPLES: readonly BoxContent[] = [
  { kind: 'part', seq: 1, part: 0, parts: 1, data: Uint8Array.of(1, 2, 3) },
  { kind: 'part', seq: 4_000_000_000, part: 0, parts: 2, data: full },
  { kind: 'part', seq: 9, part: 63, parts: 64, data: Uint8Array.of(9) },
  { kind: 'control', data: Uint8Array.of(5) },
  { kind: 'beacon', head: 70, lowest: 3, generation: 0 },
  { kind: 'cover' },
];

test('box contents: round trip, always the whole box', () => {
  for (const content of EXAMPLES) {
    const bytes = encodeBoxContent(content);
    assert.equal(bytes.length, BOX_PLAINTEXT);
    assert.deepEqual(decodeBoxContent(bytes), content);
  }
});

test('box contents: every other length is refused', () => {
  const [first] = EXAMPLES;
  assert.ok(first !== undefined);
  checkLengths(encodeBoxContent(first), decodeBoxContent);
});

test('box contents: one form for one value, bit by bit', () => {
  for (const content of EXAMPLES) {
    checkBits(encodeBoxContent(content), decodeBoxContent, encodeBoxContent);
  }
});

test('box contents: damage is refused or decodes, never anything else', () => {
  for (const content of EXAMPLES) {
    checkFuzz(encodeBoxContent(content), decodeBoxContent, `parts/${content.kind}`);
  }
});

test('box contents: senseless fields are refused', () => {
  const change = (content: BoxContent, at: number, ...bytes: number[]): Uint8Array => {
    const out = encodeBoxContent(content);
    out.set(bytes, at);
    return out;
  };
  const part: BoxContent = { kind: 'part', seq: 1, part: 0, parts: 1, data: full };
  refused(decodeBoxContent, change(part, 0, 9), 'unknown kind');
  refused(decodeBoxContent, change(part, 1, 0, 0, 0, 0), 'sequence 0');
  refused(decodeBoxContent, change(part, 5, 0, 1), 'part beyond parts');
  refused(decodeBoxContent, change(part, 7, 0, 0), 'no parts');
  refused(decodeBoxContent, change(part, 7, 0, 65), 'too many parts');
  refused(decodeBoxContent, change(part, 9, 0, 0), 'no bytes');
  const short: BoxContent = { kind: 'part', seq: 1, part: 0, parts: 1, data: Uint8Array.of(1) };
  refused(decodeBoxContent, change(short, 7, 0, 2), 'a part before the last is not full');
  refused(
    decodeBoxContent,
    encodeBoxContent({ kind: 'beacon', head: 1, lowest: 2, generation: 0 }),
    'lowest above head',
  );
});

test('parts: a ciphertext is cut and put together again at every border', () => {
  for (const length of [1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES]) {
    const data = new Uint8Array(length).map((_, i) => i % 251);
    const parts = Array.from({ length: partsOf(length) }, (_, i) => partSlice(data, i));
    assert.deepEqual(Buffer.concat(parts), Buffer.from(data));
    for (const part of parts.slice(0, -1)) assert.equal(part.length, PART_BYTES);
  }
});
