import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, isAppError } from '@tacet/base';
import { checkDecoder, seededRng } from '@tacet/testkit';
import fc from 'fast-check';
import { type Cbor, decodeCanonical, encodeCanonical } from '../src/cbor.ts';
import { MAX_CBOR_ITEMS } from '../src/limits.ts';
import { referenceDecode, referenceEncode } from './reference/cbor.ts';
import { forms } from './support/cbor-forms.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 100);
const LIMIT = 1 << 20;
const bytes = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const refuses = (input: Uint8Array, what: string) =>
  assert.throws(
    () => decodeCanonical(input, 'thing', LIMIT),
    (error) => isAppError(error, 'malformed') && error.message === 'malformed thing',
    what,
  );

const { value: anyValue } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.nat(),
    fc.maxSafeNat(),
    fc.boolean(),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.uint8Array({ maxLength: 300 }),
  ),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 30 }), tie('value'), { maxKeys: 6 }),
  ),
}));

test('encodes as a separate writer of the same rules does, and back', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const encoded = encodeCanonical(value as Cbor);
      assert.equal(hex(encoded), hex(referenceEncode(value)));
      const decoded = decodeCanonical(encoded, 'thing', LIMIT);
      assert.equal(hex(encodeCanonical(decoded)), hex(encoded));
      assert.equal(hex(referenceEncode(referenceDecode(encoded))), hex(encoded));
    }),
    { numRuns: RUNS },
  );
});

test('keeps the rules of every decoder', () => {
  const value = { a: [1, 2, { bb: 'text', c: new Uint8Array(5) }], name: true, z: 70_000 };
  checkDecoder({
    decode: (input) => decodeCanonical(input, 'thing', LIMIT),
    encode: encodeCanonical,
    valid: encodeCanonical(value),
    rng: seededRng('cbor'),
    fuzzRuns: RUNS * 5,
  });
});

for (const [what, input] of forms) {
  test(`refuses ${what}`, () => {
    refuses(bytes(input), what);
    refuses(bytes(`81${input}`), `${what}, in an array`);
    assert.throws(() => referenceDecode(bytes(input)), 'the reference reader agrees');
  });
}

test('a key named __proto__ is a key like any other', () => {
  const input = bytes('a1 69 5f5f70726f746f5f5f a1 61 61 01');
  const decoded = decodeCanonical(input, 'thing', LIMIT);
  assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
  assert.equal(hex(encodeCanonical(decoded)), hex(input));
});

test('deep nesting and floods of items are refused, whatever the size limit', () => {
  refuses(new Uint8Array(LIMIT).fill(0x81), 'nested arrays');
  const flood = new Uint8Array(MAX_CBOR_ITEMS + 3);
  flood.set([0x99, MAX_CBOR_ITEMS >> 8, MAX_CBOR_ITEMS & 0xff]);
  refuses(flood, 'too many items');
  flood.fill(0xa0, 3);
  refuses(flood, 'too many empty maps');
});

test('an input over its size limit is refused unread', () => {
  const input = encodeCanonical(new Uint8Array(100));
  assert.throws(() => decodeCanonical(input, 'thing', input.length - 1));
  assert.doesNotThrow(() => decodeCanonical(input, 'thing', input.length));
});

test('values outside the subset are not encoded', () => {
  for (const value of [-1, 1.5, -0, Number.NaN, 2 ** 53, null, undefined, 1n, [null], { a: -1 }]) {
    assert.throws(
      () => encodeCanonical(value as never),
      (error) => isAppError(error, 'cbor-value'),
    );
  }
});
