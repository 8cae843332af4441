/**
 * The shapes the daemon shows (docs/spec/11-api.md 3), as schemas. They mirror the views of the
 * client machine; a type test beside the daemon compares the two. Readers ignore fields they do
 * not know, so a newer daemon may add some.
 */
import * as v from 'valibot';
import { MAX_ID } from './limits.ts';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ID));
const time = v.number();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const maybeTime = v.nullable(time);

export const level = v.picklist(['strong', 'balanced', 'fast']);

const direction = v.picklist(['out', 'in']);

const messageState = v.picklist([
  'queued',
  'sending',
  'stored',
  'delivered',
  'read',
  'unconfirmed',
  'failed',
  'received',
]);

export const evidence = v.object({ at: time, what: v.string(), part: count, parts: count });

/** Who learns what that nobody would learn in Strong. */
export const shown = v.object({
  to: v.picklist(['own-edge', 'contact-with-own-edge', 'watcher']),
  code: v.picklist(['in-use', 'instants', 'correlates', 'transfer']),
  text: v.string(),
});

/** What a text answers; the excerpt is a claim where `proof` is unknown. */
export const reply = v.object({
  messageId: v.nullable(id),
  direction,
  excerpt: v.string(),
  proof: v.picklist(['verified', 'differs', 'unknown', 'gone']),
});

export const reaction = v.object({ direction, emoji: v.string(), state: messageState });

/** Start and length in code points of the text. */
export const mention = v.object({
  start: count,
  length: count,
  who: v.picklist(['self', 'contact', 'other']),
  contactId: v.nullable(id),
  address: v.nullable(v.string()),
});

export const deletion = v.object({
  at: time,
  /** This side keeps what the other asked to delete. */
  kept: v.boolean(),
  state: v.nullable(messageState),
});

/** A file, picture or voice note (docs/spec/19-files.md); what it says of itself is a claim. */
export const file = v.object({
  kind: v.picklist(['file', 'picture', 'voice']),
  /** Safe to show and to save under; `claimedName`: what it was called, where that is not. */
  name: v.string(),
  claimedName: v.nullable(v.string()),
  mediaType: v.string(),
  /** Bytes. */
  size: count,
  state: v.picklist([
    'offered',
    'writing',
    'written',
    'wanted',
    'here',
    'declined',
    'withdrawn',
    'lost',
    'damaged',
    'gone',
  ]),
  reason: v.nullable(v.string()),
  /** Parts that are here, or of an own file in boxes; of how many. */
  done: count,
  parts: count,
  /** base64url: ThumbHash of a picture, loudness of a voice note. */
  preview: v.nullable(v.string()),
  width: v.nullable(count),
  height: v.nullable(count),
  /** ms */
  duration: v.nullable(count),
  peaks: v.nullable(v.string()),
});

export const message = v.object({
  id,
  contactId: id,
  direction,
  /** `trust`: written by this daemon, about the contact's keys. */
  kind: v.picklist(['text', 'file', 'card', 'timer', 'profile', 'trust', 'unknown']),
  /** What it says now; of other kinds than text the line that stands for it. */
  text: v.string(),
  /** Of a timer line: seconds, 0 is off. */
  timer: v.nullable(count),
  sentAt: time,
  arrivedAt: maybeTime,
  deliveredAt: maybeTime,
  state: messageState,
  late: v.boolean(),
  partsSent: count,
  parts: count,
  copies: count,
  reason: v.nullable(v.string()),
  /** On arrival something stood below it already. */
  lateArrival: v.boolean(),
  readAt: maybeTime,
  /** Seconds it lives once it is read, or delivered: it disappears. Null: it stays. */
  lifetime: v.nullable(count),
  /** Once its time has begun. */
  expiresAt: maybeTime,
  replyTo: v.nullable(reply),
  mentions: v.pipe(v.array(mention), v.readonly()),
  mentioned: v.boolean(),
  reactions: v.pipe(v.array(reaction), v.readonly()),
  editedAt: maybeTime,
  deletion: v.nullable(deletion),
  /** Of kind `file`, until it is removed. */
  file: v.nullable(file),
});

