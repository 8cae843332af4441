import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, isAppError } from '@tacet/base';
import { decodeFilePart, encodeFilePart, fileBox } from '../../src/files/boxes.ts';
import { FILE_PART_BYTES } from '../../src/files/geometry.ts';
import { checkBits, checkFuzz, checkLengths } from '../exact.ts';

const secret = new Uint8Array(32).fill(7);

test('boxes of a file differ by number, round and secret in every value', () => {
  const other = new Uint8Array(32).fill(8);
  const boxes = [
    ...[fileBox(secret, 0, 0), fileBox(secret, 1, 0), fileBox(secret, 0, 1)],
    ...[fileBox(secret, 256, 0), fileBox(other, 0, 0)],
  ];
  for (const name of ['seed', 'key', 'id', 'mark'] as const) {
    assert.equal(new Set(boxes.map((box) => hex(box[name]))).size, boxes.length, name);
  }
  assert.deepEqual(fileBox(secret, 1, 0), boxes[1]);
});

test('a part is read as it was written, full, short and empty', () => {
  for (const length of [FILE_PART_BYTES, 5, 0]) {
    const bytes = new Uint8Array(length).fill(3);
    assert.deepEqual(decodeFilePart(encodeFilePart(bytes), length), bytes);
  }
});

test('another kind, another length, something behind the end are malformed', () => {
  const part = encodeFilePart(new Uint8Array(10).fill(3));
  const kind = Uint8Array.from(part);
  kind[0] = 1;
  const cases: readonly (readonly [Uint8Array, number])[] = [
    [kind, 10],
    [part, 9],
    [part.subarray(1), 10],
    [part, FILE_PART_BYTES + 1],
  ];
  for (const [bytes, length] of cases) {
    assert.throws(
      () => decodeFilePart(bytes, length),
      (error) => isAppError(error, 'malformed'),
    );
  }
  assert.throws(() => encodeFilePart(new Uint8Array(FILE_PART_BYTES + 1)));
});

test('a part keeps the rules of every decoder: lengths, bits, damage', () => {
  for (const length of [FILE_PART_BYTES, 100, 0]) {
    const part = encodeFilePart(new Uint8Array(length).fill(3));
    const decode = (bytes: Uint8Array): Uint8Array => decodeFilePart(bytes, length);
    checkLengths(part, decode);
    checkBits(part, decode, encodeFilePart);
    checkFuzz(part, decode, `part of ${length}`);
  }
});
