/** Receipts say what was saved, whatever order sequences come in and however high they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { covers } from '../../src/content/envelope.ts';
import { ReceivedSet } from '../../src/inbox/received.ts';
import { migratedStore } from '../migrated-store.ts';

function set(): ReceivedSet {
  const store = migratedStore();
  store.exec(
    `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
     VALUES (1, 'a', 'a', 'link', 'ready', 0, 0)`,
  );
  return new ReceivedSet(store);
}

test('rule 3.5: a receipt covers what was saved and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), (sequences) => {
      const received = set();
      for (const seq of sequences) received.add(1, seq);
      const receipt = received.receipt(1);
      for (let seq = 1; seq <= 42; seq++) {
        assert.equal(received.has(1, seq), sequences.includes(seq));
        assert.equal(covers(receipt, seq), sequences.includes(seq));
      }
    }),
    { numRuns: Number(process.env['FC_RUNS'] ?? 100) },
  );
});

test('a contact who leaves out every other sequence, up to the highest, costs little', () => {
  const received = set();
  const top = 2 ** 32 - 1;
  for (let n = 0; n < 5_000; n++) received.add(1, top - 2 * n);
  const { upTo, ranges } = received.receipt(1);
  assert.equal(upTo, 0);
  assert.equal(ranges.length, 32);
  assert.deepEqual(ranges[0], [top - 9_998, top - 9_998]);
});
