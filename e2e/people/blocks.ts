/** One blocks another for a while: nothing comes meanwhile, and nothing is lost when it ends. */
import { allMessages } from '../lib/daemon.ts';
import { sleep } from '../lib/program.ts';
import type { Chapter } from './stage.ts';

const WHO = 'alice';
const WHOM = 'bob';
const LASTS = 30_000;

export const block: Chapter = {
  name: 'a block that ends',
  expected: 'nothing of the blocked one is shown, nothing is sent to them; then it all arrives',
  async play({ person, ledger }) {
    const [who, contactId] = [person(WHO), person(WHO).contactId(WHOM)];
    await who.persist((api) => api.call('contact.block', { contactId }));
    const before = await allMessages(who.daemon, contactId);
    const written = ledger.between(WHO, WHOM).length;
    await sleep(LASTS);
    const after = await allMessages(who.daemon, contactId);
    const meanwhile = ledger.between(WHO, WHOM).length - written;
    await who.persist((api) => api.call('contact.unblock', { contactId }));
    const faults =
      after.length === before.length ? [] : [`${after.length - before.length} shown all the same`];
    return { seen: `${LASTS / 1_000} s, ${meanwhile} texts given meanwhile`, faults };
  },
};
