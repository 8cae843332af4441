/** docs/spec/20-recovery.md, 9 and 10: bytes of statements, answers and words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter } from '@tacet/base';
import { edKeyPair } from '@tacet/crypto';
import { seededRng } from '@tacet/testkit';
import { BOX_PLAINTEXT } from '@tacet/wire';
import {
  answerBox,
  decodeAnswer,
  decodeWords,
  encodeAnswer,
  encodeStatement,
  encodeWords,
  hashOfStatement,
  openStatement,
  periodOf,
  readStatement,
  statementBox,
} from '../../src/recovery/boxes.ts';
import { checkBits, checkFuzz, checkLengths } from '../exact.ts';

const rng = seededRng('recovery boxes');
const random = (n: number): Uint8Array => rng.fill(new Uint8Array(n));
const root = random(32);
const seed = random(32);
const { publicKey } = edKeyPair(seed);
const said = { counter: 1_795_000_000, wantsKeys: true, bundle: random(1_797) };
const plaintext = encodeStatement(root, seed, said);
const words = {
  stated: random(32),
  answererRoot: random(32),
  restoredRoot: random(32),
  highest: 70_000,
};

test('a statement says what was said, and only to whom has root and key', () => {
  assert.equal(plaintext.length, BOX_PLAINTEXT);
  assert.deepEqual(openStatement(root, publicKey, plaintext), said);
  assert.equal(openStatement(random(32), publicKey, plaintext), null);
  assert.equal(openStatement(root, edKeyPair(random(32)).publicKey, plaintext), null);
  assert.equal(openStatement(root, publicKey, encodeStatement(root, random(32), said)), null);
  assert.equal(openStatement(root, publicKey, encodeStatement(random(32), seed, said)), null);
});

test('decoder: a statement of every other length, or with any bit another, is none', () => {
  const open = (bytes: Uint8Array) => openStatement(root, publicKey, bytes);
  for (let n = 0; n < plaintext.length; n++) assert.equal(open(plaintext.slice(0, n)), null);
  assert.equal(open(Uint8Array.of(...plaintext, 0)), null);
  for (let bit = 0; bit < plaintext.length * 8; bit++) {
    const bytes = plaintext.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(open(bytes), null, `bit ${bit}`);
  }
});

test('decoder: what a statement holds, before it is checked', () => {
  const encode = (read: ReturnType<typeof readStatement>): Uint8Array =>
    new ByteWriter(BOX_PLAINTEXT)
      .u8(20)
      .u64(read.counter)
      .u8(read.wantsKeys ? 1 : 0)
      .put(read.pair)
      .put(read.bundle)
      .put(read.signature)
      .put(read.mac).bytes;
  assert.deepEqual(encode(readStatement(plaintext)), plaintext);
  checkLengths(plaintext, readStatement);
  checkBits(plaintext, readStatement, encode);
  checkFuzz(plaintext, readStatement, 'recovery statement');
});

test('decoder: answers and words', () => {
  const ciphertext = random(1_860);
  const answer = encodeAnswer(ciphertext);
  assert.deepEqual(decodeAnswer(answer), ciphertext);
  checkLengths(answer, decodeAnswer);
  checkBits(answer, decodeAnswer, encodeAnswer);
  checkFuzz(answer, decodeAnswer, 'recovery answer');
  assert.equal(decodeAnswer(encodeAnswer(random(2_261))).length, 2_261);
  assert.throws(() => encodeAnswer(random(2_262)));
  const encoded = encodeWords(words);
  assert.deepEqual(decodeWords(encoded), words);
  checkLengths(encoded, decodeWords);
  checkBits(encoded, decodeWords, encodeWords);
  checkFuzz(encoded, decodeWords, 'recovery words');
});

test('boxes: of each root, period, turn and statement their own', () => {
  const stated = hashOfStatement(plaintext);
  const all = [
    statementBox(root, 5, 0),
    statementBox(root, 5, 1),
    statementBox(root, 6, 0),
    statementBox(random(32), 5, 0),
    answerBox(root, stated),
    answerBox(root, random(32)),
    answerBox(random(32), stated),
  ];
  assert.equal(new Set(all.map(({ id }) => id.toHex())).size, all.length);
  assert.equal(periodOf(2 * 86_400_000 - 1), 0);
  assert.equal(periodOf(2 * 86_400_000), 1);
});
