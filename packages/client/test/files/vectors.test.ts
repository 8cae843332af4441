/**
 * The vectors of files, by src and by a slow second implementation that shares no code with it
 * (docs/spec/19-files.md, 1, 5 and 6).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { concat, hex, fromHex as unhex } from '@tacet/base';
import { hash as hashOf } from '@tacet/crypto';
import type { NetworkId } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import { openRecord, sealRecord } from '@tacet/wire';
import { decodeFilePart, encodeFilePart, fileBox } from '../../src/files/boxes.ts';
import { courseOf } from '../../src/files/course.ts';
import { geometryOf, step } from '../../src/files/geometry.ts';
import { fileName } from '../../src/files/names.ts';
import { FileTable } from '../../src/files/table.ts';
import { type BlockWrite, Uploads } from '../../src/files/uploads.ts';
import { migratedStore } from '../migrated-store.ts';
import * as reference from '../reference/files.ts';
import { fromHex, hash, stream, toHex } from '../reference/primitives.ts';
import { Reading } from './reading.ts';

type Ranges = readonly (readonly [number, number])[];
interface Change {
  readonly index: number;
  readonly at: number;
  readonly xor: number;
}
interface Vectors {
  readonly networkId: string;
  readonly secret: string;
  readonly steps: readonly (readonly [number, number])[];
  readonly files: readonly {
    readonly size: number;
    readonly seed: string;
    readonly blocks: number;
    readonly tree: string;
    readonly list: string;
    readonly body: string;
    readonly parts: number;
    readonly boxes: number;
    readonly orderFirst: readonly number[];
    readonly orderLast: readonly number[];
  }[];
  readonly rounds: readonly {
    readonly size: number;
    readonly wanted: Ranges;
    readonly order: readonly number[];
  }[];
  readonly boxes: readonly {
    readonly index: number;
    readonly round: number;
    readonly seed: string;
    readonly key: string;
    readonly id: string;
    readonly mark: string;
  }[];
  readonly records: readonly {
    readonly size: number;
    readonly index: number;
    readonly round: number;
    readonly hash: string;
    readonly hex?: string;
  }[];
  readonly together: { readonly size: number; readonly cases: readonly Case[] };
  readonly cells: readonly Readonly<Record<string, string | number>>[];
  readonly names: readonly (readonly [string, string])[];
}
interface Case {
  readonly why: string;
  readonly changed?: readonly Change[];
  readonly broken?: readonly Change[];
  readonly size?: number;
  readonly treeXor?: number;
  readonly absent?: readonly number[];
  readonly is: 'whole' | 'unfinished' | 'damaged';
  readonly missing?: readonly number[];
}

const url = new URL('../../../../vectors/files/files.json', import.meta.url);
const vectors = JSON.parse(readFileSync(url, 'utf8')) as Vectors;
const [networkId, secret] = [fromHex(vectors.networkId), fromHex(vectors.secret)];
const network = networkId as NetworkId;

function fileOf(size: number): Uint8Array {
  const found = vectors.files.find((one) => one.size === size);
  if (found === undefined) throw new Error('no such file');
  return stream(fromHex(found.seed), size);
}

/** What src cuts a file into: the blocks of its body, as they go into cells. */
function cutBySrc(file: Uint8Array) {
  const store = migratedStore();
  const uploads = new Uploads(
    store,
    new FileTable(store),
    seededRng('vectors of files'),
    () => Infinity,
  );
  const upload = uploads.begin(file.length, 0);
  const writes: BlockWrite[] = [];
  for (let at = 0; at < file.length; at += 100_000) {
    writes.push(...uploads.put(upload, at, file.subarray(at, at + 100_000), 0));
  }
  writes.push(...uploads.finish(upload));
  for (const { done } of writes) done();
  const { bodyBytes } = geometryOf(file.length);
  const blocks = writes.toSorted((a, b) => a.place.block - b.place.block).map(({ bytes }) => bytes);
  const cells = concat(...blocks);
  assert.ok(cells.subarray(bodyBytes).every((byte) => byte === 0));
  return { tree: uploads.loaded(upload).tree, body: cells.subarray(0, bodyBytes) };
}

test('vectors of files: blocks, list, tree, parts, boxes and their order', () => {
  for (const one of vectors.files) {
    const file = fileOf(one.size);
    const slow = reference.cut(file);
    assert.equal(slow.blocks.length, one.blocks);
    assert.equal(toHex(slow.tree), one.tree);
    assert.equal(toHex(hash('file-tree', slow.list)), one.list);

    const { tree, body } = cutBySrc(file);
    assert.equal(hex(tree), one.tree);
    assert.equal(hex(hashOf('file-tree', body)), one.body);
    assert.ok(Buffer.from(slow.body).equals(body));
    assert.equal(hex(hashOf('file-tree', body.subarray(one.size))), one.list);

    const geometry = geometryOf(one.size);
    for (const cut of [slow, geometry]) {
      assert.equal(cut.parts, one.parts);
      assert.equal(cut.boxes, one.boxes);
    }
    assert.equal(geometry.blocks, one.blocks);
    const order = reference.order(one.size, null);
    const course = courseOf(geometry, null);
    assert.deepEqual(order.slice(0, 4), one.orderFirst);
    assert.deepEqual(order.slice(-4), one.orderLast);
    assert.deepEqual(
      Array.from({ length: course.length }, (_, place) => course.at(place)),
      order,
    );
    for (const [place, part] of order.entries()) assert.equal(course.placeOf(part), place);
  }
});

