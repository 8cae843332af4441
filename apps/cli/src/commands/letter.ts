/** `letter list|retry|dismiss`: what could not be sent or read. */
import type { LetterView } from '@tacet/api';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { showTime } from '../duration.ts';
import { safeLine } from '../safe.ts';
import { ending } from '../shapes.ts';

export const letterList: Command = {
  path: 'letter list',
  summary: 'dead letters: what could not be sent or read, why, and what you can do',
  args: '[contact]',
  arity: [0, 1],
  examples: ['tacet letter list', 'tacet letter list bob', 'tacet letter list --json'],
  details: 'Letters of all contacts, or of one; the newest first.',
  async run(context) {
    const api = await context.api();
    const [who] = context.args;
    const { contacts } = await api.call('contact.list', {});
    const { letters } =
      who === undefined
        ? await api.call('letter.list', {})
        : await api.call('letter.ofContact', { contactId: (await findContact(api, who)).id });
    const names = new Map(contacts.map(({ id, name }) => [id, name]));
    const now = Date.now();
    const line = (one: LetterView) => letterLines(one, names.get(one.contactId) ?? 'somebody', now);
    context.show({ letters }, () =>
      letters.length === 0 ? 'no dead letters' : letters.map(line).join('\n'),
    );
    return undefined;
  },
};

export const letterRetry: Command = {
  path: 'letter retry',
  summary: 'try a dead letter once more',
  args: '<letter id>',
  arity: [1, 1],
  examples: ['tacet letter retry out-12', 'tacet letter retry in-3'],
  details:
    'One of yours is sent again as what it was: it cannot arrive twice. One of theirs is read again, or asked for again. Doing it twice does no more than once.',
  async run(context) {
    const id = context.arg(0, 'the id of the letter');
    const letter = await (await context.api()).call('letter.retry', { id });
    context.show(letter, () => WORDS[letter.state]);
    return undefined;
  },
};

export const letterDismiss = ending({
  path: 'letter dismiss',
  summary: 'take a dead letter off the list; nothing else happens',
  of: 'letter',
  example: 'tacet letter dismiss in-3',
  method: 'letter.dismiss',
  state: 'dismissed',
});

const WORDS: Readonly<Record<LetterView['state'], string>> = {
  dead: 'tried again, in vain so far',
  retried: 'on its way again',
  dismissed: 'dismissed before',
  over: 'nothing is left to do: it arrived, or is gone',
};

/** Sentences are the daemon's; names and texts are made safe. */
function letterLines(letter: LetterView, name: string, now: number): string {
  const { id, direction, kind, text, tries, triedAt } = letter;
  const who = safeLine(name);
  const what = kind === null || kind === 'unknown' ? 'something' : `${article(kind)} ${kind}`;
  const head = direction === 'out' ? `${what} to ${who}` : `something from ${who}`;
  const quoted =
    text === null || text === '' ? '' : `: ${[...safeLine(text)].slice(0, 60).join('')}`;
  const tried =
    triedAt === null
      ? []
      : [`tried again ${tries === 1 ? 'once' : `${tries} times`}, last ${showTime(triedAt, now)}`];
  const retry = letter.canRetry ? [`tacet letter retry ${id}`] : [];
  return [
    `${id}  ${showTime(letter.at, now)}  ${head}${quoted}`,
    ...[letter.why, letter.what, ...tried, ...retry].map((sentence) => `    ${safeLine(sentence)}`),
  ].join('\n');
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}
