/** A pair that lets its messages disappear: apart from the others, who keep theirs. */
import { allMessages } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import type { Person } from './person.ts';
import { type Chapter, Witness } from './stage.ts';

const PAIR = ['bob', 'frank'] as const;
const LIFE_S = 5;
const PATIENCE = 120_000;
const STAYS = 'written after the timer was off';

export const timer: Chapter = {
  name: 'messages disappear',
  expected: 'what is written under a timer is gone at both ends once it was delivered and read',
  async play(stage) {
    const { town, person } = stage;
    const [bob, frank] = [person(PAIR[0]), person(PAIR[1])];
    const ids = await introduce(town, bob.daemon, frank.daemon);
    bob.fleeting = ids.atHost;
    frank.fleeting = ids.atGuest;
    const sides = [
      { who: bob, contactId: ids.atHost },
      { who: frank, contactId: ids.atGuest },
    ];
    const witness = new Witness(stage, PATIENCE);
    const both = (holds: (side: (typeof sides)[number]) => Promise<boolean>) => async () =>
      (await Promise.all(sides.map(holds))).every((one) => one);
    const setTo = async (seconds: number): Promise<void> => {
      await bob.persist((api) =>
        api.call('timer.set', { contactId: ids.atHost, seconds, clientId: `timer ${seconds}` }),
      );
      await witness.see(
        `both have a timer of ${seconds} s`,
        both(async ({ who, contactId }) => {
          const { settings } = await who.persist((api) =>
            api.call('conversation.get', { contactId }),
          );
          return settings.timer === seconds;
        }),
      );
    };
    await setTo(LIFE_S);
    for (const { who, contactId } of sides) {
      for (const n of [1, 2]) {
        const text = `${who.name}, soon gone ${n}`;
        await who.persist((api) => api.call('message.send', { contactId, text, clientId: text }));
      }
    }
    await witness.see(
      'four texts are here',
      both(async (side) => (await textsOf(side.who, side.contactId)).length === 4),
    );
    await witness.see(
      'and gone, once they were read',
      both(async ({ who, contactId }) => {
        await who.persist((api) => api.call('conversation.read', { contactId }));
        return (await textsOf(who, contactId)).length === 0;
      }),
    );
    await setTo(0);
    await bob.persist((api) =>
      api.call('message.send', { contactId: ids.atHost, text: STAYS, clientId: STAYS }),
    );
    return { seen: `4 texts for ${LIFE_S} s`, faults: witness.faults };
  },
};

async function textsOf(who: Person, contactId: string): Promise<string[]> {
  const messages = await who.persist(() => allMessages(who.daemon, contactId));
  return messages.filter(({ kind }) => kind === 'text').map(({ text }) => text);
}

/** Two timer lines and the text that stays: nothing has come back. */
export async function auditTimer(person: Person): Promise<string[]> {
  if (person.fleeting === null) return [];
  const found = (await allMessages(person.daemon, person.fleeting)).map(({ kind, text }) =>
    kind === 'text' ? text : kind,
  );
  const wanted = ['timer', 'timer', STAYS];
  return JSON.stringify(found) === JSON.stringify(wanted)
    ? []
    : [`${person.name}, under a timer: ${JSON.stringify(found)}`];
}
