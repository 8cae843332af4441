/** An invitation that fails leaves the guest's profile as it was (09-meeting.md, 4). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY, HOUR, isAppError, MINUTE } from '@tacet/base';
import type { ContactView, ProfileStore, SqlRow } from '@tacet/client';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';
import { linkOf } from '../src/scenarios/steps.ts';
import { endsWith, only } from './invitation-end.ts';
import { fill, linkTo, offerOf } from './link-holder.ts';
import { slowStage } from './slow.ts';

/**
 * What goes on by itself, whether somebody meets or not; the log, which says what happened; and
 * erasures of boxes that were read, which leave within hours.
 */
const MOVES = new Set(
  'settings documents document_hashes events sqlite_sequence tombstones own_boxes usage'.split(' '),
);
/** Written and looked for every ten minutes (10-store.md, 7). */
const isOwnBox = ({ owner }: SqlRow): boolean => String(owner).startsWith('own');

const storeOf = (stage: LabStage, actor: Actor): ProfileStore =>
  (stage.personOf(actor) as unknown as { store: ProfileStore }).store;

/** Every other row there is. */
function rowsOf(stage: LabStage, actor: Actor): Record<string, readonly unknown[]> {
  const store = storeOf(stage, actor);
  const tables = store.all("SELECT name FROM sqlite_schema WHERE type = 'table'");
  return Object.fromEntries(
    tables
      .map(({ name }) => String(name))
      .filter((name) => !MOVES.has(name))
      .map((name) => [name, store.all(`SELECT * FROM ${name}`).filter((row) => !isOwnBox(row))]),
  );
}

const clientOf = (stage: LabStage, actor: Actor) => stage.personOf(actor).client;

function dismiss(stage: LabStage, actor: Actor, contact: string): void {
  clientOf(stage, actor).dismissMeeting(contact, stage.world.now);
  stage.world.pumpPerson(stage.personOf(actor));
}

interface Scene {
  readonly stage: LabStage;
  readonly alice: Actor;
  readonly link: string;
}

/** How an invitation can be worthless, and what the guest is told. */
const WORTHLESS: readonly {
  readonly name: string;
  readonly reason: string;
  spoil(scene: Scene): Promise<string>;
}[] = [
  {
    name: 'used',
    reason: 'invitation-used',
    async spoil({ stage, link }) {
      const carol = await stage.person('carol');
      await carol.accept(link, 'alice');
      await stage.until('carol is accepted', async () => (await only(carol)).state === 'ready');
      return link;
    },
  },
  {
    name: 'taken back',
    reason: 'invitation-revoked',
    async spoil({ stage, alice, link }) {
      const [open] = await alice.invitations();
      await alice.revoke(open?.id ?? '');
      await stage.pass(2 * MINUTE);
      return link;
    },
  },
  {
    name: 'expired',
    reason: 'invitation-missing',
    async spoil({ stage, link }) {
      await stage.pass(2 * MINUTE);
      for (const node of stage.world.relays) node.boxes.run({ kind: 'expire', today: 99_998 });
      return link;
    },
  },
  {
    name: 'replaced',
    reason: 'invitation-replaced',
    async spoil({ stage }) {
      const [offer, keys] = await offerOf(stage, 'mallory');
      const secret = stage.world.rng.fill(new Uint8Array(32));
      fill(stage, secret, 0, offer);
      fill(stage, secret, 1, keys);
      return linkTo(stage, secret);
    },
  },
];

