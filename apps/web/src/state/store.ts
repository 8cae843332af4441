/**
 * Everything the page knows, as signals. Only modules of this folder write here; `clear` forgets
 * all of it, which is what a lock means.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type {
  ContactView,
  DaemonStatus,
  InvitationView,
  MessageView,
  ProfileStatus,
  SearchHit,
} from '@tacet/api';

export type Phase =
  /** Looking for a session and a daemon. */
  | 'starting'
  /** No session and no ticket. */
  | 'outside'
  | 'locked'
  /** The daemon has no profile yet. */
  | 'new'
  | 'open'
  /** The profile cannot be opened; `daemon.reason` says why. */
  | 'failed';

export type View =
  | { readonly kind: 'home' }
  | { readonly kind: 'chat'; readonly contactId: string }
  | { readonly kind: 'invite' };

export type Sheet =
  | { readonly kind: 'you' }
  | { readonly kind: 'backup' }
  | { readonly kind: 'network' }
  | { readonly kind: 'message'; readonly id: string }
  | { readonly kind: 'react'; readonly id: string }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'picture'; readonly id: string }
  | { readonly kind: 'verify'; readonly id: string }
  | { readonly kind: 'contact'; readonly id: string };

/** A text on its way from this page to the daemon. */
export interface Pending {
  readonly clientId: string;
  readonly contactId: string;
  readonly text: string;
  /** The message it answers. */
  readonly replyTo: string | null;
  readonly at: number;
  /** Shown only when it takes a moment. */
  readonly visible: boolean;
  /** A definite refusal, as a sentence. */
  readonly refusal: string | null;
}

/** The open conversation: ids in order; the messages themselves stand in `messages`. */
export interface Thread {
  readonly contactId: string;
  readonly ids: readonly string[];
  readonly state: 'loading' | 'ready' | 'failed';
  readonly hasOlder: boolean;
  /** Newer rows were let go to keep the page light. */
  readonly hasNewer: boolean;
  /** The first unread message when it was opened. */
  readonly unreadFrom: string | null;
  /** Messages that arrived late, above others; they get a pill that leads to them. */
  readonly arrivedAbove: readonly string[];
}

export const phase = signal<Phase>('starting');
export const daemon = signal<DaemonStatus | null>(null);
export const status: ReadonlySignal<ProfileStatus | null> = computed(
  () => daemon.value?.status ?? null,
);
export const contacts = signal<readonly ContactView[] | null>(null);
export const invitations = signal<readonly InvitationView[]>([]);
export const view = signal<View>({ kind: 'home' });
export const sheet = signal<Sheet | null>(null);
export const thread = signal<Thread | null>(null);
export const messages = new Map<string, Signal<MessageView>>();
export const pendings = signal<readonly Pending[]>([]);
/** False while the event stream is down. */
export const streaming = signal(true);
/** One line each for the hidden log that screen readers read out. */
export const announcements = signal<readonly string[]>([]);
/** A short word to the person, shown for a while. */
export const notice = signal<{ readonly text: string; readonly tone: 'plain' | 'bad' } | null>(
  null,
);
export const alarms = signal<readonly string[]>([]);
/** What a composer is about to write, where it is no plain text: an answer, or another version of an own one. */
export type Intent =
  | { readonly kind: 'reply'; readonly id: string }
  | { readonly kind: 'edit'; readonly id: string; readonly draft: string };

/** By contact. */
export const intents = signal<ReadonlyMap<string, Intent>>(new Map());
/** What is sought, and what was found of it so far. Null: nothing is. */
export const searched = signal<{
  readonly text: string;
  readonly hits: readonly SearchHit[];
  /** Older matches follow this one. */
  readonly next: string | null;
  /** `short`: too little to seek. */
  readonly state: 'reading' | 'ready' | 'short' | 'failed';
  readonly problem: string | null;
} | null>(null);
/** Texts begun, by contact. Memory only: a browser's storage would put them on the disk. */
export const drafts = new Map<string, string>();
/** Grows when a draft changes from outside the composer. */
export const draftVersion = signal(0);
/** Ticks while the page is visible: for words like "3 min now". */
export const now = signal(Date.now());
/** How many texts a lock overtook on their way to the daemon. */
export const overtaken = signal(0);

export function contactOf(id: string): ContactView | null {
  return contacts.value?.find((contact) => contact.id === id) ?? null;
}

/** Forgets every word and name. What stays says nothing about anybody. */
export function clear(): void {
  batch(() => {
    overtaken.value = pendings.value.filter((entry) => entry.refusal === null).length;
    daemon.value = null;
    contacts.value = null;
    invitations.value = [];
    view.value = { kind: 'home' };
    sheet.value = null;
    thread.value = null;
    pendings.value = [];
    intents.value = new Map();
    searched.value = null;
    announcements.value = [];
    notice.value = null;
    alarms.value = [];
    messages.clear();
    drafts.clear();
  });
}
