/** Boxes that are waited for, and for how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY } from '@tacet/base';
import { WatchList } from '../../src/boxes/watches.ts';
import { boxFrom } from '../../src/streams/chain.ts';
import { fakeNetwork } from '../fake-network.ts';
import { migratedStore } from '../migrated-store.ts';

const ignored = { onAnnounced: () => undefined, onRead: () => undefined };
const LIFE = 3;

test('a box that is waited for anew is forgotten as late as one that was added then', () => {
  const store = migratedStore();
  const network = fakeNetwork();
  const open = (): WatchList => new WatchList(store, () => network, ignored);
  const watches = open();
  const old = boxFrom(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
  const renewed = boxFrom(new Uint8Array(32).fill(3), new Uint8Array(32).fill(4));
  watches.add('own-next', 0, 1, old, 0);
  watches.renew(watches.add('own-next', 0, 2, renewed, 0), 'own', 20 * DAY);
  for (const which of [() => watches, open]) {
    const list = which();
    list.expire(20 + LIFE, LIFE);
    assert.equal(list.at(old.mark), null);
    assert.equal(list.at(renewed.mark)?.owner, 'own');
  }
  const last = open();
  last.expire(20 + LIFE + 3, LIFE);
  assert.equal(last.size, 0);
});
