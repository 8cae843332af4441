/**
 * Notes to self (docs/spec/18-conversations.md, 2): a conversation of this profile with itself. It is
 * a row of `contacts` in a state of its own, without keys and streams: no rule of the network finds
 * anything to do in it, and what is written there is saved and nothing else.
 */
import type { Millis } from '@tacet/base';
import type { Contacts } from '../contacts/contacts.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { text } from '../store/rows.ts';

const NAME = 'Notes to self';

export function openNotes(store: ProfileStore, contacts: Contacts, now: Millis): SqlRow {
  return (
    store.get("SELECT * FROM contacts WHERE state = 'self'") ??
    store.transaction(() => contacts.row(contacts.createNotes(NAME, now)))
  );
}

export function isNotes(contact: SqlRow): boolean {
  return text(contact, 'state') === 'self';
}
