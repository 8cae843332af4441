import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStoreCommand } from '@tacet/relay';
import { testBox } from '@tacet/relay/acceptance';
import { MemoryBoxes } from '@tacet/relay/acceptance/memory-boxes';

test('each command goes to the store and comes back with its result', async () => {
  const store = new MemoryBoxes();
  const box = testBox(1);
  assert.deepEqual(await runStoreCommand(store, { kind: 'put', box }), {
    kind: 'put',
    result: { outcome: 'stored', expiryDay: box.expiryDay },
  });
  const got = await runStoreCommand(store, { kind: 'get', marks: [box.mark] });
  assert.deepEqual(got, { kind: 'get', records: [box.record] });
  const { mark, id } = box;
  const today = box.expiryDay - 1;
  const tombstone = { kind: 'tombstone', mark, id, effectDay: today } as const;
  assert.equal((await runStoreCommand(store, tombstone)).kind, 'tombstone');
  assert.deepEqual(await runStoreCommand(store, { kind: 'count' }), { kind: 'count', count: 1 });
  assert.equal((await runStoreCommand(store, { kind: 'expire', today })).kind, 'expire');
  assert.deepEqual(await runStoreCommand(store, { kind: 'get', marks: [mark] }), {
    kind: 'get',
    records: [null],
  });
});

test('a store that throws has failed, and nothing is rejected', async () => {
  const store = new MemoryBoxes();
  store.get = async () => {
    throw new Error('disk full');
  };
  assert.deepEqual(await runStoreCommand(store, { kind: 'get', marks: [] }), { kind: 'failed' });
});
