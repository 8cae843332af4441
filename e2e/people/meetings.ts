/** How the six become each other's contacts: by one-time invitations, and by a reusable address. */
import { introduce, ready } from '../lib/meet.ts';
import type { Ledger } from './ledger.ts';
import type { Person } from './person.ts';
import type { Chapter, Stage } from './stage.ts';

/** Who invites whom. */
const INVITED = [
  ['alice', 'bob'],
  ['alice', 'carol'],
  ['bob', 'carol'],
  ['carol', 'dave'],
  ['erin', 'frank'],
] as const;

/** Whose address is asked, by whom. */
const ASKED = [
  ['dave', 'erin'],
  ['dave', 'alice'],
] as const;

const PATIENCE = 180_000;

/** Nobody vouches for who asks through an address. */
export function asksFor(guest: string, owner: string): boolean {
  return ASKED.some((pair) => pair[0] === owner && pair[1] === guest);
}

export const meeting: Chapter = {
  name: 'they meet',
  expected: 'pairs can write: five by an invitation of their own, two through one reusable address',
  async play(stage) {
    const { person, say } = stage;
    const began = performance.now();
    const invited = INVITED.map(async ([host, guest]) => {
      const [a, b] = [person(host), person(guest)];
      know(a, b, await introduce(stage.town, a.daemon, b.daemon));
      say(`${host} and ${guest} can write`);
    });
    await Promise.all([...invited, byAddress(stage)]);
    const took = ((performance.now() - began) / 1_000).toFixed(1);
    return { seen: `${INVITED.length + ASKED.length} meetings in ${took} s`, faults: [] };
  },
};

function know(a: Person, b: Person, ids: { readonly atHost: string; readonly atGuest: string }) {
  a.contacts.set(b.name, ids.atHost);
  b.contacts.set(a.name, ids.atGuest);
}

async function byAddress({ town, person, ledger, say }: Stage): Promise<void> {
  for (const owner of new Set(ASKED.map(([name]) => name))) {
    const { link } = await person(owner).daemon.api.call('address.create', { label: 'shown' });
    if (link === null) throw new Error('an address without a link');
    const guests = ASKED.filter(([name]) => name === owner).map(([, guest]) => person(guest));
    await Promise.all(guests.map((guest) => ask(guest, person(owner), link, ledger)));
    const { api } = person(owner).daemon;
    await town.until(`${owner} has ${guests.length} requests`, PATIENCE, async () => {
      return (await api.call('request.list', {})).requests.length === guests.length;
    });
    for (const { id, name } of (await api.call('request.list', {})).requests) {
      await api.call('request.accept', { id, name });
    }
    for (const guest of guests) {
      const [a, b] = [person(owner).daemon, guest.daemon];
      know(person(owner), guest, {
        atHost: await ready(town, a, b),
        atGuest: await ready(town, b, a),
      });
      say(`${owner} and ${guest.name} can write, by address`);
    }
  }
}

/** The text of a request is the first of the conversation, at both ends. */
async function ask(guest: Person, owner: Person, address: string, ledger: Ledger): Promise<void> {
  const text = `${guest.name} to ${owner.name}, to begin with`;
  const { api } = guest.daemon;
  const at = Date.now();
  const { id: contactId } = await api.call('request.send', { address, text, name: owner.name });
  const { messages } = await api.call('message.list', { contactId, limit: 1 });
  const [first] = messages;
  if (first === undefined) throw new Error('a request without its text');
  const { chapter } = ledger;
  const said = { text, from: guest.name, to: owner.name, id: first.id, at, chapter, after: null };
  ledger.said.push(said);
}
