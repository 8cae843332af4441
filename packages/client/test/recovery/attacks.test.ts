/**
 * Forged restores (docs/spec/20-recovery.md, 10): somebody who holds every relay, every old link, the
 * recovery root, an old statement, and an old backup without its phrase. Each beside the one that is true.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '@tacet/base';
import { createFakeSession, seededRng } from '@tacet/testkit';
import type { ModelPerson } from '@tacet/testkit/model';
import { type BoxRecord, sealRecord } from '@tacet/wire';
import { encodeStatement, periodOf, statementBox } from '../../src/recovery/boxes.ts';
import { firstRoot } from '../../src/recovery/own-roots.ts';
import { sessionRecords } from '../../src/sessions/records.ts';
import { blob, num } from '../../src/store/rows.ts';
import { readSetting } from '../../src/store/settings.ts';
import type { World } from '../trust/world.ts';
import { heard, lines, tell, twoPeople } from './restored-people.ts';

const rng = seededRng('forger');

/** What the thief holds: everything but where it says that something is made up. */
interface Loot {
  readonly root: Uint8Array;
  readonly seed: Uint8Array;
  readonly bundle: Uint8Array;
}

async function lootOf(alice: ModelPerson): Promise<Loot> {
  const row = alice.store.get('SELECT root FROM own_roots WHERE contact_id = 1');
  const seed = readSetting(alice.store, 'signing-seed');
  assert.ok(row !== undefined && seed !== null);
  const made = await createFakeSession(rng).createBundle(sessionRecords(alice.store));
  for (const [name, value] of made.writes) {
    alice.store.run('INSERT INTO session_records (name, value) VALUES (?, ?)', name, value);
  }
  return { root: blob(row, 'root'), seed: seed.slice(0, 32), bundle: made.bundle };
}

/** Stands at every relay: the box is filled, whatever edges say. */
function place(
  world: World,
  bob: ModelPerson,
  root: Uint8Array,
  plaintext: Uint8Array,
  turn: number,
): void {
  const box = statementBox(root, periodOf(world.now), turn);
  const record: BoxRecord = sealRecord(box, world.networkId as never, plaintext);
  bob.act((client, now) => {
    const { watches } = client['e'];
    const watch = watches.at(box.mark);
    if (watch !== null) watches.offer(watch, record, now);
  });
}

const counterAt = (world: World): number => Math.floor(world.now / SECOND);
const streamOf = ({ store }: ModelPerson): string =>
  blob(store.get('SELECT out_chain FROM contacts WHERE id = 1') ?? {}, 'out_chain').toHex();

test('attack: a forged restore changes nothing, and the same with the keys of its owner does', async () => {
  const { world, alice, bob } = await twoPeople('forged');
  const { root, seed, bundle } = await lootOf(alice);
  const other = await createFakeSession(rng).createIdentity();
  const strange = await createFakeSession(rng).createBundle({
    get: (key) => other.writes.get(key) ?? null,
  });
  const said = { counter: counterAt(world), wantsKeys: false, bundle };
  const forged: Readonly<Record<string, Uint8Array>> = {
    'signed by another key': encodeStatement(root, rng.fill(new Uint8Array(32)), said),
    'made for another pair': encodeStatement(rng.fill(new Uint8Array(32)), seed, said),
    'of a day to come': encodeStatement(root, seed, {
      ...said,
      counter: said.counter + 2 * 86_400,
    }),
    noise: rng.fill(new Uint8Array(2_264)),
  };
  const before = streamOf(bob);
  let turn = 0;
  for (const [what, plaintext] of Object.entries(forged)) {
    place(world, bob, root, plaintext, turn++);
    await world.run(5 * MINUTE);
    assert.equal(streamOf(bob), before, what);
    assert.equal(bob.store.get('SELECT 1 AS one FROM statements'), undefined, what);
    assert.equal(bob.alarms.get('restore-refused'), turn, what);
  }
  // Her signature around a bundle of somebody else: the session refuses other keys.
  const swapped = encodeStatement(root, seed, { ...said, bundle: strange.bundle });
  place(world, bob, root, swapped, turn++);
  await world.run(5 * MINUTE);
  assert.equal(streamOf(bob), before);
  assert.deepEqual(lines(bob, 'alice'), []);
  const id = tell(world, alice, 'bob', 'all is as it was');
  await world.run(10 * MINUTE);
  assert.equal(alice.machine.message(id).state, 'delivered');
  // Control: a higher counter, her keys, her bundle.
  const real = encodeStatement(root, seed, { ...said, counter: said.counter + 1 });
  place(world, bob, root, real, turn);
  await world.run(5 * MINUTE);
  assert.notEqual(streamOf(bob), before);
  assert.match(lines(bob, 'alice').at(-1) ?? '', /restored/);
});

