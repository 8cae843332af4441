/** `introduce`, `introduction list|answer`: bringing two contacts together. */
import type { IntroductionView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { table } from '../format.ts';
import { safeLine } from '../safe.ts';

const STATES: Readonly<Record<IntroductionView['state'], string>> = {
  asked: 'the first was asked',
  passed: 'the first agreed; the second was asked',
  taken: 'both agreed',
  offered: 'waits for your word',
  preparing: 'you agreed; being prepared',
  answered: 'you agreed; waiting for the other',
  meeting: 'you agreed; meeting',
  met: 'you have met',
  declined: 'declined',
  'declined-second': 'declined by the second',
  known: 'you know each other already',
  replaced: 'who came was not whom the introducer named, and was refused',
  expired: 'ended without an answer',
};

export const introduce: Command = {
  path: 'introduce',
  summary: 'bring two of your contacts together',
  args: '<first> <second>',
  arity: [2, 2],
  options: { note: { type: 'string', value: 'TEXT', help: 'what you say of it to both' } },
  examples: ['tacet introduce bob carol --note "you both sail"'],
  details:
    'The first is asked before the second, and each by their own word. Both see that you introduced them, and check the keys against yours. You cannot read what they write.',
  async run(context) {
    const api = await context.api();
    const first = await findContact(api, context.arg(0, 'the first contact'));
    const second = await findContact(api, context.arg(1, 'the second contact'));
    const note = context.text('note');
    const made = await api.call('introduce.offer', {
      firstId: first.id,
      secondId: second.id,
      ...(note === undefined ? {} : { note }),
    });
    context.show(made, () => STATES[made.state]);
    return undefined;
  },
};

export const introductionList: Command = {
  path: 'introduction list',
  summary: 'introductions you made, or were asked about',
  arity: [0, 0],
  examples: ['tacet introduction list'],
  async run(context) {
    const api = await context.api();
    const { introductions } = await api.call('introduce.list', {});
    const { contacts } = await api.call('contact.list', {});
    const nameOf = (id: string): string => contacts.find((one) => one.id === id)?.name ?? id;
    context.show({ introductions }, () =>
      table(
        ['ID', 'WHO', 'STATE', 'NOTE'],
        introductions.map((one) => [
          one.id,
          one.role === 'introducer'
            ? `${safeLine(nameOf(one.contactId))} and ${safeLine(one.name)}`
            : `${safeLine(one.name)}, by ${safeLine(nameOf(one.contactId))}`,
          STATES[one.state],
          safeLine(one.note),
        ]),
      ),
    );
    return undefined;
  },
};

export const introductionDecide: Command = {
  path: 'introduction answer',
  summary: 'say whether you want to be introduced',
  args: '<id> <yes|no>',
  arity: [2, 2],
  examples: ['tacet introduction answer 3 yes'],
  async run(context) {
    const word = context.args[1];
    if (word !== 'yes' && word !== 'no') throw new AppError('usage', 'usage', 'say yes or no');
    const id = context.arg(0, 'the id of the introduction');
    const one = await (await context.api()).call('introduce.decide', {
      id,
      accept: word === 'yes',
    });
    context.show(one, () => STATES[one.state]);
    return undefined;
  },
};
