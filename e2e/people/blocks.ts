/** One blocks another for a while: nothing comes meanwhile, and nothing is lost when it ends. */
import { allMessages } from '../lib/daemon.ts';
import { sleep } from '../lib/program.ts';
import { textOf } from './ledger.ts';
import { type Chapter, Witness } from './stage.ts';

const WHO = 'alice';
const WHOM = 'bob';
const PATIENCE = 60_000;
/** Long enough for what is stored to arrive and be confirmed, were it taken. */
const LASTS = 20_000;
const TEXTS = 5;

export const block: Chapter = {
  name: 'a block that ends',
  expected: 'nothing of the blocked one is shown or confirmed; then it all arrives',
  async play(stage) {
    const { person, ledger } = stage;
    const [who, contactId] = [person(WHO), person(WHO).contactId(WHOM)];
    const whom = person(WHOM);
    const witness = new Witness(stage, PATIENCE);
    await who.persist((api) => api.call('contact.block', { contactId }));
    const before = await allMessages(who.daemon, contactId);
    const to = whom.contactId(WHO);
    const given: string[] = [];
    for (let n = 0; n < TEXTS; n++) {
      const number = ledger.nextNumber();
      const text = textOf(number, WHOM, WHO, 1);
      const params = { contactId: to, text, clientId: text };
      const { id } = await whom.persist((api) => api.call('message.send', params));
      const line = { number, from: WHOM, to: WHO, id, at: Date.now(), text };
      ledger.add({ ...line, after: null, replyTo: null });
      given.push(id);
    }
    const areStored = async (): Promise<boolean> => {
      const seen = given.map((id) => whom.persist((api) => api.call('message.get', { id })));
      return (await Promise.all(seen)).every(({ state }) => state === 'stored');
    };
    await witness.see(`what ${WHOM} wrote is stored`, areStored);
    await sleep(LASTS);
    witness.must('still only stored', await areStored(), true);
    const after = await allMessages(who.daemon, contactId);
    witness.must('lines at who blocks', after.length, before.length);
    await who.persist((api) => api.call('contact.unblock', { contactId }));
    return { seen: `${TEXTS} texts stored and not shown`, faults: witness.faults };
  },
};
