/** Somebody brings two of theirs together, and two others who do not want to be. */
import type { IntroductionView } from '@tacet/api';
import { ready } from '../lib/meet.ts';
import type { Person } from './person.ts';
import { areAmong, type Chapter, type Pair, type Stage, Witness } from './stage.ts';

const BY = 'carol';
const BROUGHT: Pair = ['bob', 'dave'];
/** The first says no, so the second is never asked. */
const DECLINED: Pair = ['alice', 'erin'];
const PATIENCE = 120_000;

/** Who brought these two together; null: nobody did. */
export function broughtTogetherBy(a: string, b: string): string | null {
  return areAmong([BROUGHT], a, b) ? BY : null;
}

/** The newest that came from, or went to, this contact. */
async function newest(who: Person, contact: string): Promise<IntroductionView | undefined> {
  const { introductions } = await who.persist((api) => api.call('introduce.list', {}));
  return introductions
    .filter(({ contactId }) => contactId === who.contactId(contact))
    .toSorted((a, b) => b.at - a.at)[0];
}

async function offer({ person }: Stage, [first, second]: Pair): Promise<void> {
  const by = person(BY);
  const ids = { firstId: by.contactId(first), secondId: by.contactId(second) };
  await by.persist((api) => api.call('introduce.offer', { ...ids, note: 'both sail' }));
}

async function decide(witness: Witness, who: Person, accept: boolean): Promise<void> {
  await witness.see(`${who.name} is asked`, async () => {
    return (await newest(who, BY))?.state === 'offered';
  });
  const { id } = (await newest(who, BY)) ?? {};
  if (id === undefined) throw new Error(`${who.name} was not asked`);
  await who.persist((api) => api.call('introduce.decide', { id, accept }));
}

export const introductions: Chapter = {
  name: 'two are introduced',
  expected:
    'both agree, can write, and see by whom; where the first says no the second is not asked',
  async play(stage) {
    const { town, person, say } = stage;
    const witness = new Witness(stage, PATIENCE);
    const by = person(BY);
    await offer(stage, DECLINED);
    await decide(witness, person(DECLINED[0]), false);
    await witness.see(`${BY} hears of the no`, async () => {
      return (await newest(by, DECLINED[0]))?.state === 'declined';
    });
    witness.must('asked all the same', await newest(person(DECLINED[1]), BY), undefined);

    const [a, b] = [person(BROUGHT[0]), person(BROUGHT[1])];
    await offer(stage, BROUGHT);
    await decide(witness, a, true);
    await decide(witness, b, true);
    a.contacts.set(b.name, await ready(town, a.daemon, b.daemon));
    b.contacts.set(a.name, await ready(town, b.daemon, a.daemon));
    say(`${a.name} and ${b.name} can write`);
    await witness.see(`${BY} hears of the yes`, async () => {
      return (await newest(by, BROUGHT[0]))?.state === 'taken';
    });
    return { seen: `${BY} brought ${a.name} and ${b.name} together`, faults: witness.faults };
  },
};
