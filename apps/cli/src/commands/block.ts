/** `contact block|unblock|delete`. */
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { safeLine } from '../safe.ts';

export const contactBlock: Command = {
  path: 'contact block',
  summary: 'take nothing from a contact and send nothing',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet contact block bob'],
  details:
    'They are not told: to them your daemon is away, and their messages stay undelivered. When you unblock them, what they still keep arrives. Requests of theirs are not shown.',
  async run(context) {
    const api = await context.api();
    const { id } = await findContact(api, context.arg(0, 'the contact'));
    const contact = await api.call('contact.block', { contactId: id });
    context.show(contact, () => `${safeLine(contact.name)}: blocked`);
    return undefined;
  },
};

export const contactUnblock: Command = {
  path: 'contact unblock',
  summary: 'exchange messages with a blocked contact again',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet contact unblock bob'],
  async run(context) {
    const api = await context.api();
    const { id } = await findContact(api, context.arg(0, 'the contact'));
    const contact = await api.call('contact.unblock', { contactId: id });
    context.show(contact, () => `${safeLine(contact.name)}: ${contact.state}`);
    return undefined;
  },
};

export const contactDelete: Command = {
  path: 'contact delete',
  summary: 'remove a contact: keys, session and conversation',
  args: '<contact>',
  arity: [1, 1],
  options: {
    block: { type: 'boolean', help: 'and take no request or invitation of these keys again' },
    yes: { type: 'boolean', help: 'do it; there is no way back' },
  },
  examples: ['tacet contact delete bob --yes', 'tacet contact delete bob --block --yes'],
  details:
    'Nothing can be received from them any more. They are not told. What they have of the conversation stays with them; boxes that stand in the network go within three weeks.',
  async run(context) {
    const api = await context.api();
    const { id, name } = await findContact(api, context.arg(0, 'the contact'));
    if (!context.flag('yes')) {
      throw new AppError('usage', 'usage', `deleting ${name} cannot be undone; say --yes`);
    }
    await api.call('contact.delete', { contactId: id, block: context.flag('block') });
    context.show({ id, state: 'deleted' }, () => 'deleted');
    return undefined;
  },
};
