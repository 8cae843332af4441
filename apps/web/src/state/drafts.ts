/**
 * Texts begun. The composer has them at once; the daemon keeps them in the encrypted store, so that they are there
 * after a lock, in another window and at the command line. Nothing of them is in the browser's storage.
 */
import { batch } from '@preact/signals';
import type { ConversationView } from '@tacet/api';
import { call } from '../link/rpc.ts';
import { drafts, draftVersion, intents } from './store.ts';

/** ms after the last key before the daemon is told. */
const PAUSE = 400;

interface Draft {
  readonly text: string;
  readonly replyTo: string | null;
}

const NONE: Draft = { text: '', replyTo: null };
/** What the daemon has, as far as is known here. */
const saved = new Map<string, Draft>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const saving = new Map<string, Promise<void>>();

/** @param text of the composer, whole */
export function keepDraft(contactId: string, text: string): void {
  drafts.set(contactId, text);
  touchDraft(contactId);
}

/** Its text or what it answers has changed. */
export function touchDraft(contactId: string): void {
  clearTimeout(timers.get(contactId));
  timers.set(
    contactId,
    setTimeout(() => void save(contactId), PAUSE),
  );
}

/** What waits is saved now: before a lock, or when nobody looks any more. */
export async function saveDrafts(): Promise<void> {
  await Promise.all([...timers.keys(), ...saving.keys()].map((id) => save(id)));
}

/** Another window wrote it, or this page has just begun. What is being typed here is newer. */
export function takeDraft({ id, draft }: Pick<ConversationView, 'id' | 'draft'>): void {
  const theirs: Draft = draft ?? NONE;
  const before = saved.get(id) ?? NONE;
  const isBusy = timers.has(id) || saving.has(id) || !isSame(begun(id), before);
  saved.set(id, theirs);
  if (isBusy || isSame(theirs, before) || intents.value.get(id)?.kind === 'edit') return;
  batch(() => {
    drafts.set(id, theirs.text);
    const next = new Map(intents.value);
    if (theirs.replyTo === null) next.delete(id);
    else next.set(id, { kind: 'reply', id: theirs.replyTo });
    intents.value = next;
    draftVersion.value += 1;
  });
}

export function dropDraft(contactId: string): void {
  clearTimeout(timers.get(contactId));
  timers.delete(contactId);
  saved.delete(contactId);
  drafts.delete(contactId);
}

export function forgetDrafts(): void {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  saved.clear();
}

/** One at a time: what was typed meanwhile is saved behind it. */
function save(contactId: string): Promise<void> {
  clearTimeout(timers.get(contactId));
  timers.delete(contactId);
  const running = saving.get(contactId);
  if (running !== undefined) return running;
  // Forgotten behind this line in any case, also where there was nothing to write.
  const next = write(contactId).finally(() => saving.delete(contactId));
  saving.set(contactId, next);
  return next;
}

async function write(contactId: string): Promise<void> {
  try {
    for (;;) {
      const draft = begun(contactId);
      if (isSame(draft, saved.get(contactId) ?? NONE)) return;
      const { text, replyTo } = draft;
      const answers = replyTo === null ? {} : { replyTo };
      await call('draft.set', { contactId, text, ...answers });
      saved.set(contactId, draft);
    }
  } catch {
    // Too long for a message, or nobody answers: it stands in the composer, and the next key tries again.
  }
}

/** Under another version of a message lies the draft that gave way for it. */
function begun(contactId: string): Draft {
  const intent = intents.peek().get(contactId);
  if (intent?.kind === 'edit') return { text: intent.draft, replyTo: null };
  const text = drafts.get(contactId) ?? '';
  return text === '' ? NONE : { text, replyTo: intent?.id ?? null };
}

function isSame(a: Draft, b: Draft): boolean {
  return a.text === b.text && a.replyTo === b.replyTo;
}