/** One version of a text. */
export const version = v.object({
  text: v.string(),
  sentAt: time,
  arrivedAt: maybeTime,
  state: messageState,
});

export const messageDetail = v.object({ ...message.entries, evidence: v.array(evidence) });

const meetingSteps = v.object({
  opened: maybeTime,
  delivered: maybeTime,
  accepted: maybeTime,
  ready: maybeTime,
});

export const contact = v.object({
  id,
  name: v.string(),
  givenName: v.string(),
  /** The identity they know; `ownKeys` false: the profile's keys under another name. */
  identity: v.object({ id, name: v.string(), ownKeys: v.boolean() }),
  trust: v.picklist(['verified', 'introduced', 'link', 'unverified']),
  /** What speaks against the key in use, until somebody verifies. */
  trustWarning: v.nullable(
    v.picklist(['number-differs', 'code-differs', 'key-changed', 'key-refused', 'other-identity']),
  ),
  /** With trust `introduced`: by whom. */
  introducedBy: v.nullable(v.string()),
  /** Since when they have neither received nor said anything. */
  silentSince: maybeTime,
  state: v.picklist(['meeting', 'ready', 'ended', 'self']),
  steps: meetingSteps,
  reason: v.nullable(v.string()),
  /** Nothing of theirs is taken and nothing is sent; to them this daemon is away. */
  blocked: v.boolean(),
  /** While a guest waits for an answer: when the invitation ends. */
  endsAt: maybeTime,
  unread: count,
  lastMessage: v.nullable(message),
});

export const invitation = v.object({
  id,
  label: v.string(),
  /** The name of the identity it is of. */
  identity: v.string(),
  createdAt: time,
  expiresAt: time,
  state: v.picklist(['preparing', 'ready', 'used', 'expired', 'revoked']),
  link: v.nullable(v.string()),
  /** The same with the network card in it, for somebody who is on no network yet. */
  fullLink: v.nullable(v.string()),
  contactId: v.nullable(id),
  /** Why it was taken back or used up, where that was not the user's doing: an error code. */
  reason: v.nullable(v.string()),
});

/** The network a profile joined, as its card says. One authority is said wherever it is named. */
export const card = v.object({
  name: v.string(),
  authorities: count,
  threshold: count,
  closed: v.boolean(),
});

/** Two network documents of one epoch: ours, and another that reached us or a contact. */
export const dispute = v.object({
  at: time,
  epoch: v.number(),
  epochStart: time,
  contact: v.nullable(v.string()),
  own: v.string(),
  other: v.string(),
});

export const network = v.object({
  name: v.string(),
  crowd: v.boolean(),
  closed: v.boolean(),
  authorities: count,
  relays: count,
  epoch: v.number(),
  documentAge: v.number(),
  delayMean: v.number(),
  slot: v.number(),
});

/** What an opened profile says of itself. */
export const profileStatus = v.object({
  profile: v.string(),
  address: v.string(),
  level,
  /** A level that was chosen and begins at a random moment. */
  nextLevel: v.nullable(v.object({ level, at: time })),
  inUse: v.boolean(),
  /**
   * Transfer, for files to which the person consented: its edge was asked, the line runs so until then, or it
   * was refused and is asked again then. Null: nothing of it.
   */
  transfer: v.nullable(v.object({ state: v.picklist(['asked', 'on', 'refused']), until: time })),
  /** Null before a network was joined. */
  card: v.nullable(card),
  /** Null before its first document. */
  network: v.nullable(network),
  link: v.picklist(['offline', 'connecting', 'limited', 'ready']),
  /** Why nothing is sent: no document yet, none of now, or this computer's clock is wrong. */
  pause: v.nullable(v.picklist(['document', 'document-old', 'clock'])),
  /** By how much this clock is ahead of the network's (negative: behind); null: as usual. */
  clockAhead: v.nullable(v.number()),
  disputes: v.pipe(v.array(dispute), v.readonly()),
  edge: v.nullable(v.string()),
  /** Since when nothing is sent because a copy of this profile is running. */
  copiedAt: v.nullable(time),
  /** What was noticed was restored after this one, and goes on in its place. */
  superseded: v.boolean(),
  /** When it was restored, from a backup of when, how often, and whether it speaks already. */
  restored: v.nullable(v.object({ counter: count, at: time, backupAt: time, begun: v.boolean() })),
  outbox: count,
  stalled: v.boolean(),
  deliveryP50: v.nullable(v.number()),
  deliveryP95: v.nullable(v.number()),
  bytesUp: count,
  bytesDown: count,
  deadLetters: count,
});

