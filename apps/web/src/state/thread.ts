/** The open conversation: read, page back, follow what is new, mark as read. */

import { batch } from '@preact/signals';
import type { MessageView } from '@tacet/api';
import { call } from '../link/rpc.ts';
import { mergeNewest } from './merge.ts';
import { keepMessage } from './messages.ts';
import { contactOf, messages, type Thread, thread } from './store.ts';

const PAGE = 100;
/** Rows in the document at most; beyond that the newest are let go and read again on demand. */
const MAX_ROWS = 600;

/** Grows with each: what an older one still reads is thrown away. */
let opening = 0;

export async function openThread(contactId: string): Promise<void> {
  const mine = ++opening;
  const unread = contactOf(contactId)?.unread ?? 0;
  messages.clear();
  thread.value = {
    contactId,
    ids: [],
    state: 'loading',
    hasOlder: false,
    hasNewer: false,
    unreadFrom: null,
    arrivedAbove: [],
  };
  try {
    const page = await readPage(contactId);
    if (mine !== opening || thread.value?.contactId !== contactId) return;
    batch(() => {
      patch({
        ids: keepAll(page),
        state: 'ready',
        hasOlder: page.length === PAGE,
        hasNewer: false,
        unreadFrom: firstUnread(page, unread),
      });
    });
  } catch {
    if (mine === opening && thread.value?.contactId === contactId) patch({ state: 'failed' });
  }
}

/** The rows around one message, with the way on to both sides. Throws `message-unknown`. */
export async function openAround(contactId: string, id: string): Promise<void> {
  const mine = ++opening;
  const page = await call('message.around', { id, limit: PAGE / 2 });
  if (mine !== opening || thread.value?.contactId !== contactId) return;
  batch(() => {
    messages.clear();
    patch({
      ids: keepAll(page.messages),
      state: 'ready',
      hasOlder: page.older,
      hasNewer: page.newer,
      unreadFrom: null,
      arrivedAbove: [],
    });
  });
}

export function closeThread(): void {
  thread.value = null;
  messages.clear();
}

/** Reads the newest page again and joins it. Called for every new message, coalesced. */
export async function refreshThread(): Promise<void> {
  const open = thread.value;
  if (open === null || open.state === 'loading') return;
  if (open.state === 'failed') return openThread(open.contactId);
  const page = await readPage(open.contactId);
  const current = thread.value;
  if (current?.contactId !== open.contactId || current.hasNewer) return;
  batch(() => {
    const ids = keepAll(page);
    const merged = mergeNewest(current.ids, ids);
    const lateOnes = merged.above.filter((id) => messages.get(id)?.value.direction === 'in');
    patch({
      ids: merged.ids,
      hasOlder: merged.gap ? page.length === PAGE : current.hasOlder,
      arrivedAbove: [...current.arrivedAbove, ...lateOnes],
    });
  });
}

let readingOlder = false;

export async function readOlder(): Promise<void> {
  const open = thread.value;
  const before = open?.ids[0];
  if (open === null || before === undefined || !open.hasOlder || readingOlder) return;
  readingOlder = true;
  try {
    const page = await readPage(open.contactId, before);
    const current = thread.value;
    if (current?.contactId !== open.contactId || current.ids[0] !== before) return;
    batch(() => {
      const ids = [...keepAll(page), ...current.ids];
      const kept = ids.slice(0, MAX_ROWS);
      for (const id of ids.slice(MAX_ROWS)) messages.delete(id);
      patch({
        ids: kept,
        hasOlder: page.length === PAGE,
        hasNewer: current.hasNewer || kept.length < ids.length,
      });
    });
  } finally {
    readingOlder = false;
  }
}

/** Back to the newest rows after paging far up. */
export async function readNewest(): Promise<void> {
  const open = thread.value;
  if (open?.hasNewer) await openThread(open.contactId);
}

export function forgetLate(): void {
  if (thread.value !== null) patch({ arrivedAbove: [] });
}

/** Deleted here, or disappeared: its row goes. */
export function dropMessage(id: string): void {
  const open = thread.value;
  if (open?.ids.includes(id)) patch({ ids: open.ids.filter((one) => one !== id) });
  messages.delete(id);
}

/** A message this page just handed over: its row stands at once, before any event. */
export function appendOwn(message: MessageView): void {
  const open = thread.value;
  if (open?.contactId !== message.contactId || open.state !== 'ready' || open.hasNewer) return;
  keepMessage(message);
  if (!open.ids.includes(message.id)) patch({ ids: [...open.ids, message.id] });
}

async function readPage(contactId: string, before?: string): Promise<readonly MessageView[]> {
  const position = before === undefined ? {} : { before };
  return (await call('message.list', { contactId, limit: PAGE, ...position })).messages;
}

function keepAll(page: readonly MessageView[]): string[] {
  return page.map((message) => keepMessage(message).peek().id);
}

function firstUnread(page: readonly MessageView[], unread: number): string | null {
  if (unread === 0) return null;
  return page.filter(({ direction }) => direction === 'in').at(-unread)?.id ?? null;
}

function patch(change: Partial<Thread>): void {
  if (thread.value !== null) thread.value = { ...thread.value, ...change };
}
