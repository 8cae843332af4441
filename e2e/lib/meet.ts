/** Two people become each other's contacts by invitation. */
import type { DaemonProcess } from './daemon.ts';
import type { Town } from './town.ts';

const PATIENCE = 180_000;

/** Resolves when both can write: with the contact's id at each side. */
export async function introduce(
  town: Town,
  host: DaemonProcess,
  guest: DaemonProcess,
): Promise<{ readonly atHost: string; readonly atGuest: string }> {
  const { id } = await host.api.call('invite.create', { label: guest.name });
  let link: string | null = null;
  await town.until(`${host.name}'s invitation is stored`, PATIENCE, async () => {
    const { invitations } = await host.api.call('invite.list', {});
    link = invitations.find((one) => one.id === id)?.link ?? null;
    return link !== null;
  });
  await guest.api.call('invite.accept', { link: link ?? '', name: host.name });
  return { atHost: await ready(town, host, guest), atGuest: await ready(town, guest, host) };
}

async function ready(town: Town, at: DaemonProcess, other: DaemonProcess): Promise<string> {
  let id = '';
  await town.until(`${other.name} is ready at ${at.name}`, PATIENCE, async () => {
    const { contacts } = await at.api.call('contact.list', {});
    const contact = contacts.find((one) => one.name === other.name);
    id = contact?.id ?? '';
    return contact?.state === 'ready';
  });
  return id;
}
