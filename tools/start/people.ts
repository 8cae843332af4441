/** Alice, Bob and Echo: a daemon each, profiles, the network, and contacts by real invitations. */
import { join } from 'node:path';
import { type Api, type ContactView, RemoteError } from '@tacet/api';
import { dialDaemon, waitFor } from '@tacet/cli';
import { daemonEnvironment } from '@tacet/daemon/environment';
import { REPOSITORY } from '../lib/tree.ts';
import type { Children } from './children.ts';
import { type DemoHome, readPassphrase, StartError } from './home.ts';

const DAEMON = join(REPOSITORY, 'apps/daemon/bin/tacet-daemon.mjs');
const WAIT_MS = 60_000;

export interface Person {
  readonly handle: string;
  readonly name: string;
  readonly api: Api;
}

export async function startPerson(
  home: DemoHome,
  children: Children,
  name: string,
  options: readonly string[] = [],
): Promise<Person> {
  const handle = name.toLowerCase();
  const dir = join(home.dir, handle);
  const child = children.start({
    name: handle,
    args: [DAEMON, '--dir', dir, '--ready-fd', '3', ...options],
    tellsReady: true,
    env: daemonEnvironment(process.env),
  });
  const line = await children.ready(child);
  const said = line === null ? null : (JSON.parse(line) as { error?: { message: string } });
  if (said === null || said.error !== undefined) {
    throw new StartError(`${handle}: ${said?.error?.message ?? 'the daemon ended; see its log'}`);
  }
  const api = await dialDaemon(join(dir, 'daemon.sock'));
  const passphrase = readPassphrase(home.passphraseFile(handle));
  const { state } = await api.call('status', {});
  if (state === 'none') await api.call('profile.create', { name, passphrase });
  else await api.call('profile.unlock', { passphrase });
  return { handle, name, api };
}

export async function joinNetwork(person: Person, card: string, again: boolean): Promise<void> {
  const { network } = await person.api.call('network.status', {});
  if (network === null || again) await person.api.call('network.join', { card });
}

/** Has met nobody yet. */
export async function isAlone({ api }: Person): Promise<boolean> {
  const { contacts } = await api.call('contact.list', {});
  return !contacts.some(({ state }) => state === 'ready');
}

const STEP_WORDS = {
  opened: 'has read it',
  delivered: 'has answered it',
  accepted: 'is accepted',
} as const;

/**
 * Makes two people contacts of each other, or waits until they are: the guest has heard from the
 * host, and the host can write to the guest. That the guest's keys come with his first words is
 * not waited for.
 */
export async function introduce(
  host: Person,
  guest: Person,
  say: (text: string) => void,
): Promise<void> {
  let known = await contactNamed(guest, host.name);
  if (known?.state === 'ended') {
    throw new StartError(
      `${guest.name} and ${host.name} could not meet; begin anew: npm start -- --fresh`,
    );
  }
  if (known === null) {
    const link = await invitation(host, guest);
    say(`${host.handle} has an invitation`);
    known = await guest.api.call('invite.accept', { link, name: host.name });
  }
  const { id } = known;
  const said = new Set<string>();
  const found = await waitFor(guest.api, WAIT_MS, async () => {
    const contact = await guest.api.call('contact.get', { contact: id });
    if (contact.state !== 'meeting') return contact;
    tellSteps(guest, contact, said, say);
    return null;
  });
  const other = await waitFor(host.api, WAIT_MS, () => contactNamed(host, guest.name));
  if (found?.state === 'ready' && other !== null && other.state !== 'ended') return;
  throw new StartError(`${guest.name} and ${host.name} did not meet in time`);
}

function tellSteps(
  guest: Person,
  { steps }: ContactView,
  said: Set<string>,
  say: (text: string) => void,
): void {
  for (const step of ['opened', 'delivered', 'accepted'] as const) {
    if (steps[step] === null || said.has(step)) continue;
    said.add(step);
    say(`${guest.handle} ${STEP_WORDS[step]}`);
  }
}

/** Echo's address; the one of an earlier start, if there is one. */
export async function addressOf({ api }: Person): Promise<string> {
  const { addresses } = await api.call('address.list', {});
  const live = addresses.find(({ state }) => state === 'live');
  const { link } = live ?? (await api.call('address.create', { label: 'everybody' }));
  if (link === null) throw new StartError('Echo has no address');
  return link;
}

/** As everybody on the network may: by the address behind its card. */
export async function meetEcho(person: Person, card: string, address: string): Promise<void> {
  await person.api.call('network.join', { card: `${card} ${address}` });
  const { id } = await person.api.call('echo.meet', {});
  const met = await waitFor(person.api, WAIT_MS, async () => {
    const contact = await person.api.call('contact.get', { contact: id });
    return contact.state === 'meeting' ? null : contact;
  });
  if (met?.state !== 'ready') throw new StartError(`${person.name} and Echo did not meet in time`);
}

/** The link of an earlier start is used before another is made. */
async function invitation(host: Person, guest: Person): Promise<string> {
  const label = `demonstration: ${guest.handle}`;
  const find = async () => {
    const { invitations } = await host.api.call('invite.list', {});
    return invitations.find(
      (one) => one.label === label && (one.state === 'preparing' || one.state === 'ready'),
    );
  };
  if ((await find()) === undefined) await host.api.call('invite.create', { label });
  const link = await waitFor(host.api, WAIT_MS, async () => (await find())?.link ?? null);
  if (link === null) throw new StartError(`${host.name}'s invitation was not stored in time`);
  return link;
}

async function contactNamed(person: Person, name: string): Promise<ContactView | null> {
  try {
    return await person.api.call('contact.get', { contact: name });
  } catch (error) {
    if (error instanceof RemoteError && error.code === 'contact-unknown') return null;
    throw error;
  }
}
