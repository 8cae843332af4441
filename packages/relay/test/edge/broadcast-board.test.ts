import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes } from '@tacet/base';
import { BroadcastReader } from '@tacet/wire';
import { BoardCursor, BroadcastBoard } from '../../src/edge/broadcast-board.ts';
import { BOARD_PAGES } from '../../src/limits.ts';
import { bytes } from '../support/edge.ts';

const HOUR = 3_600_000;

/** A page of its own for each digest: 8 cells hold 4,504 bytes. */
function boardWith(pages: number): { board: BroadcastBoard; put: (at: number) => Uint8Array } {
  const board = new BroadcastBoard();
  const put = (at: number): Uint8Array => {
    board.add(bytes(4_504));
    board.seal(at);
    return board.page(board.end - 1);
  };
  for (let i = 0; i < pages; i++) put(i);
  return { board, put };
}

test('a link is given news first, newest first', () => {
  const { board, put } = boardWith(3);
  const cursor = new BoardCursor(board);
  const news = [put(10), put(11), put(12)];
  assert.deepEqual([cursor.next(), cursor.next(), cursor.next()], news.toReversed());
});

test('then, in turns, the documents and what was there before it, newest first', () => {
  const { board, put } = boardWith(3);
  board.setDocuments([bytes(10_000)]);
  const cursor = new BoardCursor(board);
  const given = Array.from({ length: 12 }, () => cursor.next());
  const past = given.filter((page) => !board.documentPages.includes(page));
  assert.deepEqual(past, [board.page(2), board.page(1), board.page(0)]);
  assert.equal(new Set(given.filter((page) => board.documentPages.includes(page))).size, 3);
  assert.ok(board.documentPages.includes(cursor.next()), 'documents go round');
  const news = put(20);
  assert.equal(cursor.next(), news);
  assert.ok(board.documentPages.includes(cursor.next()));
});

test('a client without a document is given the documents once before any news', () => {
  const { board, put } = boardWith(3);
  board.setDocuments([bytes(10_000)]);
  const cursor = new BoardCursor(board, true);
  const news = [put(10), put(11)];
  const documents = board.documentPages.length;
  const first = Array.from({ length: documents }, () => cursor.next());
  assert.equal(new Set(first).size, documents);
  for (const page of first) assert.ok(board.documentPages.includes(page));
  assert.deepEqual([cursor.next(), cursor.next()], news.toReversed());
});

test('a new document is given to standing links page by page, before the old one and the past', () => {
  const { board, put } = boardWith(100);
  const [old, fresh] = [bytes(80_000), bytes(80_000)];
  board.setDocuments([old]);
  const cursor = new BoardCursor(board);
  for (let i = 0; i < 50; i++) cursor.next();
  board.setDocuments([old, fresh]);
  const reader = new BroadcastReader();
  const items = (page: Uint8Array) => reader.take(page).map((item) => item.bytes);
  const news = put(10);
  assert.equal(cursor.next(), news, 'news do not wait for it');
  const pages = Math.ceil(80_000 / 4_504);
  const given = Array.from({ length: pages }, () => items(cursor.next())).flat();
  assert.deepEqual(
    given.map((item) => equalBytes(item, fresh)),
    [true],
  );
  board.setDocuments([fresh]);
  for (let i = 0; i < 300; i++) cursor.next();
  assert.ok(board.documentPages.includes(cursor.next()), 'what is old is given no second time');
});

test('no page is given twice to one link, and all of an hour are given', () => {
  const { board, put } = boardWith(100);
  const cursor = new BoardCursor(board);
  const given: Uint8Array[] = [];
  for (let i = 0; i < 400; i++) {
    if (i % 3 === 0 && i < 150) put(1_000 + i);
    given.push(cursor.next());
  }
  const real = given.filter((page) => page.some((byte) => byte !== 0));
  assert.equal(new Set(real).size, real.length);
  assert.equal(real.length, 150);
});

test('rule 2.4: digests stay for one hour', () => {
  const { board, put } = boardWith(0);
  put(0);
  const later = put(HOUR - 1);
  assert.equal(board.end - board.start, 2);
  put(HOUR + 1);
  assert.equal(board.start, 1);
  assert.equal(board.page(1), later);
  const cursor = new BoardCursor(board);
  put(3 * HOUR);
  assert.equal(board.start, 3, 'what a cursor wanted may be gone');
  assert.equal(cursor.next(), board.page(3));
  assert.ok(cursor.next().every((byte) => byte === 0));
});

test('a link that falls behind for ever holds a bounded memory of it', () => {
  const { board, put } = boardWith(0);
  const cursor = new BoardCursor(board);
  for (let i = 0; i < 10_000; i++) {
    put(i);
    put(i);
    cursor.next();
  }
  const wanted = Reflect.get(cursor, 'wanted') as unknown[];
  assert.ok(wanted.length <= 32, `${wanted.length} stretches`);
});

test('however short the digest period, the board holds a bounded number of pages', () => {
  const { board, put } = boardWith(0);
  for (let i = 0; i < BOARD_PAGES + 100; i++) put(i / 100);
  assert.equal(board.end - board.start, BOARD_PAGES);
});

test('two links at the same place of the broadcast hold the same bytes, not copies', () => {
  const { board, put } = boardWith(0);
  const cursors = [new BoardCursor(board), new BoardCursor(board)];
  put(1);
  const [a, b] = cursors.map((cursor) => cursor.next());
  assert.equal(a, b);
});
