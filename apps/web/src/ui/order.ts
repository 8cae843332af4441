/** Conversations by their last sign of life. */
import type { ContactView } from '@tacet/api';
import { contacts } from '../state/store.ts';

export function sortedContacts(): readonly ContactView[] {
  return [...(contacts.value ?? [])].sort((a, b) => lastSign(b) - lastSign(a));
}

export function lastSign({ lastMessage, steps }: ContactView): number {
  const { opened, delivered, accepted, ready } = steps;
  return Math.max(
    lastMessage?.arrivedAt ?? lastMessage?.sentAt ?? 0,
    ready ?? accepted ?? delivered ?? opened ?? 0,
  );
}
