/** 2.4: a box that may stand somewhere is written to both edges, whatever its owner wants. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { BoxAnswer, BoxRecord, Mark } from '@tacet/wire';
import { type PutOwner, PutQueue } from '../../src/boxes/puts.ts';
import { A, B, fakeNetwork } from '../fake-network.ts';
import { migratedStore } from '../migrated-store.ts';

const OWNER: PutOwner = {
  onSent: () => undefined,
  onStored: () => undefined,
  onTaken: () => undefined,
  onExhausted: () => undefined,
};
const STORED: BoxAnswer = { status: 'stored', expiryDay: 1 };

function setUp() {
  const store = migratedStore();
  const network = fakeNetwork();
  const open = () => {
    const puts = new PutQueue(store, seededRng('puts'), () => network);
    puts.register('part', OWNER);
    const sources = [puts.first(0), puts.second()];
    const send = (now: number) => {
      for (const source of sources) {
        const plan = source.next(now, true);
        plan?.onSent?.(now);
        if (plan !== null) return plan;
      }
      return null;
    };
    return { puts, send };
  };
  const add = (puts: PutQueue): void =>
    puts.add({
      owner: 'part',
      ref: 7,
      part: 0,
      priority: 0,
      contactId: null,
      record: new Uint8Array(2_400) as BoxRecord,
      mark: new Uint8Array(8) as Mark,
      notBefore: 0,
      moves: 0,
    });
  return { store, open, add };
}

test('a box cancelled while its first PUT is on its way gets both copies', () => {
  const { store, open, add } = setUp();
  const { puts, send } = open();
  add(puts);
  const first = send(0);
  assert.equal(first?.edge, A);
  puts.cancel('part', 7);
  first?.settle(STORED, 1_000);
  const second = send(2 * MINUTE);
  assert.equal(second?.edge, B);
  second?.settle(STORED, 2 * MINUTE);
  assert.equal(send(4 * MINUTE), null);
  assert.deepEqual(store.all('SELECT id FROM puts'), []);
});

test('neither a lost answer nor a restart leaves a cancelled box at one edge', () => {
  const { open, add } = setUp();
  const { puts, send } = open();
  add(puts);
  const first = send(0);
  puts.cancel('part', 7);
  first?.settle(null, 1_000);
  const again = open();
  const edges = [];
  for (let now = MINUTE; now < 10 * MINUTE; now += MINUTE) {
    const plan = again.send(now);
    if (plan === null) continue;
    edges.push(plan.edge);
    plan.settle(STORED, now);
  }
  assert.deepEqual(edges, [A, B]);
});

test('a box that was never sent is forgotten when it is cancelled', () => {
  const { store, open, add } = setUp();
  const { puts, send } = open();
  add(puts);
  puts.cancel('part', 7);
  assert.equal(send(0), null);
  assert.deepEqual(store.all('SELECT id FROM puts'), []);
});

test('rule 2.7: a late answer counts as the copy it tells of, once', () => {
  const { store, open, add } = setUp();
  const { puts, send } = open();
  add(puts);
  const lost = send(0);
  lost?.settle(null, 1_000);
  const again = send(MINUTE);
  assert.deepEqual([again?.edge, again?.retry], [A, true]);
  lost?.late?.(STORED, MINUTE + 1);
  again?.settle(STORED, MINUTE + 2);
  const [row] = store.all('SELECT copies, first_edge FROM puts');
  assert.deepEqual([row?.['copies'], row?.['first_edge']], [1, A]);
  const copy = send(4 * MINUTE);
  assert.equal(copy?.edge, B);
  copy?.settle(null, 4 * MINUTE);
  copy?.late?.(STORED, 5 * MINUTE);
  assert.deepEqual(store.all('SELECT id FROM puts'), []);
  lost?.late?.(STORED, 6 * MINUTE);
  assert.equal(send(9 * MINUTE), null);
});

test('rule 2.7: a late refusal, or a late word that something else stands there, changes nothing', () => {
  const { store, open, add } = setUp();
  const { puts, send } = open();
  add(puts);
  const lost = send(0);
  lost?.settle(null, 1_000);
  const before = store.all('SELECT * FROM puts');
  lost?.late?.({ status: 'refused' } as BoxAnswer, 2_000);
  lost?.late?.({ status: 'taken' } as BoxAnswer, 2_000);
  assert.deepEqual(store.all('SELECT * FROM puts'), before);
  assert.equal(send(MINUTE)?.retry, true);
});
