/** What the composer of a conversation is about: a new text, an answer, another version of an own text. */
import { batch } from '@preact/signals';
import type { MessageView } from '@tacet/api';
import { touchDraft } from './drafts.ts';
import { drafts, draftVersion, type Intent, intents, messages, thread } from './store.ts';

/** @param id of the message that the next text answers */
export function reply(contactId: string, id: string): void {
  cancelIntent(contactId);
  change(contactId, { kind: 'reply', id });
}

/** The text stands in the composer; the draft that gives way for it comes back afterwards. */
export function edit(message: MessageView): void {
  cancelIntent(message.contactId);
  const draft = drafts.get(message.contactId) ?? '';
  batch(() => {
    change(message.contactId, { kind: 'edit', id: message.id, draft });
    begin(message.contactId, message.text);
  });
}

/** The newest own text of the open conversation; false where there is none. */
export function editNewest(contactId: string): boolean {
  const open = thread.value;
  if (open?.contactId !== contactId) return false;
  const newest = open.ids
    .map((id) => messages.get(id)?.peek())
    .findLast((view) => view !== undefined && isOwnText(view));
  if (newest === undefined) return false;
  edit(newest);
  return true;
}

export function cancelIntent(contactId: string): void {
  const intent = intents.value.get(contactId);
  if (intent === undefined) return;
  batch(() => {
    change(contactId, null);
    if (intent.kind === 'edit') begin(contactId, intent.draft);
  });
}

/** A text that can have another version. */
export function isOwnText({ direction, kind, deletion }: MessageView): boolean {
  return direction === 'out' && kind === 'text' && deletion === null;
}

function begin(contactId: string, text: string): void {
  drafts.set(contactId, text);
  draftVersion.value += 1;
}

function change(contactId: string, intent: Intent | null): void {
  const next = new Map(intents.value);
  if (intent === null) next.delete(contactId);
  else next.set(contactId, intent);
  intents.value = next;
  touchDraft(contactId);
}
