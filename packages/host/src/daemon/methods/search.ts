/** Methods of search (packages/api/src/methods/search.ts). */
import type { ParamsOf, searchMethods } from '@tacet/api';
import { tokenRefused } from '../admission.ts';
import { SEARCH_ROOM } from '../limits.ts';
import type { Person } from '../machine.ts';
import type { HandlersOf } from '../scene.ts';

export const searchHandlers: HandlersOf<typeof searchMethods> = {
  'search.find': ({ person, turn }, request, { token }) =>
    turn(() => {
      const allowed = token?.contacts ?? null;
      const { hits, next } = person.search.find(
        allowed === null ? request : { ...request, contacts: within(person, allowed, request) },
      );
      return { hits: [...hits], next };
    }, SEARCH_ROOM),
};

/** Of the contacts asked for those a token may see: to it, others are nobody. */
function within(
  person: Person,
  allowed: readonly string[],
  { contacts }: ParamsOf<'search.find'>,
): string[] {
  if (contacts === undefined) return [...allowed];
  const seen = allowed.map((id) => person.conversations.get(id));
  return contacts.map((named) => {
    const found = seen.find(({ id, name }) => id === named || name === named);
    if (found === undefined) throw tokenRefused();
    return found.id;
  });
}
