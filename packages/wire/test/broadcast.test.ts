import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, randomBytes, shuffle } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { seededRng } from '@tacet/testkit';
import {
  BROADCAST_PAGE,
  type BroadcastItem,
  BroadcastReader,
  MAX_BROADCAST_ITEM,
  MAX_BROADCAST_UNFINISHED,
  MAX_BROADCAST_UNFINISHED_BYTES,
  packBroadcast,
} from '@tacet/wire';
import fc from 'fast-check';
import { CELL_LENGTH, type Cell, readCell } from '../src/broadcast.ts';
import { assertMalformed, checkBitFlips, checkFuzz, checkLengths, RUNS } from './support/exact.ts';

const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);
const digest = (n: number): BroadcastItem => ({ kind: 'digest', bytes: bytes(n) });
const document = (n: number): BroadcastItem => ({ kind: 'document', bytes: bytes(n) });
const takeAll = (reader: BroadcastReader, pages: readonly Uint8Array[]): BroadcastItem[] =>
  pages.flatMap((page) => reader.take(page));

test('items come out as they went in, in order', () => {
  const items = [digest(1), digest(563), document(20_000), digest(564), digest(4_504)];
  const pages = packBroadcast(items);
  assert.ok(pages.every((page) => page.length === BROADCAST_PAGE));
  assert.deepEqual(takeAll(new BroadcastReader(), pages), items);
});

test('nothing to tell makes no page; one cell makes one', () => {
  assert.deepEqual(packBroadcast([]), []);
  assert.equal(packBroadcast([digest(563)]).length, 1);
  assert.equal(packBroadcast(Array.from({ length: 9 }, () => digest(1))).length, 2);
});

test('pages may come in any order, repeated, and in the middle of the carousel', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(40), (seed, drop) => {
      const rng = seededRng(seed);
      const items = [document(30_000), digest(800), digest(3_000)];
      const pages = packBroadcast(items);
      const first = shuffle(rng, [...pages, ...pages]).slice(drop % pages.length);
      const out = takeAll(new BroadcastReader(), [...first, ...pages]);
      const order = (list: BroadcastItem[]) => list.map(({ bytes: b }) => b.toHex()).sort();
      assert.deepEqual(order(out), order(items));
    }),
    { numRuns: Math.min(RUNS, 200) },
  );
});

test('an item comes out once, however often it goes round', () => {
  const reader = new BroadcastReader();
  const pages = packBroadcast([document(10_000)]);
  const out = Array.from({ length: 20 }, () => takeAll(reader, pages)).flat();
  assert.equal(out.length, 1);
  assert.equal(reader.size, 0);
});

test('an item is whole or not at all: a missing page is waited for', () => {
  const reader = new BroadcastReader();
  const item = document(20_000);
  const pages = packBroadcast([item]);
  assert.deepEqual(takeAll(reader, pages.slice(1)), []);
  assert.deepEqual(takeAll(reader, pages.slice(0, 1)), [item]);
});

test('a page of another length is malformed', () => {
  const reader = new BroadcastReader();
  for (const n of [0, BROADCAST_PAGE - 1, BROADCAST_PAGE + 1]) {
    assertMalformed((page) => reader.take(page), bytes(n));
  }
});

/** docs/spec/03-links.md, 6. */
function encodeCell({ kind, itemId, total, index, data }: Cell): Uint8Array {
  const writer = new ByteWriter(CELL_LENGTH).u8(kind === 'digest' ? 1 : 2).put(itemId);
  return writer.u32(total).u16(index).put(data).bytes;
}

