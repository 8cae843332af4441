import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, randomBytes, randomInt, randomUnit } from '@tacet/base';
import { FakeClock } from '../src/clock.ts';
import { seededRng } from '../src/rng.ts';

test('the same seed gives the same bytes, another seed others', () => {
  const first = hex(randomBytes(seededRng(7), 33));
  assert.equal(hex(randomBytes(seededRng(7), 33)), first);
  assert.equal(hex(randomBytes(seededRng('7'), 33)), first);
  assert.notEqual(hex(randomBytes(seededRng(8), 33)), first);
});

test('the bytes of a seed never change', () => {
  assert.equal(hex(randomBytes(seededRng(7), 16)), 'f9373ffca0c3bf0de70f4a6d24267624');
});

test('a long buffer gets the bytes that short ones would, wherever it begins', () => {
  const short = seededRng(7);
  const parts = Array.from({ length: 300 }, () => hex(randomBytes(short, 4))).join('');
  assert.equal(hex(randomBytes(seededRng(7), 1_200)), parts);
  const odd = seededRng(7).fill(new Uint8Array(1_203).subarray(3));
  assert.equal(hex(odd), parts);
});

test('a fork does not depend on what was drawn before it', () => {
  const rng = seededRng('day');
  const before = hex(randomBytes(rng.fork('alice'), 16));
  randomBytes(rng, 100);
  assert.equal(hex(randomBytes(rng.fork('alice'), 16)), before);
  assert.notEqual(hex(randomBytes(rng.fork('bob'), 16)), before);
});

test('bytes and bits are uniform within 5 sigma', () => {
  const n = 1 << 18;
  const bytes = randomBytes(seededRng('uniform'), n);
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = n / 256;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assert.ok(Math.abs(chi - 255) < 5 * Math.sqrt(2 * 255), `chi squared ${chi}`);
});

test('seeds in a row give unrelated first draws', () => {
  let sum = 0;
  const n = 4096;
  for (let i = 0; i < n; i++) sum += randomUnit(seededRng(i));
  assert.ok(Math.abs(sum / n - 0.5) < (5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
  const heads = Array.from({ length: n }, (_, i) => randomInt(seededRng(`s${i}`), 2));
  const ones = heads.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(ones - n / 2) < (5 * Math.sqrt(n)) / 2);
});

test('a fake clock moves only when told', () => {
  const clock = new FakeClock(1_000);
  assert.equal(clock.now(), 1_000);
  assert.equal(clock.advance(5), 1_005);
  clock.set(3);
  assert.equal(clock.now(), 3);
});
