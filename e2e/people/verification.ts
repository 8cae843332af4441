/** Pairs that compare their safety numbers: equal at both ends, and verified ever after. */
import { asksFor, stoodBeside } from './meetings.ts';
import type { Person } from './person.ts';
import type { Chapter } from './stage.ts';

const PAIRS = [
  ['alice', 'bob'],
  ['carol', 'dave'],
] as const;

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
  return contacts.flatMap(({ name, trust, trustWarning }) => {
    const compared = PAIRS.some(
      ([a, b]) => (a === person.name && b === name) || (b === person.name && a === name),
    );
    const isVerified = compared || stoodBeside(person.name, name);
    const wanted = isVerified ? 'verified' : asksFor(name, person.name) ? 'unverified' : 'link';
    const what = `${person.name} about ${name}: ${trust}, not ${wanted}`;
    if (trustWarning !== null) return [`${what}; ${trustWarning}`];
    return trust === wanted ? [] : [what];
  });
}
