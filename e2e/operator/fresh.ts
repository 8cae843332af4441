/**
 * A machine that knows nothing: given one full invitation it joins the network and has a secure
 * session, with the shipped command line and nothing else.
 */
import { invitation } from './meet.ts';
import type { PersonMachine } from './person.ts';

/** @returns seconds from the first command on the new machine to *secure session ready* */
export async function meetFromNothing(host: PersonMachine, fresh: PersonMachine): Promise<number> {
  const link = await invitation(host, fresh.name, 'fullLink');
  const begin = performance.now();
  await fresh.create();
  await fresh.says(`tacet invite accept '${link}' --name ${host.name} --wait --timeout 3m`);
  const { contacts } = await fresh.api.call('contact.list', {});
  const contact = contacts.find(({ name }) => name === host.name);
  if (contact?.state !== 'ready') throw new Error(`no secure session: ${contact?.state}`);
  return (performance.now() - begin) / 1_000;
}
