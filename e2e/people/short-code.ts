/** Two who compare a short code aloud: the same six digits at both ends, and both verified. */
import type { CodeView } from '@tacet/api';
import type { Person } from './person.ts';
import { areAmong, type Chapter, type Pair, Witness } from './stage.ts';

const PAIR: Pair = ['erin', 'frank'];
const PATIENCE = 120_000;

export function comparedCodes(a: string, b: string): boolean {
  return areAmong([PAIR], a, b);
}

function codeOf(who: Person, other: string): Promise<CodeView> {
  return who.persist((api) => api.call('code.get', { contactId: who.contactId(other) }));
}

export const shortCode: Chapter = {
  name: 'two compare a short code',
  expected: 'six digits worked out by both daemons, the same at both ends; then both are verified',
  async play(stage) {
    const sides = [
      { who: stage.person(PAIR[0]), other: PAIR[1] },
      { who: stage.person(PAIR[1]), other: PAIR[0] },
    ];
    const witness = new Witness(stage, PATIENCE);
    const [first] = sides;
    await first?.who.persist((api) =>
      api.call('code.start', { contactId: first.who.contactId(first.other) }),
    );
    const codes = new Set<string | null>();
    for (const { who, other } of sides) {
      await witness.see(`${who.name} sees a code`, async () => {
        const { state, code } = await codeOf(who, other);
        if (state === 'compare') codes.add(code);
        return state === 'compare';
      });
    }
    witness.must('codes', codes.size, 1);
    for (const { who, other } of sides) {
      const contactId = who.contactId(other);
      await who.persist((api) => api.call('code.say', { contactId, found: 'same' }));
    }
    for (const { who, other } of sides) {
      await witness.see(`${who.name} hears that the other saw the same`, async () => {
        return (await codeOf(who, other)).peerSaid === 'same';
      });
    }
    return { seen: `${[...codes].join(' and ')} for both`, faults: witness.faults };
  },
};
