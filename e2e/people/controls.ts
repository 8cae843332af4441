/**
 * Faults planted into what one store really holds at the end, one for each claim: what would not be
 * found there would not have been found in the run either.
 */
import { States } from '../restart/states.ts';
import { compare, type Kept, keptBy, type Lists, noFindings } from './audit.ts';
import { type Ledger, type Line, numberIn } from './ledger.ts';
import type { Person } from './person.ts';

export interface Control {
  readonly claim: string;
  readonly planted: string;
  readonly found: boolean;
}

/** On the conversation of `person` with `other`, as it is kept by `person`. */
export async function controls(person: Person, other: string, ledger: Ledger): Promise<Control[]> {
  const kept = await keptBy(person, person.contactId(other));
  return controlsOn(kept, person.name, ledger.between(person.name, other));
}

export function controlsOn(kept: readonly Kept[], self: string, said: readonly Line[]): Control[] {
  const find = (messages: readonly Kept[]): Lists => {
    const lists = noFindings();
    compare('planted', self, messages, said, lists);
    return lists;
  };
  const clean = find(kept);
  const more = (list: keyof Lists, messages: readonly Kept[] | null): boolean =>
    messages !== null && find(messages)[list].length > clean[list].length;
  const standing = kept.filter(({ kind, deletion }) => kind === 'text' && deletion === null);
  const [one] = standing;
  return [
    {
      claim: 'nothing lost',
      planted: 'a text is missing',
      found: more('lost', one === undefined ? null : kept.filter((message) => message !== one)),
    },
    {
      claim: 'nothing twice',
      planted: 'a text stands there again',
      found: more('twice', one === undefined ? null : [...kept, one]),
    },
    {
      claim: 'order causal',
      planted: 'a text stands before the one its writer had read',
      found: more('disordered', beforeItsCause(kept, standing, said)),
    },
    { claim: 'states monotonic', planted: 'a state goes back', found: stepsBack(standing) },
  ];
}

/** Null when no text has a cause that stands. */
function beforeItsCause(
  kept: readonly Kept[],
  standing: readonly Kept[],
  said: readonly Line[],
): Kept[] | null {
  const byNumber = new Map(standing.map((message) => [numberIn(message.text), message]));
  for (const { number, after } of said) {
    const [effect, cause] = [byNumber.get(number), after === null ? null : byNumber.get(after)];
    if (effect === undefined || cause === undefined || cause === null) continue;
    const rest = kept.filter((message) => message !== effect);
    return rest.toSpliced(rest.indexOf(cause), 0, effect);
  }
  return null;
}

/** Seen as they are nothing steps back; then one that was delivered is only stored. */
function stepsBack(standing: readonly Kept[]): boolean {
  const states = new States();
  const calm = [...standing, ...standing].every((message) => states.see(message) === null);
  const done = standing.find(({ state }) => state === 'delivered' || state === 'read');
  return calm && done !== undefined && states.see({ ...done, state: 'stored' }) !== null;
}
