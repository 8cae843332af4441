/** Worthless invitations, over a real network by the real command line. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DaemonProcess } from '../lib/daemon.ts';
import { tacet } from '../lib/tacet.ts';
import type { Town } from '../lib/town.ts';

const PATIENCE = 60_000;

/** Runs `invite accept`, which is refused for good; the same contacts before and after. */
async function refused(
  town: Town,
  guest: DaemonProcess,
  link: string,
  ...more: string[]
): Promise<string> {
  const before = await guest.api.call('contact.list', {});
  const accept = ['invite', 'accept', link, '--name', 'alice', ...more];
  const { code, out, err } = await tacet(join(town.dir, 'people'), guest.name, accept);
  assert.deepEqual([code, out], [7, ''], err);
  assert.deepEqual(await guest.api.call('contact.list', {}), before);
  return err;
}

/**
 * @param used the full link by which `guest` met `host`
 * @param other on no network: refused by the link, but on its network from then on
 */
export async function refuseWorthless(
  town: Town,
  host: DaemonProcess,
  guest: DaemonProcess,
  other: DaemonProcess,
  used: string,
): Promise<void> {
  const made = await host.api.call('invite.create', { label: 'taken back' });
  let link: string | null = null;
  await town.until('the invitation is stored', PATIENCE, async () => {
    const { invitations } = await host.api.call('invite.list', {});
    link = invitations.find((one) => one.id === made.id)?.link ?? null;
    return link !== null;
  });
  await host.api.call('invite.revoke', { id: made.id });
  const [text, json] = await Promise.all([
    refused(town, guest, link ?? ''),
    refused(town, other, used, '--json'),
  ]);
  assert.match(text, /^tacet: the invitation was taken back$/m);
  assert.equal((JSON.parse(json) as { code: string }).code, 'invitation-used');
}
