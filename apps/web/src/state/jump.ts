/** To one message of a conversation, wherever it stands: the row is shown, marked for a moment and focused. */
import { batch, signal } from '@preact/signals';
import { attempt, go } from './actions.ts';
import { thread, view } from './store.ts';
import { openAround } from './thread.ts';

/** The message to show; the list takes it and sets null. */
export const target = signal<string | null>(null);

export async function jumpTo(contactId: string, id: string): Promise<void> {
  if (view.value.kind !== 'chat' || view.value.contactId !== contactId) {
    go({ kind: 'chat', contactId });
  }
  const isThere = thread.value?.contactId === contactId && thread.value.ids.includes(id);
  if (!isThere && !(await attempt(() => openAround(contactId, id)))) return;
  batch(() => {
    target.value = id;
  });
}
