import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, hex, isAppError } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { EpochReplayGuard, REPLAY_EPOCHS_MAX, ReplaySet } from '@tacet/onion';
import fc from 'fast-check';
import { bytes, RUNS } from './support.ts';

const newSet = (capacity: number): ReplaySet => new ReplaySet({ capacity, rng: systemRng });
const tag = fc.uint8Array({ minLength: 8, maxLength: 8 });
/** Tags from few values, so that repeats and neighbours are common. */
const near = fc
  .array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 })
  .map((values) => Uint8Array.from(values));

test('a replay set is a set: same answers as a model, nothing forgotten', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(tag, near), { maxLength: 200 }), (tags) => {
      const set = newSet(200);
      const model = new Set<string>();
      for (const each of tags) {
        const known = model.has(hex(each));
        assert.equal(set.has(each), known);
        assert.equal(set.insert(each), known ? 'known' : 'new');
        model.add(hex(each));
      }
      assert.equal(set.size, model.size);
      for (const each of tags) assert.ok(set.has(each));
    }),
    { numRuns: RUNS },
  );
});

test('a table that is wiped holds no tag any more', () => {
  const set = newSet(20);
  const tags = [new Uint8Array(8), ...Array.from({ length: 19 }, () => bytes(8))];
  for (const each of tags) set.insert(each);
  assert.equal(set.exportTags().length, 20 * 8);
  set.wipe();
  assert.equal(set.exportTags().length, 0);
  for (const each of tags) assert.ok(!set.has(each));
});

test('the tag of zeros is a tag like any other', () => {
  const set = newSet(1);
  const zero = new Uint8Array(8);
  assert.ok(!set.has(zero));
  assert.equal(set.insert(zero), 'new');
  assert.equal(set.insert(zero), 'known');
  assert.ok(set.has(zero));
  assert.equal(set.insert(bytes(8)), 'full');
  assert.deepEqual(set.exportTags(), zero);
});

test('a full set refuses new tags, at its capacity exactly', () => {
  for (const capacity of [1, 11, 12, 13, 1_000]) {
    const set = newSet(capacity);
    for (let i = 0; i < capacity; i++) assert.equal(set.insert(bytes(8)), 'new');
    assert.equal(set.insert(bytes(8)), 'full');
    assert.equal(set.size, capacity);
    assert.ok(set.bytes >= (capacity * 8) / 0.75);
  }
});

test('tags survive export and import in any order', () => {
  fc.assert(
    fc.property(fc.array(tag, { maxLength: 50 }), (tags) => {
      const [set, copy] = [newSet(50), newSet(50)];
      for (const each of tags) set.insert(each);
      copy.importTags(set.exportTags());
      assert.equal(copy.size, set.size);
      for (const each of tags) assert.ok(copy.has(each));
    }),
    { numRuns: RUNS },
  );
});

test('a log of broken tags, or of more than fits, is refused', () => {
  const set = newSet(2);
  for (const length of [1, 7, 9, 15]) {
    assert.throws(
      () => set.importTags(bytes(length)),
      (error) => isAppError(error, 'malformed'),
    );
  }
  assert.equal(set.size, 0);
  assert.throws(
    () => set.importTags(bytes(24)),
    (error) => isAppError(error, 'replay-capacity'),
  );
});

test('chosen tags do not crowd one region of the table', () => {
  // All equal in their low, and in their high, 32 bits: a plain mask would chain them.
  for (const place of [0, 4]) {
    const set = newSet(50_000);
    const tags = Array.from({ length: 50_000 }, (_, i) => {
      const each = new Uint8Array(8).fill(7);
      new DataView(each.buffer).setUint32(place, i * 65_536 + (i >> 16));
      return each;
    });
    const start = performance.now();
    for (const each of tags) set.insert(each);
    assert.ok(performance.now() - start < 2_000);
    assert.equal(set.size, new Set(tags.map(hex)).size);
  }
});

test('a capacity out of range is refused', () => {
  for (const capacity of [0, -1, 1.5, 2 ** 31]) {
    assert.throws(
      () => newSet(capacity),
      (error) => isAppError(error, 'replay-capacity'),
    );
  }
});

test('a guard keeps epochs apart, logs what is new and forgets an epoch at once', () => {
  const guard = new EpochReplayGuard({ capacity: 3_000, rng: systemRng, log: 'keep' });
  const tags = Array.from({ length: 2_000 }, () => bytes(8));
  for (const each of tags) assert.ok(guard.insert(1, each));
  const [one] = tags;
  assert.ok(one);
  assert.ok(guard.has(1, one) && !guard.has(2, one));
  assert.ok(!guard.insert(1, one));
  assert.ok(guard.insert(2, one));
  const log = guard.takeLog();
  assert.deepEqual(
    log.map(({ epoch }) => epoch),
    [1, 2],
  );
  assert.deepEqual(log[0]?.tags, concat(...tags));
  assert.deepEqual(log[1]?.tags, one);
  guard.erase(1);
  assert.equal(guard.size(1), 0);
  assert.ok(!guard.has(1, one) && guard.has(2, one));
});

test('a guard without a log keeps none, and more epochs than its cap are refused', () => {
  const guard = new EpochReplayGuard({ capacity: 10, rng: systemRng, log: 'none' });
  for (let epoch = 0; epoch < REPLAY_EPOCHS_MAX; epoch++) assert.ok(guard.insert(epoch, bytes(8)));
  assert.deepEqual(guard.takeLog(), []);
  assert.ok(!guard.insert(REPLAY_EPOCHS_MAX, bytes(8)));
  assert.throws(() => guard.load(REPLAY_EPOCHS_MAX, bytes(8)));
});