export const event = v.object({
  cursor: count,
  at: time,
  kind: v.picklist([
    'message',
    'message-state',
    'contact',
    'invitation',
    'address',
    'request',
    'identity',
    'network',
    'letter',
    'alarm',
  ]),
  subject: v.string(),
});

/** How late slots were written, measured at the write call; milliseconds. */
export const lateness = v.object({
  slots: count,
  missed: count,
  p50: v.number(),
  p99: v.number(),
  p999: v.number(),
  max: v.number(),
});

export const daemonStatus = v.object({
  version: v.string(),
  /** Version of this API: an integer that grows when something callers rely on changes. */
  api: count,
  pid: count,
  /** Directory name of the profile: what `--profile` takes. */
  handle: v.string(),
  /**
   * `none`: no profile here yet. `locked`: not opened since the daemon started.
   * `window-locked`: windows are shut, everything else goes on. `full-locked`: keys have left memory, the
   * rhythm goes on with cover, and mail waits. `failed`: see `reason`.
   */
  state: v.picklist(['none', 'locked', 'window-locked', 'full-locked', 'open', 'failed']),
  /** Tried since the last secret that opened the profile, by whomever. */
  wrongSecrets: count,
  /** What opened the profile last: after a lock a keychain opens it to whoever uses this account. */
  opensWith: v.nullable(v.picklist(['passphrase', 'keychain'])),
  /** Error code while `state` is `failed`. */
  reason: v.nullable(v.string()),
  startedAt: time,
  /** Null unless `state` is `open`. */
  status: v.nullable(profileStatus),
  /** Address of the window server, without any secret; null when it does not run. */
  window: v.nullable(v.string()),
  /** A backup being made, tested or restored: how many of its pieces are done. */
  backup: v.nullable(
    v.object({ kind: v.picklist(['create', 'test', 'restore']), done: count, total: count }),
  ),
  debug: v.object({
    lateness,
    /** Session jobs waiting, and the longest time one step held the main thread, in ms. */
    sessionQueue: count,
    longestStep: v.number(),
    clockSteps: count,
    /** What happened to links since the profile was opened, by reason. */
    counters: v.record(v.string(), v.number()),
  }),
});

export type LevelName = v.InferOutput<typeof level>;
export type MessageStateName = v.InferOutput<typeof messageState>;
export type EvidenceView = v.InferOutput<typeof evidence>;
export type VersionView = v.InferOutput<typeof version>;
export type MessageView = v.InferOutput<typeof message>;
export type FileView = v.InferOutput<typeof file>;
export type MessageDetail = v.InferOutput<typeof messageDetail>;
export type MeetingStepsView = v.InferOutput<typeof meetingSteps>;
export type ContactView = v.InferOutput<typeof contact>;
export type InvitationView = v.InferOutput<typeof invitation>;
export type CardView = v.InferOutput<typeof card>;
export type DisputeView = v.InferOutput<typeof dispute>;
export type NetworkView = v.InferOutput<typeof network>;
export type ProfileStatus = v.InferOutput<typeof profileStatus>;
export type EventView = v.InferOutput<typeof event>;
export type LatenessView = v.InferOutput<typeof lateness>;
export type DaemonStatus = v.InferOutput<typeof daemonStatus>;
