/**
 * Turns events into fresh views. An event only says what changed; the view is read again, many
 * changes at a time, so a burst costs a few calls and the page always shows what is stored.
 */

import { batch } from '@preact/signals';
import type { EventView, MessageView } from '@tacet/api';
import { isAppError } from '@tacet/base';
import { EventFeed } from '../link/events.ts';
import { call } from '../link/rpc.ts';
import { spokenLine } from '../words/spoken.ts';
import { dropArranged, isMuted, keepArranged, keepOne, readArranged } from './arranged.ts';
import { keepMessage } from './messages.ts';
import {
  alarms,
  announcements,
  contactOf,
  contacts,
  daemon,
  invitations,
  messages,
  streaming,
  thread,
} from './store.ts';
import { dropMessage, refreshThread } from './thread.ts';

const GATHER = 40;
/** More changed contacts than this and the whole list is read. */
const FEW = 4;
const MAX_ANNOUNCED = 20;
const MAX_ALARMS = 20;

interface Dirty {
  newMessages: Set<string>;
  states: Set<string>;
  contacts: Set<string>;
  invitations: boolean;
  status: boolean;
}

let dirty: Dirty = clean();
let timer: ReturnType<typeof setTimeout> | null = null;
let working: Promise<void> = Promise.resolve();
let sessionOver: () => void = () => undefined;
/** Grows with every start and stop: what an older run still reads is thrown away. */
let run = 0;

const feed = new EventFeed({
  event: note,
  connected(up) {
    if (up && !streaming.value) void readStatus().catch(() => undefined);
    streaming.value = up;
  },
  ended: () => sessionOver(),
});

/** Reads everything once and follows the log from just before. Throws what the calls throw. */
export async function startSync(ended: () => void): Promise<void> {
  sessionOver = ended;
  const mine = ++run;
  const { newest } = await call('events.position', {});
  const [people, links, arranged] = await Promise.all([
    call('contact.list', {}),
    call('invite.list', {}),
    readArranged(),
  ]);
  if (mine !== run) return;
  batch(() => {
    contacts.value = people.contacts;
    invitations.value = links.invitations;
    keepArranged(arranged);
    streaming.value = true;
  });
  feed.start(newest);
}

export function stopSync(): void {
  run += 1;
  feed.stop();
  if (timer !== null) clearTimeout(timer);
  timer = null;
  dirty = clean();
}

export function hurrySync(): void {
  feed.hurry();
}

export async function readStatus(): Promise<void> {
  const mine = run;
  const fresh = await call('status', {});
  if (mine === run) daemon.value = fresh;
}

function note(event: EventView): void {
  switch (event.kind) {
    case 'message':
      dirty.newMessages.add(event.subject);
      break;
    case 'message-state':
      dirty.states.add(event.subject);
      break;
    case 'contact':
      dirty.contacts.add(event.subject);
      break;
    case 'invitation':
      dirty.invitations = true;
      break;
    case 'address':
    case 'identity':
    case 'letter':
    case 'request':
      // Not shown yet.
      break;
    case 'network':
      dirty.status = true;
      break;
    case 'alarm':
      dirty.status = true;
      alarms.value = [event.subject, ...alarms.value].slice(0, MAX_ALARMS);
      break;
  }
  if (timer === null) timer = setTimeout(flush, GATHER);
}

function flush(): void {
  timer = null;
  const job = dirty;
  dirty = clean();
  const mine = run;
  working = working.then(() => apply(job, mine)).catch((error) => again(job, mine, error));
}

/** A call that did not get through is made again: an event must never be lost here. */
function again(job: Dirty, mine: number, error: unknown): void {
  if (mine !== run || !isAppError(error, 'window-unreachable')) return;
  for (const id of job.newMessages) dirty.newMessages.add(id);
  for (const id of job.states) dirty.states.add(id);
  for (const id of job.contacts) dirty.contacts.add(id);
  dirty.invitations ||= job.invitations;
  dirty.status ||= job.status;
  if (timer === null) timer = setTimeout(flush, 1_000);
}