test('a cell is read exactly: full ones, the last of an item, and one that is the whole item', () => {
  const items = [document(563), digest(564), document(1)];
  const cells = packBroadcast(items).flatMap((page) =>
    Array.from({ length: 4 }, (_, i) => page.slice(i * CELL_LENGTH, (i + 1) * CELL_LENGTH)),
  );
  assert.equal(cells.length, 4);
  for (const cell of cells) {
    assert.deepEqual(encodeCell(readCell(cell)), cell);
    checkLengths(cell, readCell);
    checkFuzz(cell, readCell);
    let taken = 0;
    const bent = cell.slice();
    checkBitFlips(cell, readCell, (value, bit) => {
      taken += 1;
      bent[bit >> 3] = (bent[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.deepEqual(encodeCell(value as Cell), bent, `bit ${bit}`);
      bent.set(cell);
    });
    assert.ok(taken >= 128, 'ids may be anything');
  }
  for (const code of [0, 3, 255]) {
    const [cell = assert.fail()] = cells;
    assertMalformed(readCell, Uint8Array.of(code, ...cell.subarray(1)));
  }
});

test('a damaged cell costs itself: counted, and the next round mends it', () => {
  const item = digest(2_000);
  const [page] = packBroadcast([item]);
  assert.ok(page);
  for (let bit = 0; bit < 586 * 8 * 4; bit += 11) {
    const reader = new BroadcastReader();
    const bent: Uint8Array = page.slice();
    bent[bit >> 3] = (bent[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.deepEqual(reader.take(bent), []);
    const mended: BroadcastItem[] = [...reader.take(page), ...reader.take(page)];
    assert.deepEqual(mended, [item], `bit ${bit}`);
  }
});

test('hostile pages: no exception, bounded memory, and honest items still come through', () => {
  const reader = new BroadcastReader();
  const rng = seededRng('hostile');
  for (let i = 0; i < 5_000; i++) {
    const page = randomBytes(rng, BROADCAST_PAGE);
    for (let cell = 0; cell < 8; cell++) {
      const view = new DataView(page.buffer, cell * 586);
      view.setUint8(0, i % 5);
      view.setUint32(17, i % 2 === 0 ? MAX_BROADCAST_ITEM - (i % 7) : i);
      view.setUint16(21, i % 40);
    }
    reader.take(page);
    assert.ok(reader.size <= MAX_BROADCAST_UNFINISHED_BYTES);
    const unfinished = Reflect.get(reader, 'unfinished') as Map<bigint, unknown>;
    assert.ok(unfinished.size <= MAX_BROADCAST_UNFINISHED);
  }
  assert.ok(reader.counters.get('evicted') > 1_000);
  assert.ok(reader.counters.get('malformed') > 1_000);
  const item = document(50_000);
  assert.deepEqual(takeAll(reader, packBroadcast([item])), [item]);
});

test('an item of many cells is held no longer than there is room', () => {
  const reader = new BroadcastReader();
  const pages = Array.from({ length: 6 }, () => packBroadcast([document(4_000_000)]).slice(1));
  for (const page of pages.flat()) {
    reader.take(page);
    assert.ok(reader.size <= MAX_BROADCAST_UNFINISHED_BYTES);
  }
  assert.ok(reader.counters.get('evicted') >= 2);
});

test('cells that name one item and mean two are told apart by the hash', () => {
  const item = digest(1_000);
  const [page] = packBroadcast([item]);
  assert.ok(page);
  const reader = new BroadcastReader();
  const forged = page.slice(0);
  forged[30] = (forged[30] as number) ^ 1;
  assert.deepEqual(reader.take(forged), []);
  assert.equal(reader.counters.get('mismatch'), 1);
  const longer = page.slice(0);
  new DataView(longer.buffer).setUint32(17, 1_001);
  new DataView(longer.buffer).setUint32(586 + 17, 1_001);
  reader.take(longer);
  assert.deepEqual(reader.take(page), [item]);
  assert.equal(reader.counters.get('mismatch'), 2);
});

test('what cannot be told is refused by the packer', () => {
  const range = { code: 'wire-range' };
  assert.throws(() => packBroadcast([digest(0)]), range);
  assert.throws(() => packBroadcast([document(MAX_BROADCAST_ITEM + 1)]), range);
});
