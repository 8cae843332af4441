import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendQueue } from '../../src/link-tls/queue.ts';

const frame = (n: number) => Uint8Array.of(n >> 8, n & 0xff);
const nothing = () => undefined;

function take(queue: SendQueue, now: number) {
  const { next, expired } = queue.take(now);
  return { frame: next?.frame ?? null, expired };
}

test('frames leave in order; the oldest goes when it is full', () => {
  const queue = new SendQueue(3, 1_000);
  assert.equal(queue.push(frame(1), 0, nothing), false);
  queue.push(frame(2), 0, nothing);
  queue.push(frame(3), 0, nothing);
  assert.equal(queue.push(frame(4), 0, nothing), true);
  assert.equal(queue.size, 3);
  assert.deepEqual(take(queue, 0), { frame: frame(2), expired: 0 });
  assert.deepEqual(take(queue, 0), { frame: frame(3), expired: 0 });
  assert.deepEqual(take(queue, 0), { frame: frame(4), expired: 0 });
  assert.deepEqual(take(queue, 0), { frame: null, expired: 0 });
});

test('frames that waited too long are passed over and counted', () => {
  const queue = new SendQueue(10, 1_000);
  queue.push(frame(1), 0, nothing);
  queue.push(frame(2), 500, nothing);
  queue.push(frame(3), 2_000, nothing);
  assert.deepEqual(take(queue, 2_000), { frame: frame(3), expired: 2 });
  queue.push(frame(4), 2_000, nothing);
  assert.deepEqual(take(queue, 9_000), { frame: null, expired: 1 });
});

test('a long run keeps order and memory', () => {
  const queue = new SendQueue(100, 1_000);
  const model: number[] = [];
  for (let n = 0; n < 10_000; n++) {
    queue.push(frame(n), 0, nothing);
    model.push(n);
    if (model.length > 100) model.shift();
    if (n % 3 === 0) assert.deepEqual(take(queue, 0).frame, frame(model.shift() ?? -1));
    assert.equal(queue.size, model.length);
  }
});
