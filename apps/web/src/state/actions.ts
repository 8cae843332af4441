/** What a person can ask for, apart from sending. Refusals become a notice; nothing throws. */

import { batch } from '@preact/signals';
import type { ConversationView, LevelName } from '@tacet/api';
import { call } from '../link/rpc.ts';
import { sentenceOf } from '../words/errors.ts';
import { levelName } from '../words/levels.ts';
import { dropArranged, keepOne } from './arranged.ts';
import { keepMessage } from './messages.ts';
import { contacts, daemon, notice, phase, type Sheet, sheet, type View, view } from './store.ts';
import { readStatus } from './sync.ts';
import { closeThread, openThread } from './thread.ts';

/** The history keeps only a depth: no id of anybody is written to the browser's disk. */
interface Depth {
  readonly depth: number;
}

export function followHistory(): void {
  history.replaceState({ depth: 0 } satisfies Depth, '');
  addEventListener('popstate', (event) => {
    const depth = (event.state as Depth | null)?.depth ?? 0;
    if (depth === 0 && phase.value === 'open') show({ kind: 'home' });
  });
}

export function go(next: View): void {
  if (next.kind === 'home') {
    if (view.value.kind !== 'home') history.back();
    return;
  }
  const state: Depth = { depth: 1 };
  if (view.value.kind === 'home') history.pushState(state, '');
  else history.replaceState(state, '');
  show(next);
}

function show(next: View): void {
  batch(() => {
    view.value = next;
    if (next.kind === 'chat') void openThread(next.contactId);
    else closeThread();
  });
}

export function openSheet(next: Sheet): void {
  sheet.value = next;
}

export function closeSheet(): void {
  sheet.value = null;
}

export function say(text: string, tone: 'plain' | 'bad' = 'plain'): void {
  notice.value = { text, tone };
}

/** @param confirm yes to what Fast gives up */
export async function setLevel(level: LevelName, confirm = false): Promise<void> {
  await attempt(async () => {
    const { nextLevel } = await call('level.set', { level, ...(confirm ? { confirm } : {}) });
    await readStatus();
    say(nextLevel === null ? `Level: ${levelName[level]}.` : `${levelName[level]} begins soon.`);
  });
}

export async function joinNetwork(card: string): Promise<boolean> {
  return attempt(async () => {
    await call('network.join', { card });
    await readStatus();
  });
}

/** Joins the network of a full link first, where there is none yet. */
export async function acceptInvitation(link: string, name: string): Promise<boolean> {
  return attempt(async () => {
    const named = name === '' ? {} : { name };
    const contact = await call('invite.accept', { link, ...named });
    await readStatus();
    go({ kind: 'chat', contactId: contact.id });
  });
}

let reading: string | null = null;

/** Once at a time for each conversation; a lost one is made good by the next look. */
export async function markRead(contactId: string): Promise<void> {
  if (reading === contactId) return;
  reading = contactId;
  try {
    await call('conversation.read', { contactId });
    contacts.value = (contacts.value ?? []).map((contact) =>
      contact.id === contactId ? { ...contact, unread: 0 } : contact,
    );
  } catch {
    // Stays unread, which is true.
  } finally {
    reading = null;
  }
}

export async function dismissMeeting(contactId: string): Promise<boolean> {
  return attempt(async () => {
    await call('contact.dismiss', { contactId });
    dropArranged(contactId);
    go({ kind: 'home' });
    contacts.value = (contacts.value ?? []).filter(({ id }) => id !== contactId);
  });
}

export async function renameContact(contactId: string, name: string): Promise<boolean> {
  return attempt(async () => {
    const renamed = await call('contact.rename', { contactId, name });
    contacts.value = (contacts.value ?? []).map((one) => (one.id === contactId ? renamed : one));
  });
}

export async function fetchFile(id: string): Promise<boolean> {
  return attempt(async () => {
    keepMessage(await call('file.want', { id }));
  });
}

/** Not wanted: its sender is told. */
export async function declineFile(id: string): Promise<boolean> {
  return attempt(async () => {
    keepMessage(await call('file.decline', { id }));
  });
}

/** No more of an own file is sent. */
export async function withdrawFile(id: string): Promise<boolean> {
  return attempt(async () => {
    keepMessage(await call('file.withdraw', { id }));
  });
}

/** One call that answers the conversation as it is afterwards. */
export async function arrange(work: () => Promise<ConversationView>): Promise<boolean> {
  return attempt(async () => keepOne(await work()));
}

/** Nothing of theirs is taken and nothing is sent; or all of it again. */
export async function blockContact(contactId: string, isBlocked: boolean): Promise<boolean> {
  return attempt(async () => {
    const changed = await call(isBlocked ? 'contact.block' : 'contact.unblock', { contactId });
    contacts.value = (contacts.value ?? []).map((one) => (one.id === contactId ? changed : one));
  });
}

/** With the conversation. @param block their keys are not taken again */
export async function deleteContact(contactId: string, block: boolean): Promise<boolean> {
  return attempt(async () => {
    await call('contact.delete', { contactId, block });
    closeSheet();
    go({ kind: 'home' });
    batch(() => {
      contacts.value = (contacts.value ?? []).filter(({ id }) => id !== contactId);
      dropArranged(contactId);
    });
  });
}

export async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (daemon.value !== null) say(sentenceOf(error), 'bad');
    return false;
  }
}
