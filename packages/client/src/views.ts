/**
 * What the client shows of itself: plain values for the daemon to hand to windows. No key, no
 * ratchet state, no box id. Ids are opaque strings of this profile; times are epoch ms.
 */

import type { Millis } from '@tacet/base';
import type { Content } from './content/content.ts';
import type { ConversationSettings, Mute } from './conversations/settings.ts';
import type { FileView } from './files/view.ts';
import type { TransferView } from './levels/transfer.ts';
import type { RestoredView } from './recovery/restored.ts';
import type { TrustFact, TrustLevel, TrustWarning } from './trust/levels.ts';

export type Level = 'strong' | 'balanced' | 'fast';

/** Every state is a stored fact and only ever moves forward (late is worked out). */
export type MessageState =
  | 'queued'
  | 'sending'
  | 'stored'
  | 'delivered'
  /** Their side says so, where they chose to. */
  | 'read'
  | 'unconfirmed'
  | 'failed'
  /** Of the other side: read by us. */
  | 'received';

/** One fact about a message, newest last: the answer to "why is it late?". */
export interface Evidence {
  readonly at: Millis;
  /**
   * A stable word: saved, encrypted, part-sent, part-stored, copy-stored, receipt, retry, moved,
   * renewed, read, failed, retried.
   */
  readonly what: string;
  /** Part k of n where it applies, else 0. */
  readonly part: number;
  readonly parts: number;
}

/** `trust`: written by this daemon, about the contact's keys. */
export type MessageKind = 'text' | 'file' | 'card' | 'timer' | 'profile' | 'trust' | 'unknown';

/** What a text answers (docs/spec/14-content.md, 4). */
export interface ReplyView {
  /** Null where it is not here (any more). */
  readonly messageId: string | null;
  /** Whose text it is: out is one's own. */
  readonly direction: 'out' | 'in';
  /** Of the text that is here; where it is not, what its writer claims. */
  readonly excerpt: string;
  /** Whether the text answered ever said what is claimed; gone: it was removed. */
  readonly proof: 'verified' | 'differs' | 'unknown' | 'gone';
}

export interface ReactionView {
  /** Whose: out is one's own. */
  readonly direction: 'out' | 'in';
  readonly emoji: string;
  readonly state: MessageState;
}

export interface MentionView {
  /** In code points of the text. */
  readonly start: number;
  readonly length: number;
  readonly who: 'self' | 'contact' | 'other';
  readonly contactId: string | null;
  /** Of somebody else: key-set hash in hex. */
  readonly address: string | null;
}

export interface DeletionView {
  /** When its writer asked for it. */
  readonly at: Millis;
  /** This side keeps what the other asked to delete. */
  readonly kept: boolean;
  /** How far an own request is. */
  readonly state: MessageState | null;
}

export interface VersionView {
  readonly text: string;
  readonly sentAt: Millis;
  readonly arrivedAt: Millis | null;
  readonly state: MessageState;
}

export interface MessageView {
  readonly id: string;
  readonly contactId: string;
  readonly direction: 'out' | 'in';
  readonly kind: MessageKind;
  /** What it says now; of other kinds than text the line that stands for it. */
  readonly text: string;
  /** Of a timer line: seconds, 0 is off. */
  readonly timer: number | null;
  readonly sentAt: Millis;
  /** When it was saved here, for a received one; else null. */
  readonly arrivedAt: Millis | null;
  readonly deliveredAt: Millis | null;
  readonly state: MessageState;
  /** Slower than this contact's own p95. */
  readonly late: boolean;
  readonly partsSent: number;
  readonly parts: number;
  /** Copies acknowledged of the least-copied part: 0, 1, 2. */
  readonly copies: number;
  /** Set with `failed`: an error code of docs/errors.md. */
  readonly reason: string | null;
  /** On arrival something stood below it already. */
  readonly lateArrival: boolean;
  /** When it was read: here, or over there as they say. */
  readonly readAt: Millis | null;
  /** When it disappears; null: not, or its clock has not begun. */
  /** Seconds it lives once it is read, or delivered: it disappears. Null: it stays. */
  readonly lifetime: number | null;
  readonly expiresAt: Millis | null;
  readonly replyTo: ReplyView | null;
  readonly mentions: readonly MentionView[];
  /** A received one that mentions this profile. */
  readonly mentioned: boolean;
  readonly reactions: readonly ReactionView[];
  readonly editedAt: Millis | null;
  readonly deletion: DeletionView | null;
  /** Of kind `file`, until it is removed. */
  readonly file: FileView | null;
}

