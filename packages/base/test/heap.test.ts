import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeadlineHeap } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { randomInt } from '../src/rng.ts';

test('values leave by deadline, ties in order of entry, as a sorted list says', () => {
  const rng = seededRng('heap');
  const heap = new DeadlineHeap<number>();
  let model: { at: number; n: number }[] = [];
  for (let n = 0; n < 20_000; n++) {
    if (randomInt(rng, 5) < 3) {
      const at = randomInt(rng, 50) / 4;
      heap.push(at, n);
      model.push({ at, n });
    } else {
      const now = randomInt(rng, 50) / 4;
      const [first] = model.toSorted((a, b) => a.at - b.at || a.n - b.n);
      const due = first !== undefined && first.at <= now ? first.n : undefined;
      assert.equal(heap.nextAt, first?.at);
      assert.equal(heap.popDue(now), due);
      if (due !== undefined) model = model.filter((one) => one.n !== due);
    }
    assert.equal(heap.size, model.length);
    if (model.length > 60) {
      const order = model.toSorted((a, b) => a.at - b.at || a.n - b.n).map((one) => one.n);
      assert.deepEqual(
        order.map(() => heap.pop()),
        order,
      );
      model = [];
    }
  }
});

test('an empty heap gives nothing', () => {
  const heap = new DeadlineHeap<string>();
  assert.equal(heap.pop(), undefined);
  assert.equal(heap.popDue(Number.POSITIVE_INFINITY), undefined);
  assert.equal(heap.nextAt, undefined);
});
