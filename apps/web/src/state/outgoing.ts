/**
 * Texts between the composer and the daemon's outbox. Each has a client id made once: however
 * often it is handed over, it is sent once. Only a definite refusal stops the trying.
 */

import { batch } from '@preact/signals';
import { isAppError } from '@tacet/base';
import { call } from '../link/rpc.ts';
import { sentenceOf } from '../words/errors.ts';
import { keepDraft } from './drafts.ts';
import { reply } from './intent.ts';
import { drafts, draftVersion, type Pending, pendings } from './store.ts';
import { appendOwn } from './thread.ts';

/** Quicker than this and the person never sees the hand-over. */
const SHOWN_AFTER = 300;
const PAUSES = [200, 500, 1_000, 2_000, 5_000];

/** @param replyTo the message it answers */
export function sendText(contactId: string, text: string, replyTo: string | null = null): void {
  const entry: Pending = {
    clientId: crypto.randomUUID(),
    contactId,
    text,
    replyTo,
    at: Date.now(),
    visible: false,
    refusal: null,
  };
  pendings.value = [...pendings.value, entry];
  setTimeout(() => change(entry.clientId, { visible: true }), SHOWN_AFTER);
  void handOver(entry);
}

export function tryAgain(clientId: string): void {
  change(clientId, { refusal: null, visible: true });
  const entry = pendings.value.find((one) => one.clientId === clientId);
  if (entry !== undefined) void handOver(entry);
}

/** The text returns to the composer, before whatever was begun there. */
export function takeBack(clientId: string): void {
  const entry = pendings.value.find((one) => one.clientId === clientId);
  if (entry === undefined) return;
  const begun = drafts.get(entry.contactId) ?? '';
  keepDraft(entry.contactId, begun === '' ? entry.text : `${entry.text}\n${begun}`);
  batch(() => {
    if (entry.replyTo !== null) reply(entry.contactId, entry.replyTo);
    remove(clientId);
    draftVersion.value += 1;
  });
}

async function handOver({ clientId, contactId, text, replyTo }: Pending): Promise<void> {
  for (let attempt = 0; isWaiting(clientId); attempt++) {
    try {
      const answers = replyTo === null ? {} : { replyTo };
      const message = await call('message.send', { contactId, text, clientId, ...answers });
      batch(() => {
        remove(clientId);
        appendOwn(message);
      });
      return;
    } catch (error) {
      // After a lock the list is empty: the loop ends by itself.
      if (!isAppError(error, 'window-unreachable')) {
        change(clientId, { refusal: sentenceOf(error), visible: true });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSES[Math.min(attempt, 4)]));
    }
  }
}

function isWaiting(clientId: string): boolean {
  return pendings.value.some((entry) => entry.clientId === clientId);
}

function change(clientId: string, patch: Partial<Pending>): void {
  if (!isWaiting(clientId)) return;
  pendings.value = pendings.value.map((entry) =>
    entry.clientId === clientId ? { ...entry, ...patch } : entry,
  );
}

function remove(clientId: string): void {
  pendings.value = pendings.value.filter((entry) => entry.clientId !== clientId);
}
