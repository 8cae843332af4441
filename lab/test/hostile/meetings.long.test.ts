/** What a link holder, a hostile inviter or bad luck with times can do to a meeting. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64url, HOUR, isAppError, MINUTE, SECOND } from '@tacet/base';
import { edKeyPair, hash } from '@tacet/crypto';
import { type BoxId, type Mark, markOf, sealRecord } from '@tacet/wire';
import { LabStage } from '../../src/scenarios/lab-stage.ts';
import { linkOf, meet, ready } from '../../src/scenarios/steps.ts';
import { slowStage } from '../slow.ts';
import { announce } from './announce.ts';

test('an invitation answered while the inviter is away for hours is found on return', async () => {
  const stage = slowStage('answered in absence');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  await stage.pass(15 * SECOND);
  await alice.kill();
  await bob.accept(link, 'alice');
  // Edges repeat digests for an hour.
  await stage.pass(3 * HOUR);
  await alice.restart();
  await ready(stage, alice, 'bob');
  await ready(stage, bob, 'alice');
});

test('a guest away while the inviter accepts hears of it on return', async () => {
  const stage = slowStage('accepted in absence');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  await bob.accept(link, 'alice');
  await stage.until('bob has answered', async () =>
    (await bob.contacts()).some((one) => one.steps.delivered !== null),
  );
  await bob.kill();
  await stage.pass(3 * HOUR);
  await bob.restart();
  await ready(stage, bob, 'alice');
  await stage.until('the acceptance is seen too', async () =>
    (await bob.contacts()).some((one) => one.steps.accepted !== null),
  );
});

/** Fills box 3 as an outcome that names another reply, without the lock. */
function fillAccepted(stage: LabStage, link: string): Mark {
  const secret = fromBase64url(link.slice(link.indexOf('#') + 1).split('.')[0] ?? '');
  const index = Uint8Array.of(3);
  const seed = hash('invite-seed', secret, index);
  const key = hash('invite-key', secret, index);
  const id = edKeyPair(seed).publicKey as BoxId;
  const { document } = stage.world.network;
  const plaintext = new Uint8Array(2_264).fill(7);
  plaintext[0] = 19;
  plaintext[65] = 1;
  plaintext.fill(0, 98);
  const record = sealRecord({ seed, key }, document.networkId, plaintext);
  for (const node of stage.world.relays) {
    if (node.relay.role !== 'edge') continue;
    node.boxes.run({ kind: 'put', box: { mark: markOf(id), id, record, expiryDay: 99_999 } });
  }
  return markOf(id);
}

test('who has the link cannot end a meeting through box 3', async () => {
  const stage = new LabStage('box 3');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  const mark = fillAccepted(stage, link);
  await bob.accept(link, 'alice');
  await stage.until('bob has answered', async () =>
    (await bob.contacts()).some((one) => one.steps.opened !== null),
  );
  announce(stage, stage.personOf(bob), mark);
  await ready(stage, bob, 'alice');
  assert.ok(stage.personOf(bob).alarms.includes('invitation-disturbed'));
  announce(stage, stage.personOf(bob), mark);
  await stage.pass(30 * MINUTE);
  assert.equal((await bob.contacts())[0]?.state, 'ready');
});

test('a meeting that ends leaves no receipt due, no deadline in the past, no text unsaid', async () => {
  const stage = new LabStage('ended');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const carol = await stage.person('carol');
  const link = await linkOf(stage, alice, 'somebody');
  await carol.accept(link, 'alice');
  await bob.accept(link, 'alice');
  const early = [(await bob.send('alice', 'early')).id, (await carol.send('alice', 'early')).id];
  const ended = async () =>
    [...(await bob.contacts()), ...(await carol.contacts())].filter((one) => one.state === 'ended');
  await stage.until('one of them is refused', async () => (await ended()).length === 1);
  const loser = (await bob.contacts())[0]?.state === 'ended' ? bob : carol;
  await stage.pass(10 * MINUTE);
  const [id] = loser === bob ? early : early.slice(1);
  assert.equal((await loser.message(id ?? '')).state, 'failed');
  assert.equal((await loser.message(id ?? '')).reason, 'invitation-used');
  assert.equal((await loser.status()).outbox, 0);
  const { client } = stage.personOf(loser);
  assert.ok((client.deadline() ?? 0) >= stage.world.now);
});

test('an invitation revoked while its bundle is made does not come back', async () => {
  const stage = new LabStage('revoked early');
  await stage.person('alice');
  const [person] = stage.world.people;
  assert.ok(person !== undefined);
  const { client, session } = person;
  const { id } = client.createInvitation({ label: 'x' }, stage.world.now);
  const job = client.drain().find((effect) => effect.kind === 'session');
  assert.ok(job?.kind === 'session');
  const outcome = await job.job.run(session);
  assert.equal(client.revokeInvitation(id, stage.world.now).state, 'revoked');
  client.onSession(job.job, outcome, stage.world.now);
  stage.world.pumpPerson(person);
  await stage.pass(20 * SECOND);
  assert.deepEqual(
    client.invitations().map(({ state, link }) => ({ state, link })),
    [{ state: 'revoked', link: null }],
  );
});

test('revoking is final: again it changes nothing, after use it is refused', async () => {
  const stage = new LabStage('revoked twice');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const [used] = await alice.invitations();
  await assert.rejects(
    async () => alice.revoke(used?.id ?? ''),
    (error) => isAppError(error, 'invitation-answered'),
  );
  await linkOf(stage, alice, 'carol');
  const [open] = await alice.invitations();
  assert.equal((await alice.revoke(open?.id ?? '')).state, 'revoked');
  assert.equal((await alice.revoke(open?.id ?? '')).state, 'revoked');
});
