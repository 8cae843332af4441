import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DoneRing,
  END,
  JobQueue,
  ringMemory,
  Slots,
  slotMemory,
} from '../../../src/relay/opening/memory.ts';

test('two ends see the same slots', () => {
  const memory = slotMemory(3);
  const [a, b] = [new Slots(memory), new Slots(memory)];
  assert.equal(a.count, 3);
  a.frame(1).fill(7);
  assert.equal(b.frame(1)[12_287], 7);
  assert.equal(b.frame(0)[12_287], 0);
  assert.equal(b.frame(2)[0], 0);
  assert.equal(a.frame(1), a.frame(1));
  a.putBytes(
    2,
    16,
    Uint8Array.from({ length: 32 }, (_, i) => i),
  );
  const out = new Uint8Array(32);
  b.takeBytes(2, 16, out);
  assert.equal(out[31], 31);
  assert.equal(b.words[b.record(2) + 16], new Uint32Array(Uint8Array.of(0, 1, 2, 3).buffer)[0]);
});

test('a slot that is wiped holds nothing, its neighbours what they held', () => {
  const memory = slotMemory(3);
  const slots = new Slots(memory);
  new Uint8Array(memory.frames).fill(7);
  slots.words.fill(7);
  slots.wipe(1);
  assert.ok(slots.frame(1).every((byte) => byte === 0));
  const record = (slot: number) => slots.words.subarray(slots.record(slot), slots.record(slot + 1));
  assert.ok(record(1).every((word) => word === 0));
  for (const other of [0, 2]) {
    assert.ok(slots.frame(other).every((byte) => byte === 7));
    assert.ok(record(other).every((word) => word === 7));
  }
});

test('jobs come in order, each once, past the end of the ring', () => {
  const memory = ringMemory(4);
  const [main, thread, other] = [new JobQueue(memory), new JobQueue(memory), new JobQueue(memory)];
  for (let round = 0; round < 100; round++) {
    for (let slot = 0; slot < 4; slot++) main.push(slot);
    main.push(END);
    assert.deepEqual([thread.take(), other.take(), thread.take()], [0, 1, 2]);
    assert.deepEqual([other.take(), other.take()], [3, END]);
  }
});

test('finished slots come back from several writers, past the end of the ring', () => {
  const memory = ringMemory(4);
  const [main, a, b] = [new DoneRing(memory), new DoneRing(memory), new DoneRing(memory)];
  for (let round = 0; round < 100; round++) {
    assert.equal(main.take(), null);
    a.push(0);
    b.push(3);
    assert.deepEqual([main.take(), main.take(), main.take()], [0, 3, null]);
  }
});
