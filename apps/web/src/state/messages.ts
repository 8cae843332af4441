/** Messages by id, each a signal of its own: a state that changes redraws one row. */

import { type Signal, signal } from '@preact/signals';
import type { MessageView } from '@tacet/api';
import { messages } from './store.ts';

export function keepMessage(message: MessageView): Signal<MessageView> {
  const known = messages.get(message.id);
  if (known === undefined) {
    const fresh = signal(message);
    messages.set(message.id, fresh);
    return fresh;
  }
  if (!isSame(known.value, message)) known.value = message;
  return known;
}

/** Views come from one reader in one order of fields. */
function isSame(a: MessageView, b: MessageView): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
