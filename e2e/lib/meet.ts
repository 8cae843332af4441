/** Invitations between people, and two who become each other's contacts by one. */
import assert from 'node:assert/strict';
import type { DaemonProcess } from './daemon.ts';
import type { Town } from './town.ts';

const PATIENCE = 180_000;

export interface StoredInvitation {
  readonly id: string;
  readonly link: string;
  readonly fullLink: string;
}

/** Made by `host`, as `identity` if not under their own, and stored in the network within `patience` ms. */
export async function storedInvitation(
  town: Town,
  host: DaemonProcess,
  label: string,
  patience: number,
  identity?: string,
): Promise<StoredInvitation> {
  const as = identity === undefined ? {} : { identity };
  const { id } = await host.api.call('invite.create', { label, ...as });
  let stored = null as StoredInvitation | null;
  await town.until(`${host.name}'s invitation is stored`, patience, async () => {
    const { invitations } = await host.api.call('invite.list', {});
    const { link = null, fullLink = null } = invitations.find((one) => one.id === id) ?? {};
    stored = link === null || fullLink === null ? null : { id, link, fullLink };
    return stored !== null;
  });
  assert.ok(stored !== null);
  return stored;
}

/** Resolves when both can write: with the contact's id at each side. `identity`: of the host. */
export async function introduce(
  town: Town,
  host: DaemonProcess,
  guest: DaemonProcess,
  identity?: string,
): Promise<{ readonly atHost: string; readonly atGuest: string }> {
  const { link } = await storedInvitation(town, host, guest.name, PATIENCE, identity);
  await guest.api.call('invite.accept', { link, name: host.name });
  return { atHost: await ready(town, host, guest), atGuest: await ready(town, guest, host) };
}

/** The other's id here, once both can write. */
export async function ready(town: Town, at: DaemonProcess, other: DaemonProcess): Promise<string> {
  let id = '';
  await town.until(`${other.name} is ready at ${at.name}`, PATIENCE, async () => {
    const { contacts } = await at.api.call('contact.list', {});
    const contact = contacts.find((one) => one.name === other.name);
    id = contact?.id ?? '';
    return contact?.state === 'ready';
  });
  return id;
}
