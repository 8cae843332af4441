import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MarkSet } from '../../src/boxes-sqlite/marks.ts';

const RUNS = { numRuns: Number(process.env.FC_RUNS ?? 100) };
const mark = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n, -(2n ** 32n)),
);

test('a MarkSet is a set', () => {
  fc.assert(
    fc.property(
      fc.array(mark, { maxLength: 3_000 }),
      fc.array(mark),
      fc.integer(),
      (a, b, salt) => {
        const marks = new MarkSet(salt);
        const model = new Set<bigint>();
        for (const value of a) {
          marks.add(value);
          model.add(value);
        }
        assert.equal(marks.size, model.size);
        for (const value of [...a, ...b]) assert.equal(marks.has(value), model.has(value));
      },
    ),
    RUNS,
  );
});
