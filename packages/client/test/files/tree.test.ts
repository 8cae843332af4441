import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '@tacet/base';
import { BLOCK_BYTES, geometryOf } from '../../src/files/geometry.ts';
import { blockHash, isBlock, isList, treeHash } from '../../src/files/tree.ts';

const size = BLOCK_BYTES * 2 + 5;
const bytes = new Uint8Array(size).map((_, i) => i % 251);
const blocks = [0, 1, 2].map((b) => bytes.subarray(b * BLOCK_BYTES, (b + 1) * BLOCK_BYTES));
const list = concat(...blocks.map((block, b) => blockHash(b, block)));
const tree = treeHash(size, list);
const geometry = geometryOf(size);

test('what was hashed is recognised, block by block', () => {
  assert.ok(isList(geometry, tree, list));
  for (const [b, block] of blocks.entries()) assert.ok(isBlock(list, b, block));
});

test('a changed bit, another place, another length, another size are not', () => {
  const changed = Uint8Array.from(blocks[1] ?? []);
  changed[7] = (changed[7] ?? 0) ^ 1;
  assert.ok(!isBlock(list, 1, changed));
  const [first = new Uint8Array(), second = new Uint8Array(), last = new Uint8Array()] = blocks;
  assert.ok(!isBlock(list, 1, first) && !isBlock(list, 0, second));
  assert.ok(!isBlock(list, 2, concat(last, Uint8Array.of(0))));
  assert.ok(!isBlock(list, 3, last), 'no such block');
  assert.ok(!isList(geometryOf(size - 1), tree, list), 'another size');
  assert.ok(!isList(geometry, tree, list.subarray(32)));
  const moved = concat(list.subarray(32, 64), list.subarray(0, 32), list.subarray(64));
  assert.ok(!isList(geometry, tree, moved));
});
