/**
 * Methods of what is said (spec 14): texts and replies, reactions, edits, deletes, the timer. Each is
 * idempotent by `clientId`: a repeat answers what the first call did.
 */
import * as v from 'valibot';
import { MAX_CLIENT_ID, MAX_PAGE } from '../limits.ts';
import { done, id, method, name, natural } from '../method.ts';
import { message, profileStatus, version } from '../views.ts';

const clientId = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_CLIENT_ID));

/** In code points of the text, in order. Naming another contact tells that you know them. */
const mentions = v.array(
  v.strictObject({
    start: natural,
    length: natural,
    who: v.union([v.picklist(['self', 'contact']), v.strictObject({ contactId: id })]),
  }),
);

export const talkMethods = {
  'message.send': method(
    v.strictObject({
      contactId: id,
      text: v.string(),
      clientId,
      /** Id of the message it answers. */
      replyTo: v.exactOptional(id),
      mentions: v.exactOptional(mentions),
    }),
    message,
    'send',
  ),
  /** Empty: takes the own reaction back. Answers the message reacted to. */
  'message.react': method(v.strictObject({ id, emoji: v.string(), clientId }), message, 'send'),
  /** Only own texts. Answers the message as it is now. */
  'message.edit': method(
    v.strictObject({ id, text: v.string(), clientId, mentions: v.exactOptional(mentions) }),
    message,
    'send',
  ),
  /** For everyone (own messages): the other side is asked to delete it, too. */
  'message.delete': method(
    v.strictObject({ id, forEveryone: v.boolean(), clientId }),
    done,
    'send',
  ),
  /** Every version of a text, the first one first. */
  'message.history': method(
    v.strictObject({ id }),
    v.object({ versions: v.array(version) }),
    'read',
  ),
  /** Seconds until messages written from now on disappear; 0: they stay. Told to the contact. */
  'timer.set': method(
    v.strictObject({ contactId: id, seconds: natural, clientId }),
    message,
    'send',
  ),
  /** Another name for oneself; only who is named in `tell` gets to know. */
  'profile.rename': method(
    v.strictObject({
      name,
      tell: v.union([v.literal('all'), v.pipe(v.array(id), v.maxLength(MAX_PAGE))]),
    }),
    profileStatus,
    'admin',
  ),
} as const;
