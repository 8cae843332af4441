/** `react`, `edit`, `delete`, `timer`, `message show|history`: what is done to what was said. */
import { randomUUID } from 'node:crypto';
import { MAX_CLIENT_ID, MAX_MESSAGE_BYTES } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command, OptionSpec } from '../command.ts';
import { findContact } from '../contacts.ts';
import type { Context } from '../context.ts';
import { parseDays, showTime } from '../duration.ts';
import { messageDetail, messageLine, stateWord } from '../format.ts';
import { MENTION, mentionsOf } from '../mentions.ts';
import { safeText } from '../safe.ts';

export const CLIENT_ID: OptionSpec = {
  type: 'string',
  value: 'ID',
  help: 'a repeat with the same id sends nothing twice',
};

export function clientIdOf(context: Context): string {
  const clientId = context.text('client-id') ?? randomUUID();
  if (clientId === '' || clientId.length > MAX_CLIENT_ID) {
    throw new AppError('usage', 'usage', `--client-id takes 1 to ${MAX_CLIENT_ID} characters`);
  }
  return clientId;
}

/** An argument, or with `-` all of standard input. */
export async function textArgument(context: Context, index: number): Promise<string> {
  const given = context.arg(index, 'the text');
  if (given !== '-') return given;
  return (await context.terminal.readAll(MAX_MESSAGE_BYTES / 2)).replace(/\r?\n$/, '');
}

const IDS = 'Ids of messages: tacet message list --ids.';

export const react: Command = {
  path: 'react',
  summary: 'put a reaction on a message, or take it back',
  args: '<message id> <emoji|->',
  arity: [2, 2],
  options: { 'client-id': CLIENT_ID },
  examples: ['tacet react 12 "👍"', 'tacet react 12 -'],
  details: `The newest counts; \`-\` takes it back. ${IDS}`,
  async run(context) {
    const given = context.arg(1, 'the emoji');
    const emoji = given === '-' ? '' : given;
    const clientId = clientIdOf(context);
    const api = await context.api();
    const id = context.arg(0, 'the id of the message');
    const message = await api.call('message.react', { id, emoji, clientId });
    context.show(message, () => messageLine(message, 'them', Date.now()));
    return undefined;
  },
};

export const edit: Command = {
  path: 'edit',
  summary: 'give a text of yours a new version',
  args: '<message id> <text|->',
  arity: [2, 2],
  options: { mention: MENTION, 'client-id': CLIENT_ID },
  examples: ['tacet edit 12 "see you at nine"'],
  details: `Both sides keep the earlier versions: tacet message history. ${IDS}`,
  async run(context) {
    const text = await textArgument(context, 1);
    const clientId = clientIdOf(context);
    const api = await context.api();
    const id = context.arg(0, 'the id of the message');
    const mentions = await mentionsOf(api, text, context.text('mention'));
    const message = await api.call('message.edit', { id, text, clientId, ...mentions });
    context.show(message, () => messageLine(message, 'them', Date.now()));
    return undefined;
  },
};

export const remove: Command = {
  path: 'delete',
  summary: 'delete a message here, or ask the other side to delete it, too',
  args: '<message id>',
  arity: [1, 1],
  options: {
    'for-everyone': { type: 'boolean', help: 'a message of yours: ask the other side, too' },
    'client-id': CLIENT_ID,
  },
  examples: ['tacet delete 12', 'tacet delete 12 --for-everyone'],
  details: `Nobody can be forced to delete what they have: theirs may keep it, and they may have copied it. ${IDS}`,
  async run(context) {
    const forEveryone = context.flag('for-everyone');
    const clientId = clientIdOf(context);
    const api = await context.api();
    const id = context.arg(0, 'the id of the message');
    await api.call('message.delete', { id, forEveryone, clientId });
    context.show({ id, forEveryone }, () =>
      forEveryone ? 'deleted here; they are asked to delete it' : 'deleted here',
    );
    return undefined;
  },
};

export const timer: Command = {
  path: 'timer',
  summary: 'make new messages with a contact disappear, or say whether they do',
  args: '<contact> [time|off]',
  arity: [1, 2],
  options: { 'client-id': CLIENT_ID },
  examples: ['tacet timer bob', 'tacet timer bob 1d', 'tacet timer bob off'],
  details:
    'Counted from reading over there and from delivery here. Both sides see who changed it.\n' +
    'Whoever reads can copy: it saves from what is found later, not from whom you write to.',
  async run(context) {
    const wanted = context.args[1];
    const seconds = wanted === undefined ? null : wanted === 'off' ? 0 : parseDays(wanted) / 1_000;
    const clientId = clientIdOf(context);
    const api = await context.api();
    const { id: contactId } = await findContact(api, context.arg(0, 'the contact'));
    if (seconds === null) {
      const { settings } = await api.call('conversation.get', { contactId });
      context.show({ seconds: settings.timer }, () =>
        settings.timer === 0 ? 'off' : `${settings.timer} s`,
      );
      return undefined;
    }
    const line = await api.call('timer.set', { contactId, seconds, clientId });
    context.show(line, () => line.text);
    return undefined;
  },
};

export const messageShow: Command = {
  path: 'message show',
  summary: 'one message with all that is known about it',
  args: '<message id>',
  arity: [1, 1],
  examples: ['tacet message show 12'],
  details: IDS,
  async run(context) {
    const api = await context.api();
    const message = await api.call('message.get', { id: context.arg(0, 'the id of the message') });
    context.show(message, () => messageDetail(message, Date.now()));
    return undefined;
  },
};

export const messageHistory: Command = {
  path: 'message history',
  summary: 'every version of a text',
  args: '<message id>',
  arity: [1, 1],
  examples: ['tacet message history 12'],
  details: IDS,
  async run(context) {
    const api = await context.api();
    const id = context.arg(0, 'the id of the message');
    const found = await api.call('message.history', { id });
    const now = Date.now();
    context.show(found, () =>
      found.versions
        .map((one) => {
          const text = safeText(one.text).replaceAll('\n', '\n    ');
          return `${showTime(one.sentAt, now)}  ${text}${stateWord(one.state)}`;
        })
        .join('\n'),
    );
    return undefined;
  },
};