describe('the profile is the same before an invitation and after it failed', () => {
  for (const { name, reason, spoil } of WORTHLESS) {
    test(name, async () => {
      const stage = slowStage(`leaves nothing ${name}`);
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      const link = await spoil({ stage, alice, link: await linkOf(stage, alice, 'bob') });
      await stage.pass(5 * MINUTE);
      const before = rowsOf(stage, bob);
      const contact = await bob.accept(link, 'Alice');
      const said = (one: ContactView) => one.reason === reason;
      await stage.until(`bob is told ${reason}`, async () => said(await only(bob)));
      dismiss(stage, bob, contact.id);
      await stage.pass(10 * MINUTE);
      assert.deepEqual(await bob.contacts(), []);
      assert.deepEqual(rowsOf(stage, bob), before);
      // The next one of the same inviter has the name, and another number.
      const again = await bob.accept(await linkOf(stage, alice, 'bob again'), 'Alice');
      assert.equal(again.name, 'Alice');
      assert.notEqual(again.id, contact.id);
      await stage.until('they meet', async () => (await only(bob)).state === 'ready');
    });
  }

  test('malformed', async () => {
    const stage = slowStage('leaves nothing malformed');
    const alice = await stage.person('alice');
    const bob = await stage.person('bob');
    const link = await linkOf(stage, alice, 'bob');
    const before = rowsOf(stage, bob);
    for (const broken of ['', 'https://example.org/#x', link.slice(0, -1), `${link}A`]) {
      await assert.rejects(
        async () => bob.accept(broken, 'Alice'),
        (error) => isAppError(error, 'invitation-malformed'),
      );
    }
    assert.deepEqual(rowsOf(stage, bob), before);
  });
});

async function refused(name: string) {
  const stage = slowStage(name);
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const carol = await stage.person('carol');
  const link = await linkOf(stage, alice, 'somebody');
  await carol.accept(link, 'alice');
  await stage.until('carol is accepted', async () => (await only(carol)).state === 'ready');
  const { id } = await bob.accept(link, 'Alice');
  await endsWith(stage, bob, 'invitation-used', 5 * MINUTE);
  return { stage, alice, bob, carol, link, id };
}

test('a meeting that failed gives its name up without being dismissed, and its texts with it', async () => {
  const { stage, alice, bob, id } = await refused('gives its name up');
  const again = await bob.accept(await linkOf(stage, alice, 'bob'), 'Alice');
  assert.deepEqual([again.name, (await bob.contacts()).length], ['Alice', 1]);
  assert.throws(
    () => clientOf(stage, bob).contact(id),
    (error) => isAppError(error, 'contact-unknown'),
  );
  await stage.until('they meet', async () => (await only(bob)).state === 'ready');
});

test('a link that failed may be opened again, one that goes on may not', async () => {
  const { stage, alice, bob, link } = await refused('opened again');
  await bob.accept(link, 'Alice');
  await endsWith(stage, bob, 'invitation-used', 5 * MINUTE);
  const second = await linkOf(stage, alice, 'bob');
  await bob.accept(second, 'Alice');
  await assert.rejects(
    async () => bob.accept(second, 'Alice'),
    (error) => isAppError(error, 'invitation-used'),
  );
});

test('a meeting that failed is forgotten after a week, whether somebody looked or not', async () => {
  const { stage, alice, bob, carol } = await refused('after a week');
  await Promise.all([alice.kill(), carol.kill()]);
  const store = storeOf(stage, bob);
  const [row] = store.all('SELECT ends_at FROM contacts');
  const left = Number(row?.['ends_at']) - stage.world.now;
  assert.ok(left > 7 * DAY - 5 * MINUTE && left <= 7 * DAY, String(left));
  await stage.pass(HOUR + MINUTE);
  assert.equal((await bob.contacts()).length, 1);
  // The week is over.
  store.run('UPDATE contacts SET ends_at = ?', Math.floor(stage.world.now));
  await stage.pass(HOUR + MINUTE);
  assert.equal((await bob.contacts()).length, 0);
});

test('who was met, or may still be, cannot be dismissed', async () => {
  const { stage, alice, bob, carol } = await refused('not dismissed');
  const met = (error: unknown) => isAppError(error, 'contact-met');
  assert.throws(() => dismiss(stage, carol, 'alice'), met);
  await bob.accept(await linkOf(stage, alice, 'bob'), 'Alice');
  await stage.until('bob answers', async () => (await only(bob)).steps.opened !== null);
  assert.throws(() => dismiss(stage, bob, 'Alice'), met);
  await stage.until('they meet', async () => (await only(bob)).state === 'ready');
  assert.throws(() => dismiss(stage, bob, 'Alice'), met);
});
