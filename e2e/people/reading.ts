/** Two who tell each other what they have read: every delivered text of theirs becomes read. */
import { allMessages } from '../lib/daemon.ts';
import { within } from '../network/stage.ts';
import type { Person } from './person.ts';

const READERS = ['bob', 'carol'];
const PATIENCE = 120_000;

/** Whether what `from` wrote to `to` is read in the end, and not only delivered. */
export function isRead(from: string, to: string): boolean {
  return READERS.includes(from) && READERS.includes(to);
}

/** When everything was delivered: names of those whose texts are not read. */
export async function tellWhatIsRead(people: readonly Person[]): Promise<string[]> {
  const pairs = people.flatMap((who) =>
    [...who.contacts].filter(([other]) => isRead(who.name, other)).map(([, id]) => ({ who, id })),
  );
  for (const { who, id: contactId } of pairs) {
    await who.daemon.api.call('conversation.settings', { contactId, readReceipts: true });
    await who.daemon.api.call('conversation.read', { contactId });
  }
  const unread = await Promise.all(
    pairs.map(async ({ who, id }) => {
      const all = await within(PATIENCE, async () =>
        (await allMessages(who.daemon, id)).every(
          ({ direction, state }) => direction === 'in' || state === 'read',
        ),
      );
      return all ? [] : [who.name];
    }),
  );
  return unread.flat();
}
