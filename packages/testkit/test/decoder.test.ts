/** checkDecoder must find each kind of fault it exists for: a planted one each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader, malformed } from '@tacet/base';
import { checkDecoder } from '../src/decoder.ts';
import { seededRng } from '../src/rng.ts';

interface Pair {
  readonly a: number;
  readonly rest: Uint8Array;
}

const valid = Uint8Array.of(7, 3, 1, 2, 3);
const encode = ({ a, rest }: Pair): Uint8Array => Uint8Array.of(a, rest.length, ...rest);
const good = (bytes: Uint8Array): Pair => {
  const reader = new ByteReader(bytes, 'pair');
  const a = reader.u8();
  if (a !== 7) throw malformed('pair');
  const rest = reader.copy(reader.u8());
  reader.end();
  return { a, rest };
};
const check = (decode: (bytes: Uint8Array) => Pair | null, signed = false): void =>
  checkDecoder({ decode, encode, valid, signed, rng: seededRng('decoder') });

test('a decoder without fault passes, refusing by error or by null', () => {
  check(good);
  check((bytes) => {
    try {
      return good(bytes);
    } catch {
      return null;
    }
  });
});

const faults: readonly [string, (bytes: Uint8Array) => Pair][] = [
  ['takes trailing bytes', (bytes) => good(bytes.subarray(0, 2 + (bytes[1] ?? 0)))],
  ['takes truncated input', (bytes) => (bytes.length < 5 ? { a: 7, rest: bytes } : good(bytes))],
  ['throws another error', (bytes) => (bytes.length === 0 ? JSON.parse('') : good(bytes))],
  ['takes a second form', (bytes) => good(Uint8Array.of(7, ...bytes.subarray(1)))],
  ['keeps a view', (bytes) => ({ ...good(bytes), rest: bytes.subarray(2) })],
];

for (const [what, decode] of faults) {
  test(`a decoder that ${what} is found`, () => {
    assert.throws(() => check(decode));
  });
}

test('a signed form in which a changed byte passes is found', () => {
  assert.throws(() => check(good, true));
});