/** The four visible steps (docs/spec/09-meeting.md, 4) with their times; null while still ahead. */
export interface MeetingSteps {
  readonly opened: Millis | null;
  readonly delivered: Millis | null;
  readonly accepted: Millis | null;
  readonly ready: Millis | null;
}

export interface ContactView {
  readonly id: string;
  /** The name this profile uses for them; unique, the handle of the command line. */
  readonly name: string;
  /** The name they gave themselves. */
  readonly givenName: string;
  /** What is known of the key in use (docs/spec/15-trust.md, 1). */
  /** The identity they know; `ownKeys` false: the profile's keys under another name. */
  readonly identity: { readonly id: string; readonly name: string; readonly ownKeys: boolean };
  readonly trust: TrustLevel;
  /** What speaks against it, until somebody verifies. */
  readonly trustWarning: TrustWarning | null;
  /** Who introduced them, by the name they had here; only with trust `introduced`. */
  readonly introducedBy: string | null;
  /** Since when they have neither received nor said anything; null: nothing waits so long. */
  readonly silentSince: Millis | null;
  /** `self`: the notes of this profile to itself. */
  readonly state: 'meeting' | 'ready' | 'ended' | 'self';
  readonly steps: MeetingSteps;
  /** With `ended`, or while a meeting cannot go on: an error code of docs/errors.md. */
  readonly reason: string | null;
  /** Nothing of theirs is taken and nothing is sent; to them this daemon is away. */
  readonly blocked: boolean;
  /** While a guest waits: when the invitation ends. */
  readonly endsAt: Millis | null;
  readonly unread: number;
  readonly lastMessage: MessageView | null;
}

/** What could not be sent or read, and what can be done about it (docs/spec/18-conversations.md, 7). */
export interface LetterView {
  readonly id: string;
  readonly contactId: string;
  /** Out: an own content that failed. In: something of theirs. */
  readonly direction: 'out' | 'in';
  readonly at: Millis;
  /** An error code of docs/errors.md. */
  readonly reason: string;
  /** One sentence each: why, and what can be done. */
  readonly why: string;
  readonly what: string;
  /** Null: it cannot be known. */
  readonly kind: Content['type'] | null;
  /** The message it is, or is about. */
  readonly messageId: string | null;
  /** What an own one says. */
  readonly text: string | null;
  readonly canRetry: boolean;
  readonly tries: number;
  readonly triedAt: Millis | null;
  /** Dead: it is listed. Retried: under way again. Over: delivered, read or gone. */
  readonly state: 'dead' | 'retried' | 'dismissed' | 'over';
}

/** A conversation as its owner arranged it (docs/spec/18-conversations.md, 1). */
export interface ConversationView {
  readonly id: string;
  readonly kind: 'contact' | 'self';
  readonly name: string;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly mute: Mute | null;
  readonly draft: {
    readonly text: string;
    readonly replyTo: string | null;
    readonly at: Millis;
  } | null;
  readonly settings: ConversationSettings;
  readonly unread: number;
  readonly lastMessage: MessageView | null;
  readonly lastAt: Millis;
}

/** A fact about the trust in a contact's key, with what it led to. */
export interface TrustFactView {
  readonly at: Millis;
  readonly what: TrustFact;
  /** The level from then on. */
  readonly level: TrustLevel;
  /** Who vouched: the name they had here, and their id while they are a contact. */
  readonly by: string | null;
  readonly byId: string | null;
}

