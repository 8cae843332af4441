/** Pairs that compare their safety numbers: equal at both ends, and verified ever after. */
import type { ContactView } from '@tacet/api';
import { broughtTogetherBy } from './introductions.ts';
import { asksFor, stoodBeside } from './meetings.ts';
import type { Person } from './person.ts';
import { comparedCodes } from './short-code.ts';
import { areAmong, type Chapter, type Pair } from './stage.ts';

const PAIRS: readonly Pair[] = [
  ['alice', 'bob'],
  ['carol', 'dave'],
];

function numberOf(person: Person, other: string): Promise<string> {
  const contactId = person.contactId(other);
  return person.persist(async (api) => {
    return (await api.call('contact.safetyNumber', { contactId })).digits;
  });
}

export const comparing: Chapter = {
  name: 'two pairs compare',
  expected: 'sixty digits, the same at both ends and different for each pair',
  async play({ person }) {
    const faults: string[] = [];
    const seen = new Set<string>();
    for (const [a, b] of PAIRS) {
      const [one, other] = [person(a), person(b)];
      const digits = [await numberOf(one, b), await numberOf(other, a)];
      if (digits[0] !== digits[1]) faults.push(`${a} and ${b} see different numbers`);
      for (const number of digits) seen.add(number);
      for (const [who, name] of [
        [one, b],
        [other, a],
      ] as const) {
        const contactId = who.contactId(name);
        await who.persist((api) => api.call('contact.verify', { contactId, found: 'same' }));
      }
    }
    if (seen.size !== PAIRS.length) faults.push(`${seen.size} numbers for ${PAIRS.length} pairs`);
    return { seen: `${PAIRS.length} pairs verified`, faults };
  },
};

/** Where a contact's mark is not what the pair did. */
export async function auditTrust(person: Person): Promise<string[]> {
  const { contacts } = await person.daemon.api.call('contact.list', {});
  return contacts.flatMap(({ name, trust, trustWarning, introducedBy }) => {
    const wanted = trustBetween(person.name, name);
    const by = broughtTogetherBy(person.name, name);
    const isRight = trust === wanted && trustWarning === null && introducedBy === by;
    return isRight
      ? []
      : [
          `${person.name} about ${name}: ${trust} ${trustWarning} by ${introducedBy}, not ${wanted}`,
        ];
  });
}

function trustBetween(self: string, name: string): ContactView['trust'] {
  if (areAmong(PAIRS, self, name) || stoodBeside(self, name) || comparedCodes(self, name)) {
    return 'verified';
  }
  if (broughtTogetherBy(self, name) !== null) return 'introduced';
  return asksFor(name, self) ? 'unverified' : 'link';
}
