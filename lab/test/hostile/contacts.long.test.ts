/**
 * Bad input from a contact: somebody whom one met, with a session that works, says what no honest
 * program says. Each case is contained, and what comes after it arrives.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, utf8 } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { LabStage } from '../../src/scenarios/lab-stage.ts';
import type { Actor } from '../../src/scenarios/stage.ts';
import { delivered, meet, received } from '../../src/scenarios/steps.ts';
import { fill, linkTo, offerOf } from '../link-holder.ts';
import { HOSTILE, type HostileEnvelope } from './envelopes.ts';

/** From now on, what this person writes as `hostile N` leaves as the Nth of these. */
function turnHostile(stage: LabStage, actor: Actor, cases: readonly HostileEnvelope[]): void {
  const { session } = stage.personOf(actor);
  const encrypt = session.encrypt.bind(session);
  session.encrypt = (records, peer, plaintext) => {
    const [, n] = /hostile (\d+)!/.exec(Buffer.from(plaintext).toString('latin1')) ?? [];
    return encrypt(records, peer, cases[Number(n ?? -1)]?.bytes ?? plaintext);
  };
}

const texts = async (who: Actor, contact: string): Promise<string[]> =>
  (await received(who, contact)).map(({ text }) => text);

for (const [group, cases] of Object.entries(HOSTILE)) {
  test(`bad input from a contact is contained and holds up nothing: ${group}`, async () => {
    const stage = new LabStage(`hostile contact: ${group}`);
    const alice = await stage.person('alice');
    const mallory = await stage.person('mallory');
    await meet(stage, alice, mallory);
    turnHostile(stage, mallory, cases);
    const [expected, ids] = [[] as string[], [] as string[]];
    for (const [n, { shows }] of cases.entries()) {
      ids.push((await mallory.send('alice', `hostile ${n}!`)).id);
      if (shows !== 'dead letter' && shows !== 'nothing') expected.push(shows);
      if (n % 8 !== 0) continue;
      ids.push((await mallory.send('alice', `honest ${n}`)).id);
      expected.push(`honest ${n}`);
    }
    // The reader confirms what no reader can use: nobody asks for it again.
    await delivered(stage, mallory, ids);
    assert.deepEqual((await texts(alice, 'mallory')).toSorted(), expected.toSorted());
    const dead = cases.filter(({ shows }) => shows === 'dead letter').length;
    assert.equal((await alice.status()).deadLetters, dead);
    // Their clock places nothing in our future, and says nothing else of ours.
    for (const { sentAt, arrivedAt } of await received(alice, 'mallory')) {
      assert.ok(sentAt <= (arrivedAt ?? 0));
    }
    const answer = [(await alice.send('mallory', 'what was that?')).id];
    await delivered(stage, alice, answer);
    assert.deepEqual(await texts(mallory, 'alice'), ['what was that?']);
    // Each kind of fault is named; what is merely hard to show is none.
    const { alarms } = stage.personOf(alice);
    assert.equal(alarms.length > 0, dead > 0);
    assert.ok(
      alarms.every((code) =>
        /^(envelope|content)-malformed$|^key-(set-mismatch|refused)$/.test(code),
      ),
    );
    assert.deepEqual((await alice.status()).disputes, []);
  });
}

test('the same over a restart: what was contained stays so, what is shown is shown once', async () => {
  const stage = new LabStage('hostile restart');
  const alice = await stage.person('alice');
  const mallory = await stage.person('mallory');
  const bob = await stage.person('bob');
  await meet(stage, alice, mallory);
  await meet(stage, alice, bob);
  const some = Object.values(HOSTILE).flatMap((cases) => cases.filter((_, n) => n % 8 === 0));
  turnHostile(stage, mallory, some);
  const ids: string[] = [];
  for (const n of some.keys()) {
    ids.push((await mallory.send('alice', `hostile ${n}!`)).id);
    await alice.kill();
    await stage.pass(1_000);
    await alice.restart();
  }
  ids.push((await mallory.send('alice', 'the end')).id);
  const others = [(await bob.send('alice', 'hello')).id];
  await delivered(stage, mallory, ids);
  await delivered(stage, bob, others);
  assert.deepEqual(await texts(alice, 'bob'), ['hello']);
  const shown = some.map(({ shows }) => shows);
  const wanted = shown.filter((one) => one !== 'dead letter' && one !== 'nothing');
  assert.deepEqual((await texts(alice, 'mallory')).toSorted(), [...wanted, 'the end'].toSorted());
  const dead = shown.filter((one) => one === 'dead letter').length;
  assert.equal((await alice.status()).deadLetters, dead);
});

/** Where the name stands in box 0: behind its kind, r, key-set hash and last day. */
const NAME_AT = 1 + 32 + 32 + 4;
const NAME_FIELD = 64;

test('a name from a contact is one short line without controls, and takes no place of another', async () => {
  const stage = new LabStage('hostile names');
  const [offer, keys] = await offerOf(stage, 'mallory');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['escape sequences', '\u001b[31mred\u009b0m', '[31mred0m'],
    ['controls of direction', 'ab\u202ecd\u2066', 'abcd'],
    ['line ends', 'one\ntwo\u2028three', 'onetwothree'],
    ['nothing to see', '\u200b\u2060\ufeff ', 'someone'],
    ['no name', '', 'someone-2'],
    ['the name of somebody else', 'bob', 'bob-2'],
    ['the same with something unseen', 'bo\u200db', 'bob-3'],
    ['the number of somebody else', '1', 'contact 1'],
    ['as long as a name may be', 'ä'.repeat(32), 'ä'.repeat(32)],
    ['no UTF-8', Uint8Array.of(0xc3, 0x28), 'invitation-replaced'],
    ['half a pair', Uint8Array.of(0xed, 0xa0, 0x80), 'invitation-replaced'],
  ];
  const { client } = stage.personOf(alice);
  for (const [what, name, expected] of cases) {
    // Another r, so another invitation of the same person, with the name that is tried.
    const r = hash('invite-lock', utf8(what));
    const secret = hash('invite', offer.slice(33, 65), r);
    const bytes = typeof name === 'string' ? utf8(name) : name;
    const field = concat(bytes, new Uint8Array(NAME_FIELD - bytes.length));
    const rest = offer.slice(NAME_AT + 1 + NAME_FIELD);
    fill(
      stage,
      secret,
      0,
      concat(
        offer.slice(0, 1),
        r,
        offer.slice(33, NAME_AT),
        Uint8Array.of(bytes.length),
        field,
        rest,
      ),
    );
    fill(stage, secret, 1, keys);
    const { id } = client.acceptInvitation({ link: linkTo(stage, secret) }, stage.world.now);
    stage.world.pumpPerson(stage.personOf(alice));
    await stage.until(`${what}: known or refused`, async () => {
      const { state, steps } = client.contact(id);
      return state === 'ended' || steps.opened !== null;
    });
    const { name: listed, reason } = client.contact(id);
    assert.equal(reason ?? listed, expected, what);
  }
  assert.equal((await alice.contacts()).find(({ state }) => state === 'ready')?.name, 'bob');
});
