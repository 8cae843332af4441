/** The contact list under the recovery phrase, as it is posted and found (docs/spec/20-recovery.md, 11). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, hex, MINUTE } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { ModelPerson } from '@tacet/testkit/model';
import { openRecord } from '@tacet/wire';
import {
  decodeList,
  type ListPage,
  listBox,
  listPeriodOf,
  listRoot,
} from '../../src/recovery/list-boxes.ts';
import type { World } from '../trust/world.ts';
import { backupOf, heard, lose, restore, tell, twoPeople } from './restored-people.ts';

const rng = seededRng('contact list');
const random = (n: number): Uint8Array => rng.fill(new Uint8Array(n));
const PHRASE = { salt: new Uint8Array(32).fill(1), root: new Uint8Array(32).fill(2) };
/** Boxes of the model live for three days. */
const LIFE = 3;

/** What stands at the edges in this period, in order. */
function posted(world: World, phraseRoot: Uint8Array = PHRASE.root): ListPage[] {
  const pages: ListPage[] = [];
  for (let index = 0; ; index++) {
    const box = listBox(listRoot(phraseRoot), listPeriodOf(world.now, LIFE), index);
    const [record] = world.layer.standing(box.mark);
    if (record === undefined) return pages;
    const plaintext = openRecord(box, world.networkId as never, record);
    assert.ok(plaintext !== null);
    pages.push(decodeList(plaintext));
  }
}

const names = (pages: readonly ListPage[]): string[] =>
  pages.flatMap(({ entries }) => entries.map(({ name, blocked }) => (blocked ? `${name}!` : name)));

const phrase = (person: ModelPerson, root: Uint8Array = PHRASE.root): void => {
  person.act((client) => client.backups.set({ phrase: { ...PHRASE, root } }));
};

test('without a phrase nothing is posted; with one all, and then what is new or changed within the hour', async () => {
  const { world, alice, bob } = await twoPeople('list');
  await world.run(2 * HOUR);
  const puts = "SELECT 1 AS one FROM puts WHERE owner = 'list'";
  assert.equal(alice.store.get(puts), undefined);
  phrase(alice);
  await world.run(2 * HOUR);
  assert.deepEqual(names(posted(world)), ['bob']);
  const [page] = posted(world);
  assert.equal(page?.counter, 0);
  assert.equal(
    hex(page?.entries[0]?.keySetHash ?? random(1)),
    hex(bob.machine['e'].identity.keySetHash),
  );
  await world.run(2 * HOUR);
  assert.equal(posted(world).length, 1, 'nothing changed');
  const [carol] = await world.join('carol');
  assert.ok(carol);
  await world.meet(alice, carol);
  alice.act((client, now) => client.renameContact('bob', 'Robert', now));
  alice.act((client, now) => client.blockContact('Robert', now));
  await world.run(2 * HOUR);
  assert.deepEqual(names(posted(world)), ['bob', 'Robert!', 'carol']);
  // The next period has all of it again, and another phrase other boxes.
  await world.run(DAY);
  assert.deepEqual(names(posted(world)), ['Robert!', 'carol']);
  assert.deepEqual(names(posted(world, random(32))), []);
  const other = new Uint8Array(32).fill(9);
  phrase(alice, other);
  await world.run(2 * HOUR);
  assert.deepEqual(names(posted(world, other)), ['Robert!', 'carol']);
});

test('a root that was replaced is in the list, a blocked contact stays blocked, and a restore finds both', async () => {
  const { world, alice, bob } = await twoPeople('found');
  phrase(alice);
  const backup = backupOf(alice);
  const [carol] = await world.join('carol');
  assert.ok(carol);
  await world.meet(alice, carol);
  alice.act((client, now) => client.blockContact('carol', now));
  // Twice the time after which a root is replaced, and the one of the backup forgotten.
  for (let n = 0; n < 2; n++) {
    alice.store.run('UPDATE own_roots SET own_at = own_at - ?', 31 * DAY);
    await world.run(3 * HOUR);
  }
  bob.store.run('UPDATE their_roots SET replaced_at = replaced_at - ?', 61 * DAY);
  await world.run(2 * HOUR);
  lose(world, alice);
  const again = restore(world, { ...backup, at: backup.at - 70 * DAY }, 'found/again');
  const said = tell(world, again, 'bob', 'found you');
  await world.run(3 * HOUR);
  assert.equal(again.machine.message(said).state, 'delivered');
  assert.deepEqual(heard(bob, 'alice'), ['found you']);
  assert.equal(again.machine.contact('carol').blocked, true);
  // Blocked: she is told nothing, and looks away to her as before.
  assert.equal(carol.store.get('SELECT 1 AS one FROM statements'), undefined);
});

test('who has the backup and not the network’s answers begins all the same, an hour later', async () => {
  const { world, alice } = await twoPeople('no answers');
  phrase(alice);
  const backup = backupOf(alice);
  lose(world, alice);
  world.layer.trouble.lose = 100;
  const again = restore(world, backup, 'no answers/again');
  await world.run(50 * MINUTE);
  assert.equal(again.machine.status(world.now).restored?.begun, false);
  await world.run(20 * MINUTE);
  assert.equal(again.machine.status(world.now).restored?.begun, true);
});
