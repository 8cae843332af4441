/**
 * How the six become each other's contacts: by one-time invitations, through a reusable address, and
 * standing beside each other.
 */
import { introduce, ready } from '../lib/meet.ts';
import type { Town } from '../lib/town.ts';
import { type Ledger, textOf } from './ledger.ts';
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

/** Who scan each other's codes. */
const BESIDE = ['bob', 'erin'] as const;

const PATIENCE = 180_000;

export function stoodBeside(a: string, b: string): boolean {
  return BESIDE.some((name) => name === a) && BESIDE.some((name) => name === b);
}

/** Nobody vouches for who asks through an address. */
export function asksFor(guest: string, owner: string): boolean {
  return ASKED.some((pair) => pair[0] === owner && pair[1] === guest);
}

export const meeting: Chapter = {
  name: 'they meet',
  expected:
    'pairs can write: five by an invitation of their own, two through one reusable address, one that scanned each other',
  async play(stage) {
    const { person, say } = stage;
    const began = performance.now();
    const invited = INVITED.map(async ([host, guest]) => {
      const [a, b] = [person(host), person(guest)];
      know(a, b, await introduce(stage.town, a.daemon, b.daemon));
      say(`${host} and ${guest} can write`);
    });
    await Promise.all([...invited, byAddress(stage), inPerson(stage)]);
    const took = ((performance.now() - began) / 1_000).toFixed(1);
    return { seen: `${INVITED.length + ASKED.length + 1} meetings in ${took} s`, faults: [] };
  },
};

function know(a: Person, b: Person, ids: { readonly atHost: string; readonly atGuest: string }) {
  a.contacts.set(b.name, ids.atHost);
  b.contacts.set(a.name, ids.atGuest);
}

async function inPerson({ town, person, say }: Stage): Promise<void> {
  const [a, b] = [person(BESIDE[0]), person(BESIDE[1])];
  const [codeOfA, codeOfB] = await Promise.all([a, b].map((one) => shownCode(town, one)));
  for (const [one, code] of [
    [a, codeOfB],
    [b, codeOfA],
  ] as const) {
    await one.daemon.api.call('meet.scan', { code: code ?? '' });
  }
  const at = { atHost: await ready(town, a.daemon, b.daemon) };
  know(a, b, { ...at, atGuest: await ready(town, b.daemon, a.daemon) });
  say(`${a.name} and ${b.name} have scanned each other`);
}

async function shownCode(town: Town, { name, daemon }: Person): Promise<string> {
  const { id } = await daemon.api.call('meet.code', {});
  let text: string | null = null;
  await town.until(`${name} shows a code`, PATIENCE, async () => {
    ({ text } = await daemon.api.call('meet.codeState', { id }));
    return text !== null;
  });
  return text ?? '';
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
  const number = ledger.nextNumber();
  const text = textOf(number, guest.name, owner.name, 1);
  const { api } = guest.daemon;
  const at = Date.now();
  const { id: contactId } = await api.call('request.send', { address, text, name: owner.name });
  const { messages } = await api.call('message.list', { contactId, limit: 1 });
  const [first] = messages;
  if (first === undefined) throw new Error('a request without its text');
  ledger.add({
    ...{ number, from: guest.name, to: owner.name, id: first.id, at, text },
    ...{ after: null, replyTo: null },
  });
}
