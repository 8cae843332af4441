/** `contact list`, `contact rename`, `contact dismiss`. */
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { contactTable } from '../format.ts';
import { safeLine } from '../safe.ts';
import { listing } from '../shapes.ts';

export const contactList = listing({
  path: 'contact list',
  summary: 'who you know',
  examples: ['tacet contact list', 'tacet contact list --json'],
  method: 'contact.list',
  lines: ({ contacts }, now) => contactTable(contacts, now),
});

export const contactRename: Command = {
  path: 'contact rename',
  summary: 'call a contact something else, here only',
  args: '<contact> <new name>',
  arity: [2, 2],
  examples: ['tacet contact rename bob "Bob Miller"'],
  async run(context) {
    const api = await context.api();
    const contact = context.arg(0, 'the contact');
    const { id } = await findContact(api, contact);
    const name = context.arg(1, 'the new name');
    const renamed = await api.call('contact.rename', { contactId: id, name });
    context.show(renamed, () => safeLine(renamed.name));
    return undefined;
  },
};

export const contactDismiss: Command = {
  path: 'contact dismiss',
  summary: 'take a meeting that failed off the list',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet contact dismiss bob'],
  async run(context) {
    const api = await context.api();
    const { id } = await findContact(api, context.arg(0, 'the contact'));
    await api.call('contact.dismiss', { contactId: id });
    context.show({ id }, () => 'dismissed');
    return undefined;
  },
};