test('attack: an old statement is not taken again, nor one of an earlier counter; a later one is', async () => {
  const { world, alice, bob } = await twoPeople('replayed');
  const { root, seed, bundle } = await lootOf(alice);
  const at = (counter: number) =>
    encodeStatement(root, seed, { counter, wantsKeys: false, bundle });
  const counter = counterAt(world);
  const taken = () => num(bob.store.get('SELECT counter FROM statements') ?? {}, 'counter');
  place(world, bob, root, at(counter), 0);
  await world.run(5 * MINUTE);
  assert.equal(taken(), counter);
  const stream = streamOf(bob);
  await world.run(3 * HOUR);
  const after = streamOf(bob);
  for (const [turn, one] of [counter, counter - 1, counter - 86_400, 0].entries()) {
    place(world, bob, root, at(one), turn + 1);
    await world.run(5 * MINUTE);
    assert.equal(taken(), counter);
    assert.equal(lines(bob, 'alice').length, 1);
  }
  assert.equal(streamOf(bob), after, `nothing begun anew since ${stream}`);
  place(world, bob, root, at(counter + 1), 5);
  await world.run(5 * MINUTE);
  assert.equal(taken(), counter + 1);
});

test('attack: roots are forgotten sixty days after they were replaced, and lead nowhere then', async () => {
  const { world, alice, bob } = await twoPeople('forgotten');
  const { root, seed, bundle } = await lootOf(alice);
  const said = { wantsKeys: false, bundle };

  bob.act((client, now) => {
    const { store, reader } = client['e'];
    store.transaction(() => reader.roots.add(1, rng.fill(new Uint8Array(32)), now - 60 * DAY));
  });
  assert.equal(num(bob.store.get('SELECT count(*) AS n FROM their_roots') ?? {}, 'n'), 2);
  await world.run(2 * HOUR);
  assert.equal(num(bob.store.get('SELECT count(*) AS n FROM their_roots') ?? {}, 'n'), 1);
  const statement = encodeStatement(root, seed, { ...said, counter: counterAt(world) });
  place(world, bob, root, statement, 0);
  await world.run(10 * MINUTE);
  assert.equal(bob.store.get('SELECT 1 AS one FROM statements'), undefined);
  assert.deepEqual(heard(bob, 'alice'), []);
});

test('attack: what a link and every relay have leads to no box a statement could stand in; the root does', async () => {
  const { world, alice, bob } = await twoPeople('links');
  const link = alice.store.get('SELECT secret, r, lock FROM invitations');
  const hashes = alice.store.get('SELECT key_set_hash FROM contacts');
  assert.ok(link !== undefined && hashes !== undefined);
  const { root } = await lootOf(alice);
  const { watches } = bob.machine['e'];
  const waited = (one: Uint8Array): boolean =>
    watches.at(statementBox(one, periodOf(world.now), 0).mark) !== null;
  const known = [...Object.values(link), ...Object.values(hashes)].filter(
    (value): value is Uint8Array => value instanceof Uint8Array,
  );
  assert.ok(known.length >= 4);
  for (const one of known) assert.ok(!waited(one) && !waited(firstRoot(one)));
  assert.ok(waited(root));
});
