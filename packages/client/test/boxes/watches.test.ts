/** Boxes that are waited for, and for how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { Mark } from '@tacet/wire';
import { WatchList } from '../../src/boxes/watches.ts';
import { RecentMarks } from '../../src/network/marks.ts';
import { boxFrom } from '../../src/streams/chain.ts';
import { A, B, fakeNetwork } from '../fake-network.ts';
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

test('what digests of the last five minutes said of a box is heard again, of what they said only that', () => {
  const now = DAY;
  const marks = new RecentMarks(seededRng('heard again'));
  const heard: [number, unknown][] = [];
  const watches = new WatchList(migratedStore(), () => Object.assign(fakeNetwork(), { marks }), {
    onAnnounced: ({ index }, edge) => heard.push([index, edge]),
    onRead: () => undefined,
  });
  const box = (n: number) => boxFrom(new Uint8Array(32).fill(n), new Uint8Array(32).fill(n));
  const name = (at: number, edge: typeof A, ...ns: number[]) =>
    marks.add(edge, at, [new Uint8Array(8) as Mark, ...ns.map((n) => box(n).mark)], at);
  name(now - 6 * MINUTE, A, 1);
  name(now - 4 * MINUTE, B, 2, 4);
  name(now - MINUTE, A, 2);
  const [old, twice, never] = [1, 2, 3].map((n) => watches.add('stream', 1, n, box(n), now));
  watches.add('stream', 2, 4, box(4), now);
  assert.ok(old !== undefined && twice !== undefined && never !== undefined);
  watches.hearAgain([old, twice, never], now);
  assert.deepEqual(
    heard.sort(([, a], [, b]) => (a === b ? 0 : a === A ? -1 : 1)),
    [
      [2, A],
      [2, B],
    ],
  );
  assert.deepEqual(
    [1, 2, 3].map((n) => watches.heardOf(box(n).mark, now)),
    [false, true, false],
  );
});