async function apply(job: Dirty, mine: number): Promise<void> {
  const changed = [
    ...job.newMessages,
    ...[...job.states].filter((id) => isShown(id) || quoting([id]).length > 0),
  ];
  const gone: string[] = [];
  const fresh = await Promise.all(changed.map((id) => readMessage(id, gone)));
  // What quotes a text that was deleted says so from now on, and has no event of its own.
  const deleted = fresh.filter((one) => one !== null && one.deletion !== null);
  const quotes = quoting([...gone, ...deleted.map((one) => one?.id ?? '')]);
  fresh.push(...(await Promise.all(quotes.map((id) => readMessage(id, gone)))));
  const links = job.invitations ? (await call('invite.list', {})).invitations : null;
  const people = new Set(job.contacts);
  for (const message of fresh) if (message !== null) people.add(message.contactId);
  if (people.size > 0) await readContacts(people, mine);
  if (job.status) await readStatus();
  if (mine !== run) return;
  batch(() => {
    for (const message of fresh) if (message !== null && isShown(message.id)) keepMessage(message);
    for (const id of gone) dropMessage(id);
    if (links !== null) invitations.value = links;
    const arrived = fresh.filter((message) => message !== null && job.newMessages.has(message.id));
    announce(arrived.filter((message) => message?.direction === 'in') as MessageView[]);
  });
  const open = thread.value?.contactId;
  if (fresh.some((one) => one !== null && job.newMessages.has(one.id) && one.contactId === open)) {
    await refreshThread();
  }
}

/** Messages on the page that answer one of these. */
function quoting(ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  return [...messages.values()]
    .map((one) => one.peek())
    .filter(({ replyTo }) => ids.includes(replyTo?.messageId ?? ''))
    .map(({ id }) => id);
}

/** States matter for rows on the screen and for the last line of a conversation. */
function isShown(id: string): boolean {
  return (
    messages.has(id) || (contacts.value?.some(({ lastMessage }) => lastMessage?.id === id) ?? false)
  );
}

/** @param gone gets its id when there is no such line any more */
async function readMessage(id: string, gone: string[]): Promise<MessageView | null> {
  try {
    const { evidence: _evidence, ...message } = await call('message.get', { id });
    return message;
  } catch (error) {
    if (isAppError(error, 'window-unreachable')) throw error;
    if (isAppError(error, 'message-unknown')) gone.push(id);
    return null;
  }
}

async function readContacts(ids: ReadonlySet<string>, mine: number): Promise<void> {
  if (ids.size > FEW) {
    const [{ contacts: all }, arranged] = await Promise.all([
      call('contact.list', {}),
      readArranged(),
    ]);
    if (mine !== run) return;
    batch(() => {
      contacts.value = all;
      keepArranged(arranged);
    });
    return;
  }
  for (const id of ids) {
    try {
      const [contact, arranged] = await Promise.all([
        call('contact.get', { contact: id }),
        call('conversation.get', { contactId: id }),
      ]);
      if (mine !== run) return;
      const rest = (contacts.value ?? []).filter((one) => one.id !== id);
      batch(() => {
        contacts.value = [...rest, contact];
        keepOne(arranged);
      });
    } catch (error) {
      if (isAppError(error, 'window-unreachable')) throw error;
      // A meeting that failed was dismissed, here or elsewhere.
      if (mine !== run || !isAppError(error, 'contact-unknown')) continue;
      batch(() => {
        contacts.value = (contacts.value ?? []).filter((one) => one.id !== id);
        dropArranged(id);
      });
    }
  }
}

function announce(arrived: readonly MessageView[]): void {
  const told = arrived.filter(
    ({ contactId, mentioned }) => !isMuted(contactId, mentioned, Date.now()),
  );
  if (told.length === 0) return;
  const lines = told.map((message) =>
    spokenLine(message, contactOf(message.contactId)?.name ?? '', thread.value?.contactId),
  );
  announcements.value = [...announcements.value, ...lines].slice(-MAX_ANNOUNCED);
}

function clean(): Dirty {
  return {
    newMessages: new Set(),
    states: new Set(),
    contacts: new Set(),
    invitations: false,
    status: false,
  };
}
