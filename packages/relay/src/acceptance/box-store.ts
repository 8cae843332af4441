/**
 * What every BoxStore must do (docs/spec/05-boxes.md). An adapter's test calls
 * `boxStoreAcceptance` with a way to open one; the suite registers its tests with node:test.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { equalBytes } from '@tacet/base';
import type { BoxId, BoxRecord, Mark } from '@tacet/wire';
import type { BoxStore, StoredBox } from '../ports.ts';

export interface BoxStoreFactory {
  /** An empty store. */
  open(): Promise<BoxStore>;
  /** Closes `store` and opens the same data again; null for engines without a disk. */
  reopen: ((store: BoxStore) => Promise<BoxStore>) | null;
}

const RECORD = 2_400;
const TODAY = 20_000;

/** Box number `n`: its bytes are a function of `n` and `version`. */
export function testBox(n: number, options: { version?: number; day?: number } = {}): StoredBox {
  const record = new Uint8Array(RECORD);
  let state = (n * 2_654_435_761 + 12_345) >>> 0;
  for (let i = 0; i < RECORD; i++) {
    if (i === 96) state = (state ^ ((options.version ?? 0) * 40_503)) >>> 0;
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    record[i] = state >>> 24;
  }
  return {
    mark: record.slice(40, 48) as Mark,
    id: record.slice(0, 32) as BoxId,
    record: record as BoxRecord,
    expiryDay: options.day ?? TODAY + 21,
  };
}

function same(actual: Uint8Array | null | undefined, wanted: StoredBox): void {
  assert.ok(actual, 'a record is there');
  assert.ok(equalBytes(actual, wanted.record), 'the record is the one that was put');
}

export function boxStoreAcceptance(name: string, factory: BoxStoreFactory): void {
  describe(`box store: ${name}`, () => {
    let store: BoxStore;
    before(async () => {
      store = await factory.open();
    });
    after(() => store.close());
    const read = async (box: StoredBox) => (await store.get([box.mark]))[0] ?? null;

    test('first write wins: stored, same, taken', async () => {
      const box = testBox(1);
      assert.equal(await store.put(box), 'stored');
      assert.equal(await store.put(box), 'same');
      assert.equal(await store.put(testBox(1, { version: 1 })), 'taken');
      same(await read(box), box);
    });

    test('a retry on the next day, with another expiry day, is the same box', async () => {
      const box = testBox(2);
      assert.equal(await store.put(box), 'stored');
      assert.equal(await store.put({ ...box, expiryDay: box.expiryDay + 1 }), 'same');
      const other = testBox(2, { version: 1, day: box.expiryDay + 1 });
      assert.equal(await store.put(other), 'taken');
    });

    test('another id under the same mark is taken', async () => {
      const box = testBox(3);
      assert.equal(await store.put(box), 'stored');
      assert.equal(await store.put({ ...testBox(4), mark: box.mark }), 'taken');
    });

    test('of two concurrent writes exactly one is stored', async () => {
      const boxes = [testBox(5), testBox(5, { version: 1 }), testBox(5, { version: 2 })];
      const outcomes = await Promise.all(boxes.map((box) => store.put(box)));
      assert.deepEqual([...outcomes].sort(), ['stored', 'taken', 'taken']);
      const winner = boxes[outcomes.indexOf('stored')];
      assert.ok(winner);
      same(await read(winner), winner);
    });

    test('get answers in the order asked, null for what is absent', async () => {
      const a = testBox(10);
      const b = testBox(11, { day: TODAY + 3 });
      await Promise.all([store.put(a), store.put(b)]);
      const [x, y, z, w] = await store.get([b.mark, testBox(12).mark, a.mark, b.mark]);
      same(x, b);
      assert.equal(y, null);
      same(z, a);
      same(w, b);
      assert.deepEqual(await store.get([]), []);
    });

    test('marks at the ends of the range are ordinary marks', async () => {
      for (const [i, fill] of [0x00, 0xff, 0x80, 0x7f].entries()) {
        const mark = new Uint8Array(8).fill(fill) as Mark;
        assert.equal((await store.get([mark]))[0], null);
        const box = { ...testBox(20 + i), mark };
        assert.equal(await store.put(box), 'stored');
        same(await read(box), box);
      }
    });

    test('a caller may use its buffers again at once', async () => {
      const box = testBox(30);
      const record = box.record.slice() as BoxRecord;
      const mark = box.mark.slice() as Mark;
      const put = store.put({ ...box, mark, record });
      record.fill(0);
      mark.fill(0);
      assert.equal(await put, 'stored');
      same(await read(box), box);
    });

    test('a tombstone takes effect at the next drop and leaves id and hash', async () => {
      const box = testBox(40);
      const kept = testBox(41);
      await Promise.all([store.put(box), store.put(kept)]);
      await store.tombstone(box.mark, box.id);
      await store.tombstone(kept.mark, box.id);
      await store.tombstone(testBox(42).mark, testBox(42).id);
      same(await read(box), box);
      await store.expire(TODAY);
      assert.equal(await read(box), null);
      same(await read(kept), kept);
      assert.equal(await store.put(box), 'same');
      assert.equal(await read(box), null);
      assert.equal(await store.put(testBox(40, { version: 1 })), 'taken');
      await store.tombstone(box.mark, box.id);
      await store.expire(TODAY);
      assert.equal(await store.put(box), 'same');
    });

    test('expire drops whole days that have come and nothing else', async () => {
      const gone = [testBox(50, { day: TODAY + 1 }), testBox(51, { day: TODAY + 2 })];
      const stays = testBox(52, { day: TODAY + 3 });
      for (const box of [...gone, stays]) assert.equal(await store.put(box), 'stored');
      await store.expire(TODAY + 2);
      for (const box of gone) assert.equal(await read(box), null);
      same(await read(stays), stays);
      await store.expire(TODAY + 2);
      for (const box of gone)
        assert.equal(await store.put({ ...box, expiryDay: 20_021 }), 'stored');
    });

    test('count is the number of records held', async () => {
      const before = await store.count();
      const boxes = [testBox(60), testBox(61), testBox(62, { day: TODAY + 4 })];
      await Promise.all(boxes.map((box) => store.put(box)));
      assert.equal(await store.count(), before + 3);
      await store.expire(TODAY + 4);
      const dropped = await store.count();
      assert.ok(dropped <= before + 2);
    });

    test('a thousand boxes at once', async () => {
      const boxes = Array.from({ length: 1_000 }, (_, i) => testBox(1_000 + i));
      const outcomes = await Promise.all(boxes.map((box) => store.put(box)));
      assert.ok(outcomes.every((outcome) => outcome === 'stored'));
      const records = await store.get(boxes.map((box) => box.mark));
      for (const [i, box] of boxes.entries()) same(records[i], box);
    });

    test('everything is there after closing and opening again', async (t) => {
      if (factory.reopen === null) return t.skip('this engine keeps nothing');
      const box = testBox(70);
      const erased = testBox(71);
      await Promise.all([store.put(box), store.put(erased)]);
      await store.tombstone(erased.mark, erased.id);
      const before = await store.count();
      store = await factory.reopen(store);
      assert.equal(await store.count(), before);
      same(await read(box), box);
      assert.equal(await store.put(testBox(70, { version: 1 })), 'taken');
      await store.expire(TODAY);
      assert.equal(await read(erased), null);
      store = await factory.reopen(store);
      assert.equal(await read(erased), null);
      assert.equal(await store.put(erased), 'same');
    });
  });
}
