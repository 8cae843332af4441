/** Two people on machines of their own become each other's contacts by invitation. */
import { sleep } from '../lib/program.ts';
import type { PersonMachine } from './person.ts';

const PATIENCE = 180_000;

export interface Met {
  /** Each the other, as a contact. */
  readonly atHost: string;
  readonly atGuest: string;
}

/** Resolves when both can write. */
export async function meet(host: PersonMachine, guest: PersonMachine): Promise<Met> {
  const link = await invitation(host, guest.name, 'link');
  await guest.api.call('invite.accept', { link, name: host.name });
  return { atHost: await ready(host, guest.name), atGuest: await ready(guest, host.name) };
}

/** A link for one person; the full one carries the card of the network. */
export async function invitation(
  host: PersonMachine,
  label: string,
  form: 'link' | 'fullLink',
): Promise<string> {
  const { id } = await host.api.call('invite.create', { label });
  return until(`${host.name}'s invitation`, async () => {
    const { invitations } = await host.api.call('invite.list', {});
    return invitations.find((one) => one.id === id)?.[form] ?? null;
  });
}

function ready({ api, name }: PersonMachine, other: string): Promise<string> {
  return until(`${other} ready at ${name}`, async () => {
    const { contacts } = await api.call('contact.list', {});
    const contact = contacts.find((one) => one.name === other);
    return contact?.state === 'ready' ? contact.id : null;
  });
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await sleep(250);
  }
}
