/** Contacts whom a text names: `@NAME` in it, and the names said beside it. */
import type { Api, ParamsOf } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { OptionSpec } from './command.ts';
import { contactIdOf } from './contacts.ts';

export const MENTION: OptionSpec = {
  type: 'string',
  value: 'NAMES',
  help: 'whom @NAME in the text means; several with commas',
};

type Mentions = Pick<ParamsOf<'message.send'>, 'mentions'>;

/** Every place of each name. Throws `usage` when the text names one nowhere. */
export async function mentionsOf(
  api: Api,
  text: string,
  names: string | undefined,
): Promise<Mentions> {
  if (names === undefined) return {};
  const found: { start: number; length: number; who: { contactId: string } }[] = [];
  const given = names.split(',').map((name) => name.trim().replace(/^@/, ''));
  // A longer name is not the shorter one it begins with.
  for (const name of [...new Set(given)].sort((a, b) => b.length - a.length)) {
    const places = name === '' ? [] : placesOf(text, `@${name}`);
    const free = places.filter(
      (start) => !found.some((one) => start >= one.start && start < one.start + one.length),
    );
    if (free.length === 0) {
      throw new AppError('usage', 'usage', `the text does not say @${name}`);
    }
    const who = { contactId: await contactIdOf(api, name) };
    const length = [...name].length + 1;
    found.push(...free.map((start) => ({ start, length, who })));
  }
  return { mentions: found.sort((a, b) => a.start - b.start) };
}

/** In code points. */
function placesOf(text: string, needle: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
    places.push([...text.slice(0, at)].length);
  }
  return places;
}
