/** Methods of conversations: order, pins, mute, archive, drafts, settings, notes to self (spec 18). */
import * as v from 'valibot';
import { MAX_FETCH_BYTES, MAX_PAGE } from '../limits.ts';
import { done, id, method, nothing, upTo } from '../method.ts';
import { message } from '../views.ts';

const flag = v.boolean();
const time = v.number();

/** Null: not muted. `until` null: for ever. `mentions`: what mentions this profile is told all the same. */
const mute = v.nullable(v.object({ until: v.nullable(time), mentions: flag }));
const draft = v.nullable(v.object({ text: v.string(), replyTo: v.nullable(id), at: time }));

const settings = v.object({
  /** They are told what was read here. */
  readReceipts: flag,
  /** What they ask to be deleted is deleted at once. */
  obeyDelete: flag,
  /** Their files of at most so many bytes are fetched unasked; 0: none is. */
  fetchBytes: v.number(),
  /** Seconds after which messages written from now on disappear; 0: they stay. */
  timer: v.number(),
});

export const conversation = v.object({
  /** The contact's id; that of the notes to self is an id of the same kind. */
  id,
  kind: v.picklist(['contact', 'self']),
  name: v.string(),
  pinned: flag,
  archived: flag,
  mute,
  draft,
  settings,
  unread: v.number(),
  lastMessage: v.nullable(message),
  /** Of its newest message, or when it began. */
  lastAt: time,
});

const of = { contactId: id };

export const conversationMethods = {
  /** Pinned ones first, in the order of pinning, then by newest message; archived ones apart. */
  'conversation.list': method(
    v.strictObject({ archived: v.exactOptional(flag) }),
    v.object({ conversations: v.array(conversation) }),
    'read',
  ),
  'conversation.get': method(v.strictObject(of), conversation, 'read'),
  'conversation.pin': method(v.strictObject({ ...of, pinned: flag }), conversation, 'send'),
  'conversation.archive': method(v.strictObject({ ...of, archived: flag }), conversation, 'send'),
  'conversation.mute': method(
    v.strictObject({
      ...of,
      mute: v.nullable(v.strictObject({ until: v.nullable(time), mentions: flag })),
    }),
    conversation,
    'send',
  ),
  /** What is left out stays. The timer is not among them: changing it is told to the contact. */
  'conversation.settings': method(
    v.strictObject({
      ...of,
      readReceipts: v.exactOptional(flag),
      obeyDelete: v.exactOptional(flag),
      fetchBytes: v.exactOptional(upTo(0, MAX_FETCH_BYTES)),
    }),
    conversation,
    'send',
  ),
  /** Empty: no draft any more. */
  'draft.set': method(
    v.strictObject({ ...of, text: v.string(), replyTo: v.exactOptional(id) }),
    conversation,
    'send',
  ),
  'message.pin': method(v.strictObject({ id, pinned: flag }), done, 'send'),
  /** Newest pin first. */
  'message.pins': method(v.strictObject(of), v.object({ messages: v.array(message) }), 'read'),
  /** A line with at most `limit` on each side, first to last. */
  'message.around': method(
    v.strictObject({ id, limit: upTo(1, MAX_PAGE) }),
    v.object({ messages: v.array(message), older: flag, newer: flag }),
    'read',
  ),
  /** The conversation of this profile with itself; made by the first call. */
  'note.open': method(nothing, conversation, 'send'),
} as const;

export type ConversationView = v.InferOutput<typeof conversation>;
export type DraftView = NonNullable<ConversationView['draft']>;
export type MuteView = NonNullable<ConversationView['mute']>;