test('vectors of files: steps, and the order of later rounds', () => {
  for (const [n, boxes] of vectors.steps) {
    assert.equal(reference.step(n), boxes);
    assert.equal(step(n), boxes);
  }
  for (const { size, wanted, order } of vectors.rounds) {
    const course = courseOf(geometryOf(size), wanted);
    assert.deepEqual(reference.order(size, wanted), order);
    for (const [place, part] of order.entries()) assert.equal(course.placeOf(part), place);
    assert.deepEqual(
      Array.from({ length: course.length }, (_, place) => course.at(place)),
      order,
    );
  }
});

test('vectors of files: boxes by number and round, and the records in them', () => {
  for (const { index, round, ...said } of vectors.boxes) {
    const { seed, key, id, mark } = reference.box(secret, index, round);
    assert.deepEqual(
      { seed: toHex(seed), key: toHex(key), id: toHex(id), mark: toHex(mark) },
      said,
    );
    const box = fileBox(secret, index, round);
    assert.deepEqual(
      { seed: hex(box.seed), key: hex(box.key), id: hex(box.id), mark: hex(box.mark) },
      said,
    );
  }
  for (const { size, index, round, hash: hashed, hex: whole } of vectors.records) {
    const { body, parts } = reference.cut(fileOf(size));
    const inside = reference.plaintext(body, index);
    const slow = reference.record(networkId, reference.box(secret, index, round), inside);
    const box = fileBox(secret, index, round);
    const bytes =
      index < parts ? body.subarray(index * 2_263, (index + 1) * 2_263) : body.slice(0, 0);
    const record = sealRecord(box, network, encodeFilePart(bytes));
    assert.deepEqual(slow, Uint8Array.from(record));
    assert.equal(hex(hashOf('file-tree', record)), hashed);
    if (whole !== undefined) assert.deepEqual(unhex(whole), slow);
    assert.deepEqual(reference.opened(networkId, { secret, index, round }, record), inside);
    const opened = openRecord(box, network, record);
    assert.ok(opened !== null);
    assert.deepEqual(decodeFilePart(opened, bytes.length), Uint8Array.from(bytes));
  }
});

function flipped(bytes: Uint8Array, changes: readonly Change[], index: number): Uint8Array {
  const here = changes.filter((one) => one.index === index);
  if (here.length === 0) return bytes;
  const changed = Uint8Array.from(bytes);
  for (const { at, xor } of here) {
    changed[at] = (changed[at] ?? 0) ^ xor;
  }
  return changed;
}

test('vectors of files: put together from records, and what is wrong with them', async () => {
  const { size, cases } = vectors.together;
  const file = fileOf(size);
  const { body, parts, tree } = reference.cut(file);
  const sealed = Array.from({ length: parts }, (_, index) =>
    reference.record(networkId, reference.box(secret, index, 0), reference.plaintext(body, index)),
  );
  // Most records stand in every case; a signature is slow.
  const known = new Map<Uint8Array, Uint8Array | null>();
  const open: typeof reference.opened = (id, place, bytes) => {
    const inside = known.get(bytes) ?? reference.opened(id, place, bytes);
    known.set(bytes, inside);
    return inside;
  };
  const boxes = sealed.map((_, index) => reference.box(secret, index, 0));
  for (const one of cases) {
    const { changed = [], broken = [], absent = [], why } = one;
    const records = reference.order(size, null).flatMap((index) => {
      const good = sealed[index];
      if (good === undefined || absent.includes(index)) return [];
      const box = boxes[index] ?? reference.box(secret, index, 0);
      const inside = flipped(reference.plaintext(body, index), changed, index);
      const made = changed.some((change) => change.index === index)
        ? reference.record(networkId, box, inside)
        : good;
      return [{ index, round: 0, bytes: flipped(made, broken, index) }];
    });
    const named = Uint8Array.from(tree);
    named[0] = (named[0] ?? 0) ^ (one.treeXor ?? 0);
    const told = { secret, size: one.size ?? size, tree: named };

    const slow = reference.together(networkId, told, records, open);
    assert.equal(slow.is, one.is, why);
    if (slow.is === 'whole') assert.deepEqual(slow.file, file);
    if (slow.is === 'unfinished') assert.deepEqual(slow.missing, one.missing, why);

    const reading = new Reading({ ...told, networkId });
    for (const { index, bytes } of records) {
      reading.offer(index, bytes);
      await reading.work();
    }
    const states = { whole: 'here', unfinished: 'wanted', damaged: 'damaged' } as const;
    assert.equal(reading.file.state, states[one.is], why);
    if (one.is === 'whole') assert.deepEqual(await reading.bytes(), file);
    if (one.is !== 'unfinished') assert.equal(reading.file.secret, null, why);
    for (const part of one.missing ?? []) assert.ok(reading.watch(part) !== null, why);
  }
});

test('vectors of files: names become what may be shown and saved', () => {
  for (const [claimed, name] of vectors.names) {
    assert.equal(reference.cleaned(claimed), name, JSON.stringify(claimed));
    assert.equal(fileName(claimed), name, JSON.stringify(claimed));
    assert.equal(fileName(name), name, 'the same again');
  }
});
