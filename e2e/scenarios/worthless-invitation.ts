/** Worthless invitations, over a real network by the real command line. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DaemonProcess } from '../lib/daemon.ts';
import { storedInvitation } from '../lib/meet.ts';
import { tacet } from '../lib/tacet.ts';
import type { Town } from '../lib/town.ts';

const PATIENCE = 60_000;

/** Whom they know, as what; texts may arrive meanwhile. */
async function contactsOf({ api }: DaemonProcess): Promise<readonly (string | null)[][]> {
  const { contacts } = await api.call('contact.list', {});
  return contacts.map(({ id, name, state, reason }) => [id, name, state, reason]);
}

/** Runs `invite accept`, which is refused for good; the same contacts before and after. */
async function refused(
  town: Town,
  guest: DaemonProcess,
  link: string,
  ...more: string[]
): Promise<string> {
  const before = await contactsOf(guest);
  const accept = ['invite', 'accept', link, '--name', 'alice', ...more];
  const { code, out, err } = await tacet(join(town.dir, 'people'), guest.name, accept);
  assert.deepEqual([code, out], [7, ''], err);
  assert.deepEqual(await contactsOf(guest), before);
  return err;
}

/** The link of an invitation that was taken back after it was stored. */
export async function takenBack(town: Town, host: DaemonProcess): Promise<string> {
  const { id, link } = await storedInvitation(town, host, 'taken back', PATIENCE);
  await host.api.call('invite.revoke', { id });
  return link;
}

/**
 * @param revoked refused to `guest`
 * @param used a full link, refused to `other`, who was on no network and is on its network then
 */
export async function refuseWorthless(
  town: Town,
  { guest, revoked }: { readonly guest: DaemonProcess; readonly revoked: string },
  { other, used }: { readonly other: DaemonProcess; readonly used: string },
): Promise<void> {
  const [text, json] = await Promise.all([
    refused(town, guest, revoked),
    refused(town, other, used, '--json'),
  ]);
  assert.match(text, /^tacet: the invitation was taken back$/m);
  assert.equal((JSON.parse(json) as { code: string }).code, 'invitation-used');
}
