/** Recovery roots of a pair (docs/spec/20-recovery.md, 8). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, hex } from '@tacet/base';
import type { MemoryStore } from '@tacet/testkit';
import type { ModelPerson } from '@tacet/testkit/model';
import { WatchList } from '../../src/boxes/watches.ts';
import { MAX_RECOVERY_ROOTS } from '../../src/limits.ts';
import { OwnRoots } from '../../src/recovery/own-roots.ts';
import { ROOT_LASTS, TheirRoots } from '../../src/recovery/their-roots.ts';
import { blob, num, numOrNull } from '../../src/store/rows.ts';
import { contactStore } from '../streams/stream-pair.ts';
import { twoPeople } from './restored-people.ts';

const own = ({ store }: ModelPerson): string => {
  const row = store.get('SELECT root FROM own_roots WHERE contact_id = 1');
  assert.ok(row !== undefined);
  return hex(blob(row, 'root'));
};

function rootsOf(store: MemoryStore): TheirRoots {
  const listener = { onAnnounced: () => undefined, onRead: () => undefined };
  const watches = new WatchList(store, () => null, listener);
  return new TheirRoots(store, watches, () => undefined);
}

/** Newest last. */
const theirs = ({ store }: ModelPerson): string[] =>
  store
    .all('SELECT root FROM their_roots WHERE contact_id = 1 ORDER BY id')
    .map((row) => hex(blob(row, 'root')));

/** As after thirty days. */
function aged({ store }: ModelPerson): void {
  store.run('UPDATE own_roots SET own_at = own_at - ?', 30 * DAY);
}

test('rule 3.6: a pair has a root in each direction from its meeting on, and says nothing for it', async () => {
  const { alice, bob } = await twoPeople('roots');
  assert.deepEqual(theirs(bob), [own(alice)]);
  assert.deepEqual(theirs(alice), [own(bob)]);
  assert.notEqual(own(alice), own(bob));
  const said =
    "SELECT 1 AS one FROM notices UNION SELECT 1 FROM ciphertexts WHERE notice = 'recovery'";
  assert.equal(alice.store.get(said), undefined);
});

test('rule 3.6: after thirty days another root comes through the session, and counts once it was receipted', async () => {
  const { world, alice, bob } = await twoPeople('replaced');
  const first = own(alice);
  aged(alice);
  for (let n = 0; n < 500 && theirs(bob).length === 1; n++) await world.run(10_000);
  const [old, next] = theirs(bob);
  assert.equal(old, first);
  assert.equal(own(alice), first, 'nobody has said that it is there');
  await world.run(HOUR);
  assert.equal(own(alice), next);
  assert.notEqual(next, first);
  await world.run(3 * HOUR);
  assert.equal(theirs(bob).length, 2, 'once');
});

test('a profile of before has no root: each contact is told one, sixteen in an hour', () => {
  const store = contactStore();
  for (let id = 2; id <= 40; id++) {
    store.run(
      `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
       VALUES (?, ?, '', 'link', 'ready', 0, 0)`,
      id,
      `n${id}`,
    );
  }
  store.run("UPDATE contacts SET out_chain = x'00'");
  const roots = new OwnRoots(store, { fill: (bytes) => bytes.fill(7) });
  const waiting = () => num(store.get('SELECT count(*) AS n FROM notices') ?? {}, 'n');
  for (const wanted of [16, 32, 40, 40]) {
    roots.replace(100 * DAY);
    assert.equal(waiting(), wanted);
  }
});

test('rule 3.6: what was replaced is kept for sixty days, and of many roots the newest', () => {
  const store = contactStore();
  const roots = rootsOf(store);
  const root = (n: number) => new Uint8Array(32).fill(n);
  const kept = () =>
    store
      .all('SELECT root, replaced_at FROM their_roots ORDER BY id')
      .map((row) => [blob(row, 'root')[0], numOrNull(row, 'replaced_at')]);
  roots.add(1, root(1), 0);
  roots.add(1, root(2), DAY);
  roots.add(1, root(1), 2 * DAY);
  assert.deepEqual(
    kept(),
    [
      [1, DAY],
      [2, null],
    ],
    'one that was told before is nothing new',
  );
  roots.tend(DAY + ROOT_LASTS - 1);
  assert.equal(kept().length, 2);
  roots.tend(DAY + ROOT_LASTS);
  assert.deepEqual(kept(), [[2, null]], 'the newest stays, however old');
  for (let n = 3; n < 30; n++) roots.add(1, root(n), DAY);
  assert.equal(kept().length, MAX_RECOVERY_ROOTS);
  assert.equal(kept().at(-1)?.[0], 29);
});
