/**
 * What binds the bytes of a file to the content that announced it (docs/spec/19-files.md, 1): a hash of
 * each block, and one of all of them. Pure; the writer feeds blocks in order and keeps nothing of them.
 */
import { ByteWriter, equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { type Geometry, HASH_BYTES } from './geometry.ts';

/** The entry of block `block` in the list, 32 bytes. */
export function blockHash(block: number, bytes: Uint8Array): Uint8Array {
  return hash('file-block', new ByteWriter(4).u32(block).bytes, bytes);
}

/** What a content names: of the whole list and the size. */
export function treeHash(size: number, list: Uint8Array): Uint8Array {
  return hash('file-tree', new ByteWriter(8).u64(size).bytes, list);
}

/** Whether a list that came is the one the content named. */
export function isList(geometry: Geometry, tree: Uint8Array, list: Uint8Array): boolean {
  return list.length === geometry.listBytes && equalBytes(treeHash(geometry.size, list), tree);
}

/** Whether a block is the one the (checked) list names. */
export function isBlock(list: Uint8Array, block: number, bytes: Uint8Array): boolean {
  const named = list.subarray(block * HASH_BYTES, (block + 1) * HASH_BYTES);
  return equalBytes(blockHash(block, bytes), named);
}
