/** Conversations: pinned ones in the order of pinning, then by their last sign of life; archived ones apart. */
import type { ContactView } from '@tacet/api';
import { arranged, pins } from '../state/arranged.ts';
import { contacts } from '../state/store.ts';

export function sortedContacts(): readonly ContactView[] {
  const pinned = pins.value;
  const place = ({ id }: ContactView): number => {
    const at = pinned.indexOf(id);
    return at === -1 ? pinned.length : at;
  };
  return (contacts.value ?? [])
    .filter((contact) => !isArchived(contact))
    .sort((a, b) => place(a) - place(b) || lastSign(b) - lastSign(a));
}

export function archivedContacts(): readonly ContactView[] {
  return (contacts.value ?? []).filter(isArchived).sort((a, b) => lastSign(b) - lastSign(a));
}

function isArchived({ id }: ContactView): boolean {
  return arranged.value.get(id)?.archived === true;
}

export function lastSign({ lastMessage, steps }: ContactView): number {
  const { opened, delivered, accepted, ready } = steps;
  return Math.max(
    lastMessage?.arrivedAt ?? lastMessage?.sentAt ?? 0,
    ready ?? accepted ?? delivered ?? opened ?? 0,
  );
}
