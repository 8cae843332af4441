/** Somebody who is on no network gets only a full invitation; others, worthless ones. */
import assert from 'node:assert/strict';
import { storedInvitation } from '../lib/meet.ts';
import type { Town } from '../lib/town.ts';
import { refuseWorthless, takenBack } from './worthless-invitation.ts';

const PATIENCE = 60_000;

/** Reaches a secure session and gets a text; nobody else can use the invitation afterwards. */
export async function joinByInvitation(town: Town): Promise<void> {
  const alice = await town.person('alice-inside', 'alice');
  const { fullLink: link } = await storedInvitation(town, alice, 'bob', PATIENCE);
  // While others go on: it takes as long as a meeting does.
  const revoked = takenBack(town, alice);
  const [bob, carol] = await Promise.all([
    town.stranger('bob-outside', 'bob'),
    town.stranger('carol-outside', 'carol'),
  ]);
  const before = await bob.api.call('network.status', {});
  assert.equal(before.card, null);
  const contact = await bob.api.call('invite.accept', { link, name: 'alice' });
  const joined = await bob.api.call('network.status', {});
  assert.deepEqual(joined.card, { name: 'e2e', authorities: 1, threshold: 1, closed: true });
  await town.until('the session is ready', PATIENCE, async () => {
    return (await bob.api.call('contact.get', { contact: contact.id })).state === 'ready';
  });
  const refusals = refuseWorthless(
    town,
    { guest: bob, revoked: await revoked },
    { other: carol, used: link },
  );
  const text = 'welcome to the network';
  await town.until('alice knows bob', PATIENCE, async () => {
    const { contacts } = await alice.api.call('contact.list', {});
    return contacts[0]?.state === 'ready';
  });
  const { contacts } = await alice.api.call('contact.list', {});
  const contactId = contacts[0]?.id ?? '';
  await alice.api.call('message.send', { contactId, text, clientId: 'welcome' });
  await town.until('the text is there', PATIENCE, async () => {
    const page = await bob.api.call('message.list', { contactId: contact.id, limit: 10 });
    return page.messages.some((one) => one.text === text);
  });
  await refusals;
  await Promise.all([alice.stop(), bob.stop(), carol.stop()]);
}
