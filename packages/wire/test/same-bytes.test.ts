import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBytes } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { SameBytes } from '@tacet/wire';

const rng = seededRng('same bytes');

test('the work is done once for the same bytes, and for other bytes with the same end', () => {
  const known = new SameBytes<string>(4);
  const bytes = randomBytes(rng, 100);
  const other = bytes.slice();
  other[0] = (other[0] as number) ^ 1;
  let calls = 0;
  const ask = (of: Uint8Array, answer: string): string =>
    known.of(of, () => {
      calls += 1;
      return answer;
    });
  assert.equal(ask(bytes, 'first'), 'first');
  assert.equal(ask(bytes.slice(), 'never asked'), 'first');
  assert.equal(ask(other, 'other'), 'other');
  assert.equal(ask(other, 'never asked'), 'other');
  assert.equal(calls, 2);
  // What is kept is a copy: whoever gave the bytes may use their place again.
  const gone = other.slice();
  other.fill(0);
  assert.equal(ask(gone, 'never asked'), 'other');
});

test('a failure is thrown each time, and what is kept stays small', () => {
  const known = new SameBytes<number>(4);
  const bytes = randomBytes(rng, 20);
  const fails = (): never => {
    throw new RangeError('no');
  };
  for (let n = 0; n < 2; n++) assert.throws(() => known.of(bytes, fails), RangeError);
  for (let n = 0; n < 50; n++) known.of(randomBytes(rng, 20), () => n);
  assert.equal(known.size, 4);
});