export interface SafetyNumberView {
  readonly contactId: string;
  /** Sixty digits, the same at both ends. */
  readonly digits: string;
}

/** An introduction: one we make, or one we were asked about. */
export interface IntroductionView {
  readonly id: string;
  /** `first` is asked before the other; `second` gets the way to the first. */
  readonly role: 'introducer' | 'first' | 'second';
  /**
   * Of an introducer: `asked` the first, `passed` on to the second, `taken`, `declined` by the
   * first, `declined-second`. Of the others: `offered`, `preparing`, `answered`, `meeting`, `met`,
   * `declined`. `replaced` (who came is not whom the
   * introducer named). Of all: `known` (they know each other already), `expired`.
   */
  readonly state:
    | 'asked'
    | 'passed'
    | 'taken'
    | 'offered'
    | 'preparing'
    | 'answered'
    | 'meeting'
    | 'met'
    | 'declined'
    | 'declined-second'
    | 'known'
    | 'replaced'
    | 'expired';
  /** Of an introducer: the first contact. Else: the introducer. */
  readonly contactId: string;
  /** Of an introducer: the second contact. Else: who was met. */
  readonly otherId: string | null;
  /** Of an introducer: the second's. Else: of the one introduced, as the introducer says. */
  readonly name: string;
  readonly note: string;
  readonly at: Millis;
  readonly movedAt: Millis;
  readonly endsAt: Millis;
}

/** One kind of alarm of those the log still holds; `code` of docs/errors.md. */
export interface AlarmView {
  readonly code: string;
  readonly count: number;
  readonly firstAt: Millis;
  readonly lastAt: Millis;
}

/** What a text is that somebody was given. */
export interface LinkView {
  readonly kind: 'invitation' | 'address' | 'meet' | 'network' | 'unknown';
  /** Why it cannot lead anywhere from here: an error code of docs/errors.md. Null: it may. */
  readonly problem: string | null;
}

/** A code to show to somebody who stands here. */
export interface MeetCodeView {
  readonly id: string;
  readonly state: 'preparing' | 'ready' | 'ended';
  /** The name of the identity that is shown. */
  readonly identity: string;
  /** For a QR code, at most 225 characters. */
  readonly text: string | null;
  readonly endsAt: Millis;
}

/** A code of somebody that was scanned here. */
export interface ScanView {
  readonly id: string;
  readonly at: Millis;
  readonly name: string;
  readonly contactId: string | null;
  /** `waiting` until they have scanned ours, too. */
  readonly state: 'waiting' | 'verified' | 'ended';
  readonly verifiedAt: Millis | null;
}

/** The newest run of the short code with a contact. */
export interface CodeView {
  readonly contactId: string;
  /** `waiting`: for the other daemon. `compare`: both see a code. The others are ends. */
  readonly state:
    | 'none'
    | 'waiting'
    | 'compare'
    | 'same'
    | 'different'
    | 'stopped'
    | 'expired'
    | 'broken';
  /** Six digits, while they are to be compared. */
  readonly code: string | null;
  readonly peerSaid: 'same' | 'different' | null;
  readonly beganAt: Millis | null;
  readonly movedAt: Millis | null;
  readonly byUs: boolean;
  /** Runs of the last day, and how many are left. */
  readonly spent: number;
  readonly left: number;
}

/** Why a contact counts as silent, or does not. */
export interface ReachView {
  readonly contactId: string;
  /** When anything of theirs was last read; null: never. */
  readonly heardAt: Millis | null;
  readonly silentSince: Millis | null;
  /** Written things without a receipt: how many, since when, how often posted at most. */
  readonly waiting: number;
  readonly oldest: Millis | null;
  readonly postings: number;
}

