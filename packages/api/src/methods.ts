/**
 * Every method of the daemon in one table (docs/spec/11-api.md 4): what it takes, what it
 * answers, whether it needs an opened profile, what a caller must be allowed to do. Unknown
 * parameters are refused, so a misspelt one is never silently ignored. A feature with several
 * methods keeps them in `methods/`.
 */
import * as v from 'valibot';
import {
  MAX_FOLDER,
  MAX_IDLE_MINUTES,
  MAX_INVITATION_HOURS,
  MAX_PAGE,
  MAX_SOCKS,
} from './limits.ts';
import { always, done, id, link, method, name, nothing, passphrase, upTo } from './method.ts';
import { addressMethods } from './methods/addresses.ts';
import { backupMethods } from './methods/backups.ts';
import { blockingMethods } from './methods/blocking.ts';
import { conversationMethods } from './methods/conversations.ts';
import { eventMethods } from './methods/events.ts';
import { fileMethods } from './methods/files.ts';
import { identityMethods } from './methods/identities.ts';
import { letterMethods } from './methods/letters.ts';
import { levelMethods } from './methods/levels.ts';
import { searchMethods } from './methods/search.ts';
import { talkMethods } from './methods/talk.ts';
import { tokenMethods } from './methods/tokens.ts';
import { trustMethods } from './methods/trust.ts';
import { whyMethods } from './methods/why.ts';
import { salvaged } from './salvaged.ts';
import {
  contact,
  daemonStatus,
  invitation,
  message,
  messageDetail,
  profileStatus,
} from './views.ts';

export const API_VERSION = 1;

/** Exactly one of them. */
const secret = v.strictObject({
  passphrase: v.exactOptional(passphrase),
  keychain: v.exactOptional(v.boolean()),
});

/** At most what a vault holds beside the open profile and what is added. */
const kept = v.pipe(v.array(secret), v.maxLength(3));

const wiped = v.strictObject({ keychain: v.picklist(['removed', 'none', 'unknown']) });

export const methods = {
  status: method(nothing, daemonStatus, 'read', always),

  'profile.create': method(
    v.strictObject({
      name,
      passphrase: v.exactOptional(passphrase),
      keychain: v.exactOptional(v.boolean()),
    }),
    profileStatus,
    'owner',
    always,
  ),
  'profile.unlock': method(secret, profileStatus, 'owner', always),
  /** `full`: keys leave memory, too, and mail waits; answered when they have. */
  'profile.lock': method(v.strictObject({ full: v.optional(v.boolean()) }), done, 'owner', always),
  /** Windows lock after so many minutes in which nobody touched anything; 0: never. Without it: what holds. */
  'profile.idle': method(
    v.strictObject({
      minutes: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_IDLE_MINUTES)),
      ),
    }),
    v.object({ minutes: v.number() }),
    'owner',
  ),
  /** Another passphrase, or the keychain, opens the profile from now on. */
  'profile.reseal': method(
    v.strictObject({ current: secret, next: secret }),
    done,
    'owner',
    always,
  ),
  /** Another profile in this vault (docs/spec/10-store.md, 9). `keep` opens what else is to stay. */
  'vault.add': method(v.strictObject({ name, passphrase, keep: kept }), done, 'owner', always),
  /** A passphrase that opens this profile once it has destroyed every other one. */
  'vault.duress': method(v.strictObject({ passphrase, keep: kept }), done, 'owner', always),
  /** Makes a profile, where there is none, of what can be read of a damaged one, which stays as it is. */
  'profile.salvage': method(
    v.strictObject({
      /** Of the damaged profile: a whole path, and what opens it. */
      folder: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_FOLDER)),
      current: secret,
      passphrase: v.exactOptional(passphrase),
      keychain: v.exactOptional(v.boolean()),
    }),
    v.object({ status: profileStatus, contents: salvaged }),
    'owner',
    always,
  ),
  /** Destroys the profile, locked or not, and ends the daemon. Nothing brings it back. */
  'profile.wipe': method(v.strictObject({ sure: v.literal(true) }), wiped, 'owner', always),
  /** The copy of this profile that was noticed has been ended: this daemon sends again. */
  'profile.resume': method(nothing, profileStatus, 'owner'),

  ...backupMethods,

  'network.join': method(v.strictObject({ card: link }), profileStatus, 'admin'),
  'network.status': method(
    nothing,
    v.object({
      ...v.pick(profileStatus, ['card', 'network', 'link', 'pause', 'clockAhead', 'disputes'])
        .entries,
      socks: v.string(),
    }),
    'read',
  ),
  /** Every connection goes through this SOCKS server from now on; `none` or empty for none. */
  'network.socks': method(
    v.strictObject({ server: v.pipe(v.string(), v.maxLength(MAX_SOCKS)) }),
    v.object({ socks: v.string() }),
    'admin',
  ),

  /** Without `hours` it lives as long as its boxes. `identity`: id or name; without it one's own. */
  'invite.create': method(
    v.strictObject({
      label: name,
      hours: v.exactOptional(upTo(1, MAX_INVITATION_HOURS)),
      identity: v.exactOptional(id),
    }),
    invitation,
    'contacts',
  ),
  'invite.accept': method(
    v.strictObject({ link, name: v.exactOptional(name), identity: v.exactOptional(id) }),
    contact,
    'contacts',
  ),
  'invite.list': method(nothing, v.object({ invitations: v.array(invitation) }), 'read'),
  'invite.revoke': method(v.strictObject({ id }), done, 'contacts'),

  'contact.list': method(nothing, v.object({ contacts: v.array(contact) }), 'read'),
  /** `contact` is an id or the name this profile uses. */
  'contact.get': method(v.strictObject({ contact: id }), contact, 'read'),
  'contact.rename': method(v.strictObject({ contactId: id, name }), contact, 'contacts'),
  /** A meeting that failed goes from the list. */
  'contact.dismiss': method(v.strictObject({ contactId: id }), done, 'contacts'),

  ...talkMethods,
  ...letterMethods,
  ...fileMethods,
  /** Newest last. `before` is the id of the oldest message of the page after this one. */
  'message.list': method(
    v.strictObject({ contactId: id, before: v.exactOptional(id), limit: upTo(1, MAX_PAGE) }),
    v.object({ messages: v.array(message) }),
    'read',
  ),
  'message.get': method(v.strictObject({ id }), messageDetail, 'read'),
  'conversation.read': method(v.strictObject({ contactId: id }), done, 'send'),

  ...addressMethods,
  ...blockingMethods,
  ...identityMethods,
  ...conversationMethods,
  ...trustMethods,

  ...levelMethods,

  ...eventMethods,
  ...searchMethods,
  ...whyMethods,
  ...tokenMethods,

  /** A one-time address of the window, and a 0600 page that leads there. */
  'window.open': method(nothing, v.object({ url: v.string(), file: v.string() }), 'owner', always),
  /** `touched`: somebody pressed a key or moved the pointer in it since the last one. */
  'window.heartbeat': method(
    v.strictObject({ visible: v.boolean(), touched: v.optional(v.boolean()) }),
    done,
    'owner',
  ),

  'daemon.stop': method(nothing, done, 'admin', always),
} as const;

export type MethodName = keyof typeof methods;
export type ParamsOf<M extends MethodName> = v.InferInput<(typeof methods)[M]['params']>;
export type ResultOf<M extends MethodName> = v.InferOutput<(typeof methods)[M]['result']>;

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
