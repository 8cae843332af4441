/** What leads to no contact: a request that is deleted, and an invitation that was taken back. */

import { storedInvitation } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import type { Person } from './person.ts';
import { type Chapter, Witness } from './stage.ts';

const OWNER = 'dave';
const GUEST = 'frank';
const PATIENCE = 120_000;
/** For a copy, or an answer, that should not come. */
const QUIET = 5_000;

/** The contact goes, with what was written to it. */
async function giveUp(guest: Person, contactId: string): Promise<void> {
  await guest.persist((api) => api.call('contact.dismiss', { contactId }));
}

export const declined: Chapter = {
  name: 'a request is declined',
  expected: 'its sender is told nothing and gives it up; nothing of it is left at either end',
  async play(stage) {
    const [owner, guest] = [stage.person(OWNER), stage.person(GUEST)];
    const witness = new Witness(stage, PATIENCE);
    const { addresses } = await owner.persist((api) => api.call('address.list', {}));
    const address = addresses.find(({ state }) => state === 'live')?.link ?? '';
    const asked = await guest.persist((api) =>
      api.call('request.send', { address, name: OWNER, text: 'may I write to you?' }),
    );
    guest.passing.add(asked.id);
    const waiting = async () =>
      (await owner.persist((api) => api.call('request.list', {}))).requests;
    await witness.see('the request waits', async () => (await waiting()).length === 1);
    for (const { id, name, text } of await waiting()) {
      witness.must('who asks', name, GUEST);
      witness.must('what they say', text, 'may I write to you?');
      await owner.persist((api) => api.call('request.delete', { id }));
    }
    await sleep(QUIET);
    witness.must('requests that wait', (await waiting()).length, 0);
    const { state } = await guest.persist((api) => api.call('contact.get', { contact: asked.id }));
    witness.must('what its sender sees', state, 'meeting');
    await giveUp(guest, asked.id);
    return { seen: `${GUEST} asked ${OWNER}`, faults: witness.faults };
  },
};

export const takenBack: Chapter = {
  name: 'an invitation is taken back',
  expected:
    'who opens it afterwards is told so, what they wrote is a dead letter that says why, and nobody is a contact',
  async play(stage) {
    const [owner, guest] = [stage.person(OWNER), stage.person(GUEST)];
    const witness = new Witness(stage, PATIENCE);
    const { id, link } = await storedInvitation(stage.town, owner.daemon, 'regretted', PATIENCE);
    await owner.persist((api) => api.call('invite.revoke', { id }));
    const met = await guest.persist((api) => api.call('invite.accept', { link, name: OWNER }));
    guest.passing.add(met.id);
    const text = 'to nobody';
    await guest.persist((api) =>
      api.call('message.send', { contactId: met.id, text, clientId: text }),
    );
    await witness.see(`${GUEST} is told that it was taken back`, async () => {
      const { state, reason } = await guest.persist((api) =>
        api.call('contact.get', { contact: met.id }),
      );
      return state === 'ended' && reason === 'invitation-revoked';
    });
    await buried(guest, met.id, text, witness);
    await giveUp(guest, met.id);
    return { seen: `${GUEST} opened what ${OWNER} had taken back`, faults: witness.faults };
  },
};

/** What was written to nobody is listed once, with its reason, cannot be tried again, and goes. */
async function buried(
  guest: Person,
  contactId: string,
  text: string,
  witness: Witness,
): Promise<void> {
  const listed = async () => (await guest.persist((api) => api.call('letter.list', {}))).letters;
  await witness.see(`${GUEST} has a dead letter`, async () => (await listed()).length === 1);
  for (const letter of await listed()) {
    witness.must('its contact', letter.contactId, contactId);
    witness.must('its text', letter.text, text);
    witness.must('its reason', letter.reason, 'invitation-revoked');
    witness.must('a second try', letter.canRetry, false);
    await guest.persist((api) => api.call('letter.dismiss', { id: letter.id }));
  }
  witness.must('dead letters left', (await listed()).length, 0);
}

/** Nobody is there but those they met, nothing waits, and no invitation is open. */
export async function auditAcquaintance(person: Person): Promise<string[]> {
  const { api } = person.daemon;
  const { contacts } = await api.call('contact.list', {});
  const { requests } = await api.call('request.list', {});
  const { invitations } = await api.call('invite.list', {});
  const wanted = [
    ...person.contacts.values(),
    ...(person.fleeting === null ? [] : [person.fleeting]),
  ];
  const found = contacts.map(({ id, state }) => (state === 'ready' ? id : `${id} ${state}`));
  const wrong: string[] = [];
  if (found.toSorted().join() !== wanted.toSorted().join()) {
    wrong.push(`${person.name} knows ${found.join()}, not ${wanted.join()}`);
  }
  if (requests.length > 0) wrong.push(`${requests.length} requests wait at ${person.name}`);
  const open = invitations.filter(({ state }) => state === 'ready' || state === 'preparing');
  if (open.length > 0) wrong.push(`${open.length} invitations of ${person.name} are open`);
  return wrong;
}