export interface InvitationView {
  readonly id: string;
  readonly label: string;
  /** The name of the identity it is of. */
  readonly identity: string;
  readonly createdAt: Millis;
  readonly expiresAt: Millis;
  readonly state: 'preparing' | 'ready' | 'used' | 'expired' | 'revoked';
  /** The link, once box 0 is stored; null before that and after use. */
  readonly link: string | null;
  /** The same with the network card: for somebody who is on no network yet. */
  readonly fullLink: string | null;
  readonly contactId: string | null;
  /** Why it ended, where nobody here chose it: an error code of docs/errors.md. */
  readonly reason: string | null;
}

/** Two network documents of one epoch: a fact, with both hashes to compare. */
export interface DisputeView {
  readonly at: Millis;
  readonly epoch: number;
  readonly epochStart: Millis;
  /** Who holds the other one; null: both came to this profile, signed by the authorities. */
  readonly contact: string | null;
  readonly own: string;
  readonly other: string;
}

export interface StatusView {
  readonly profile: string;
  /** Eight words of the address. */
  readonly address: string;
  readonly level: Level;
  /** Chosen, and in force from then on: a random moment. */
  readonly nextLevel: { readonly level: Level; readonly at: Millis } | null;
  readonly inUse: boolean;
  /** A block of Transfer; null: none. */
  readonly transfer: TransferView | null;
  /** The network this profile joined, as its card says; null before. */
  readonly card: {
    readonly name: string;
    /** One: whoever runs it decides alone which relays there are. Said wherever it is named. */
    readonly authorities: number;
    readonly threshold: number;
    readonly closed: boolean;
  } | null;
  /** As its newest document says; null before the first. */
  readonly network: {
    readonly name: string;
    /** False: demonstration, no crowd. */
    readonly crowd: boolean;
    readonly closed: boolean;
    readonly authorities: number;
    readonly relays: number;
    readonly epoch: number;
    readonly documentAge: Millis;
    readonly delayMean: Millis;
    readonly slot: Millis;
  } | null;
  /** Connecting: no link. Limited: link but no fresh document or digests. */
  readonly link: 'offline' | 'connecting' | 'limited' | 'ready';
  /**
   * Why nothing is sent although there may be a link: no document yet, none in force, own clock.
   */
  readonly pause: 'document' | 'document-old' | 'clock' | null;
  /** By how much this clock is ahead of the network's (negative: behind); null: as usual. */
  readonly clockAhead: Millis | null;
  readonly disputes: readonly DisputeView[];
  readonly edge: string | null;
  /** Since when nothing is sent because a copy of this store is running; null: it is not. */
  readonly copiedAt: Millis | null;
  /** What was noticed was restored after this one, and goes on in its place. */
  readonly superseded: boolean;
  /** When it was restored, and from a backup of when; null: never. */
  readonly restored: RestoredView | null;
  readonly outbox: number;
  /** Work waits and nothing has moved for longer than it should. */
  readonly stalled: boolean;
  /** Own messages at this level, from writing to the receipt, ms; null until five were seen. */
  readonly deliveryP50: Millis | null;
  readonly deliveryP95: Millis | null;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly deadLetters: number;
}

/** An entry of the durable event log. `cursor` counts up by one. */
export interface ClientEvent {
  readonly cursor: number;
  readonly at: Millis;
  readonly kind:
    | 'message' // a new message, either direction
    | 'message-state'
    | 'contact' // added or changed
    | 'invitation'
    | 'address'
    | 'request'
    | 'identity'
    | 'network'
    | 'letter' // a dead letter: new, tried again, dismissed, read after all
    | 'alarm'; // watchdog, equivocation, taken box, dead letter
  /** Message, contact, invitation, address, request or letter id; an error code for `alarm`. */
  readonly subject: string;
}

/** A stretch of the event log. */
export interface EventPage {
  readonly events: readonly ClientEvent[];
  /** Where to read on. */
  readonly cursor: number;
  /** The first event still kept. */
  readonly oldest: number;
  /** Events between the cursor asked for and `oldest`: they are gone. */
  readonly lost: number;
}
