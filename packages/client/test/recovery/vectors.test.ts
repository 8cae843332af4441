/** vectors/recovery, against the code and against a reader that shares none of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hex } from '@tacet/base';
import {
  answerBox,
  decodeAnswer,
  decodeWords,
  encodeAnswer,
  encodeStatement,
  encodeWords,
  hashOfStatement,
  openStatement,
  statementBox,
} from '../../src/recovery/boxes.ts';
import { decodeList, encodeList, listBox, listRoot } from '../../src/recovery/list-boxes.ts';
import { firstRoot } from '../../src/recovery/own-roots.ts';
import { hash, fromHex as unhex } from '../reference/primitives.ts';
import * as reference from '../reference/recovery.ts';

const file = new URL('../../../../vectors/recovery/boxes.json', import.meta.url);
const V = JSON.parse(readFileSync(file, 'utf8'));
const root = unhex(V.root);
const [seed, ed25519, bundle] = [unhex(V.seed), unhex(V.ed25519), unhex(V.bundle)];

test('vectors: the first root, and statements', () => {
  assert.equal(hex(firstRoot(unhex(V.stream))), V.root);
  assert.equal(hex(hash('recovery-root', unhex(V.stream))), V.root);
  assert.ok(V.statements.length > 0);
  for (const { counter, wantsKeys, plaintext, name, answerId, answerKey } of V.statements) {
    const bytes = unhex(plaintext);
    const said = { counter, wantsKeys, bundle };
    assert.equal(hex(encodeStatement(root, seed, said)), plaintext);
    assert.equal(hex(reference.statement({ root, seed, ...said })), plaintext);
    assert.deepEqual(openStatement(root, ed25519, bytes), said);
    assert.deepEqual(reference.readStatement(root, ed25519, bytes), said);
    assert.equal(hex(hashOfStatement(bytes)), name);
    assert.equal(hex(reference.nameOf(bytes)), name);
    for (const box of [answerBox, reference.answerBox]) {
      const { id, key } = box(root, unhex(name));
      assert.deepEqual([hex(id), hex(key)], [answerId, answerKey]);
    }
    const damaged = bytes.slice();
    damaged[1_900] = (damaged[1_900] ?? 0) ^ 1;
    assert.equal(openStatement(root, ed25519, damaged), null);
    assert.equal(reference.readStatement(root, ed25519, damaged), null);
  }
});

test('vectors: boxes, the answer and its words', () => {
  for (const { period, turn, id, key } of V.boxes) {
    for (const box of [statementBox, reference.statementBox]) {
      const made = box(root, period, turn);
      assert.deepEqual([hex(made.id), hex(made.key)], [id, key]);
    }
  }
  const ciphertext = unhex(V.answer.ciphertext);
  assert.equal(hex(encodeAnswer(ciphertext)), V.answer.plaintext);
  assert.equal(hex(reference.answer(ciphertext)), V.answer.plaintext);
  assert.deepEqual(decodeAnswer(unhex(V.answer.plaintext)), ciphertext);
  const { highest, plaintext } = V.words;
  const [stated, answererRoot, restoredRoot] = ['stated', 'answererRoot', 'restoredRoot'].map(
    (name) => unhex(V.words[name]),
  ) as [Uint8Array, Uint8Array, Uint8Array];
  const words = { stated, answererRoot, restoredRoot, highest };
  assert.equal(hex(encodeWords(words)), plaintext);
  assert.equal(hex(reference.words(stated, answererRoot, restoredRoot, highest)), plaintext);
  assert.deepEqual(decodeWords(unhex(plaintext)), words);
});

test('vectors: the contact list', () => {
  const { phraseRoot, boxes, counter, entries, plaintext } = V.list;
  for (const rootOf of [listRoot, reference.listRoot]) {
    assert.equal(hex(rootOf(unhex(phraseRoot))), V.list.root);
  }
  for (const { period, index, id, key } of boxes) {
    for (const box of [listBox, reference.listBox]) {
      const made = box(unhex(V.list.root), period, index);
      assert.deepEqual([hex(made.id), hex(made.key)], [id, key]);
    }
  }
  const read = decodeList(unhex(plaintext));
  assert.equal(hex(encodeList(read)), plaintext);
  assert.equal(hex(reference.list(counter, entries)), plaintext);
  assert.equal(read.counter, counter);
  for (const [n, entry] of read.entries.entries()) {
    for (const [name, value] of Object.entries(entry)) {
      assert.equal(value instanceof Uint8Array ? hex(value) : value, entries[n][name], name);
    }
  }
});
