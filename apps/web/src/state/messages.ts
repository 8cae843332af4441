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

function isSame(a: MessageView, b: MessageView): boolean {
  return (
    a.state === b.state &&
    a.late === b.late &&
    a.partsSent === b.partsSent &&
    a.parts === b.parts &&
    a.copies === b.copies &&
    a.deliveredAt === b.deliveredAt &&
    a.arrivedAt === b.arrivedAt &&
    a.sentAt === b.sentAt &&
    a.text === b.text &&
    a.reason === b.reason &&
    a.file?.state === b.file?.state &&
    a.file?.done === b.file?.done
  );
}
