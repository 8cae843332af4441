/** `message list`: a conversation. */
import { MAX_PAGE } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { messageDetail, messageLine } from '../format.ts';

export const messageList: Command = {
  path: 'message list',
  summary: 'the newest messages with a contact, oldest first',
  args: '<contact>',
  arity: [1, 1],
  options: {
    limit: { type: 'string', value: 'N', help: `how many, 1 to ${MAX_PAGE} (default 20)` },
    before: { type: 'string', value: 'ID', help: 'the page before the message with that id' },
    ids: { type: 'boolean', help: 'each with its id, for react, edit, delete and send --reply' },
    details: { type: 'boolean', help: 'each with what is known about its way' },
  },
  examples: ['tacet message list bob', 'tacet message list bob --limit 3 --details'],
  async run(context) {
    const limit = Number(context.text('limit') ?? '20');
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
      throw new AppError('usage', 'usage', `--limit takes 1 to ${MAX_PAGE}`);
    }
    const before = context.text('before');
    const api = await context.api();
    const contact = await findContact(api, context.arg(0, 'the contact'));
    const page = { contactId: contact.id, limit, ...(before === undefined ? {} : { before }) };
    const { messages } = await api.call('message.list', page);
    const now = Date.now();
    if (context.flag('details')) {
      const detailed = await Promise.all(messages.map(({ id }) => api.call('message.get', { id })));
      context.show({ messages: detailed }, () =>
        detailed.map((message) => messageDetail(message, now)).join('\n'),
      );
      return undefined;
    }
    context.show({ messages }, () =>
      messages
        .map((message) => {
          const id = context.flag('ids') ? `#${message.id}  ` : '';
          return `${id}${messageLine(message, contact.name, now)}`;
        })
        .join('\n'),
    );
    return undefined;
  },
};
