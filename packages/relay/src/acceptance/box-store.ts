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
  /** A day to come, for an engine that looks at a clock of its own; the suite's days go forward. */
  readonly today?: number;
}

const RECORD = 2_400;
const SOME_DAY = 20_000;

/** A box that may be stored. */
type TestBox = StoredBox & { readonly expiryDay: number };

/** Box number `n`: its bytes are a function of `n` and `version`. */
export function testBox(n: number, options: { version?: number; day?: number } = {}): TestBox {
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
    expiryDay: options.day ?? SOME_DAY + 21,
  };
}

function same(actual: Uint8Array | null | undefined, wanted: StoredBox): void {
  assert.ok(actual, 'a record is there');
  assert.ok(equalBytes(actual, wanted.record), 'the record is the one that was put');
}

export function boxStoreAcceptance(name: string, factory: BoxStoreFactory): void {
  const TODAY = factory.today ?? SOME_DAY;
  const newBox = (n: number, options: { version?: number; day?: number } = {}): TestBox =>
    testBox(n, { day: TODAY + 21, ...options });
  describe(`box store: ${name}`, () => {
    let store: BoxStore;
    before(async () => {
      store = await factory.open();
    });
    after(() => store.close());
    const read = async (box: StoredBox) => (await store.get([box.mark]))[0] ?? null;
    const put = async (box: StoredBox) => (await store.put(box)).outcome;
    const bury = (box: StoredBox, effectDay: number) =>
      store.tombstone(box.mark, box.id, effectDay);

    test('first write wins: stored, same, taken', async () => {
      const box = newBox(1);
      assert.equal(await put(box), 'stored');
      assert.equal(await put(box), 'same');
      assert.equal(await put(newBox(1, { version: 1 })), 'taken');
      same(await read(box), box);
    });

    test('a retry on a later day is the same box, and is told the day of the first write', async () => {
      const box = newBox(2);
      const { expiryDay } = box;
      assert.deepEqual(await store.put(box), { outcome: 'stored', expiryDay });
      for (const later of [expiryDay + 1, expiryDay - 15]) {
        const again = await store.put({ ...box, expiryDay: later });
        assert.deepEqual(again, { outcome: 'same', expiryDay });
        assert.equal(await put(newBox(2, { version: 1, day: later })), 'taken');
      }
    });

    test('another id under the same mark is taken', async () => {
      const box = newBox(3);
      assert.equal(await put(box), 'stored');
      assert.equal(await put({ ...newBox(4), mark: box.mark }), 'taken');
    });

    test('of two concurrent writes exactly one is stored', async () => {
      const boxes = [
        newBox(5),
        newBox(5, { version: 1 }),
        newBox(5, { version: 2, day: TODAY + 9 }),
      ];
      const outcomes = await Promise.all(boxes.map(put));
      assert.deepEqual([...outcomes].sort(), ['stored', 'taken', 'taken']);
      const winner = boxes[outcomes.indexOf('stored')];
      assert.ok(winner);
      same(await read(winner), winner);
    });

    test('the same box twice at a time is stored once, with one day', async () => {
      const box = newBox(6);
      const results = await Promise.all(
        [box, { ...box, expiryDay: TODAY + 5 }].map((one) => store.put(one)),
      );
      assert.deepEqual(results.map(({ outcome }) => outcome).sort(), ['same', 'stored']);
      const days = results.map((result) => ('expiryDay' in result ? result.expiryDay : null));
      assert.ok(days[0] === days[1] && days[0] !== null);
    });

    test('without an expiry day nothing new is stored, and the rest is answered as ever', async () => {
      const box = newBox(7);
      const held = newBox(8);
      const before = await store.count();
      assert.equal(await put({ ...box, expiryDay: null }), 'refused');
      assert.equal(await read(box), null);
      assert.equal(await store.count(), before);
      const { expiryDay } = held;
      await store.put(held);
      assert.deepEqual(await store.put({ ...held, expiryDay: null }), {
        outcome: 'same',
        expiryDay,
      });
      assert.equal(await put({ ...newBox(8, { version: 1 }), expiryDay: null }), 'taken');
      assert.equal(await put(box), 'stored');
    });

    test('get answers in the order asked, null for what is absent', async () => {
      const a = newBox(10);
      const b = newBox(11, { day: TODAY + 3 });
      await Promise.all([store.put(a), store.put(b)]);
      const [x, y, z, w] = await store.get([b.mark, newBox(12).mark, a.mark, b.mark]);
      same(x, b);
      assert.equal(y, null);
      same(z, a);
      same(w, b);
      assert.deepEqual(await store.get([]), []);
    });

    test('a read sees a write that was asked for before it', async () => {
      const box = newBox(13);
      const [, records] = await Promise.all([store.put(box), store.get([box.mark])]);
      // Not before: one that is not acknowledged yet may be seen or not.
      if (records[0] != null) same(records[0], box);
      same(await read(box), box);
    });

    test('marks at the ends of the range are ordinary marks', async () => {
      for (const [i, fill] of [0x00, 0xff, 0x80, 0x7f].entries()) {
        const mark = new Uint8Array(8).fill(fill) as Mark;
        assert.equal((await store.get([mark]))[0], null);
        const box = { ...newBox(20 + i), mark };
        assert.equal(await put(box), 'stored');
        same(await read(box), box);
      }
    });

    test('marks that share one half are different marks', async () => {
      const marks = [
        '0000000100000000',
        '0000000000000001',
        '0000000100000001',
        '8000000000000001',
      ];
      const boxes = marks.map((text, i) => ({
        ...newBox(25 + i),
        mark: Uint8Array.from(Buffer.from(text, 'hex')) as Mark,
      }));
      for (const box of boxes) assert.equal(await put(box), 'stored');
      for (const box of boxes) same(await read(box), box);
    });

    test('a caller may use its buffers again at once', async () => {
      const box = newBox(30);
      const record = box.record.slice() as BoxRecord;
      const mark = box.mark.slice() as Mark;
      const id = box.id.slice() as BoxId;
      const stored = store.put({ ...box, mark, record, id });
      record.fill(0);
      mark.fill(0);
      id.fill(0);
      assert.equal((await stored).outcome, 'stored');
      same(await read(box), box);
      const asked = box.mark.slice() as Mark;
      const records = store.get([asked]);
      asked.fill(0);
      same((await records)[0], box);
    });

    test('a tombstone takes effect on its day, and leaves a hash until the expiry day', async () => {
      const box = newBox(40, { day: TODAY + 3 });
      const kept = newBox(41);
      await Promise.all([store.put(box), store.put(kept)]);
      await bury(box, TODAY + 1);
      await store.tombstone(kept.mark, box.id, TODAY + 1);
      await bury(newBox(42), TODAY + 1);
      same(await read(box), box);
      // A drop of the same day, after a restart say, changes no answer.
      await store.expire(TODAY);
      same(await read(box), box);
      assert.equal(await put(box), 'same');
      await store.expire(TODAY + 1);
      assert.equal(await read(box), null);
      same(await read(kept), kept);
      const { expiryDay } = box;
      assert.deepEqual(await store.put(box), { outcome: 'same', expiryDay });
      assert.equal(await read(box), null);
      assert.equal(await put(newBox(40, { version: 1 })), 'taken');
      await bury(box, TODAY + 2);
      await store.expire(TODAY + 2);
      assert.equal(await put(box), 'same');
      await store.expire(TODAY + 3);
      assert.equal(await put(newBox(40, { version: 1 })), 'stored');
    });

    test('a second tombstone does not put off the first', async () => {
      const box = newBox(45);
      await store.put(box);
      await bury(box, TODAY + 4);
      await bury(box, TODAY + 6);
      await store.expire(TODAY + 4);
      assert.equal(await read(box), null);
    });

    test('a drop that was missed erases what came due meanwhile', async () => {
      const boxes = [newBox(46), newBox(47)];
      await Promise.all(boxes.map((box) => store.put(box)));
      for (const [i, box] of boxes.entries()) await bury(box, TODAY + 4 + i);
      await store.expire(TODAY + 5);
      for (const box of boxes) assert.equal(await read(box), null);
    });

    test('expire drops whole days that have come and nothing else', async () => {
      const gone = [newBox(50, { day: TODAY + 6 }), newBox(51, { day: TODAY + 7 })];
      const stays = newBox(52, { day: TODAY + 8 });
      for (const box of [...gone, stays]) assert.equal(await put(box), 'stored');
      await store.expire(TODAY + 7);
      for (const box of gone) assert.equal(await read(box), null);
      same(await read(stays), stays);
      await store.expire(TODAY + 7);
      for (const box of gone) assert.equal(await put({ ...box, expiryDay: TODAY + 21 }), 'stored');
      for (const box of gone) same(await read(box), box);
    });

    test('a drop while boxes come and are read loses neither', async () => {
      const old = Array.from({ length: 300 }, (_, i) => newBox(300 + i, { day: TODAY + 9 }));
      const young = Array.from({ length: 300 }, (_, i) => newBox(600 + i));
      await Promise.all(old.map((box) => store.put(box)));
      const [, ...outcomes] = await Promise.all([store.expire(TODAY + 9), ...young.map(put)]);
      assert.ok(outcomes.every((outcome) => outcome === 'stored'));
      const records = await store.get([...old, ...young].map((box) => box.mark));
      assert.ok(records.slice(0, old.length).every((record) => record === null));
      for (const [i, box] of young.entries()) same(records[old.length + i], box);
    });

    test('count is the room that is taken', async () => {
      const before = await store.count();
      const boxes = [newBox(60), newBox(61), newBox(62, { day: TODAY + 10 })];
      await Promise.all(boxes.map((box) => store.put(box)));
      await store.put(newBox(60));
      assert.equal(await store.count(), before + 3);
      await store.expire(TODAY + 10);
      assert.equal(await store.count(), before + 2);
    });

    test('a thousand boxes at once', async () => {
      const boxes = Array.from({ length: 1_000 }, (_, i) => newBox(1_000 + i));
      const outcomes = await Promise.all(boxes.map(put));
      assert.ok(outcomes.every((outcome) => outcome === 'stored'));
      const records = await store.get(boxes.map((box) => box.mark));
      for (const [i, box] of boxes.entries()) same(records[i], box);
      const again = await Promise.all(boxes.map(put));
      assert.ok(again.every((outcome) => outcome === 'same'));
    });

    test('everything is there after closing and opening again', async (t) => {
      if (factory.reopen === null) return t.skip('this engine keeps nothing');
      const box = newBox(70);
      const erased = newBox(71);
      await Promise.all([store.put(box), store.put(erased)]);
      await bury(erased, TODAY + 12);
      const before = await store.count();
      store = await factory.reopen(store);
      assert.equal(await store.count(), before);
      same(await read(box), box);
      const { expiryDay } = box;
      assert.deepEqual(await store.put({ ...box, expiryDay: expiryDay + 1 }), {
        outcome: 'same',
        expiryDay,
      });
      assert.equal(await put(newBox(70, { version: 1 })), 'taken');
      await store.expire(TODAY + 11);
      same(await read(erased), erased);
      await store.expire(TODAY + 12);
      assert.equal(await read(erased), null);
      store = await factory.reopen(store);
      assert.equal(await read(erased), null);
      assert.equal(await put(erased), 'same');
    });
  });
}
