/**
 * A machine that knows nothing: given one full invitation it joins the network and has a secure
 * session, with the shipped command line and nothing else.
 */
import type { PersonMachine } from './person.ts';

const PATIENCE = 180_000;

/** @returns seconds from the first command on the new machine to *secure session ready* */
export async function meetFromNothing(host: PersonMachine, fresh: PersonMachine): Promise<number> {
  const link = await fullInvitation(host, fresh.name);
  const begin = performance.now();
  await fresh.create();
  await fresh.says(`tacet invite accept '${link}' --name ${host.name} --wait --timeout 3m`);
  const { contacts } = await fresh.api.call('contact.list', {});
  const contact = contacts.find(({ name }) => name === host.name);
  if (contact?.state !== 'ready') throw new Error(`no secure session: ${contact?.state}`);
  return (performance.now() - begin) / 1_000;
}

async function fullInvitation(host: PersonMachine, label: string): Promise<string> {
  const { id } = await host.api.call('invite.create', { label });
  const end = performance.now() + PATIENCE;
  for (;;) {
    const { invitations } = await host.api.call('invite.list', {});
    const link = invitations.find((one) => one.id === id)?.fullLink ?? null;
    if (link !== null) return link;
    if (performance.now() > end) throw new Error('no full invitation in time');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
