/** The client machine as the runtime drives it; `Client` of packages/client has this shape. */
import type {
  AlarmView,
  ContactView,
  ConversationView,
  CrowdView,
  EvidenceView,
  InvitationView,
  LetterView,
  LevelFactsView,
  LevelName,
  MessageView,
  MuteView,
  NetworkFactsView,
  ParamsOf,
  ProfileStatus,
  ResultOf,
  SearchHit,
  StatisticsView,
  TokenView,
  UsageView,
} from '@tacet/api';
import type { Millis } from '@tacet/base';
import type { Backups, CellJob, CellOutcome, Client } from '@tacet/client';
import type { RelayHash } from '@tacet/directory';
import type { DownFrame, Hello, UpFrame, Welcome } from '@tacet/wire';
import type { EventPage } from './event-hub.ts';
import type { PersonAddresses } from './person-addresses.ts';
import type { Talk } from './person-talk.ts';
import type { TrustPart } from './person-trust.ts';

export type ClientEffect<Job> =
  | {
      readonly kind: 'dial';
      readonly address: string;
      readonly relay: RelayHash;
      readonly hello: Hello;
      /** SOCKS server to go through; empty: directly. */
      readonly socks: string;
    }
  /** The link ends after so long; until then nothing is sent on it, and what comes is taken. */
  | { readonly kind: 'hangup'; readonly lingerMs: Millis }
  | { readonly kind: 'up'; readonly frame: UpFrame }
  | { readonly kind: 'event' }
  | { readonly kind: 'session'; readonly job: Job }
  | { readonly kind: 'cells'; readonly job: CellJob }
  /** A mistake of ours was contained: for the log. */
  | { readonly kind: 'fault'; readonly code: string; readonly error: unknown };

export interface Machine<Job, Outcome> {
  deadline(): Millis | null;
  /** The instant at which a frame that is ready will leave: until then nothing else is begun. */
  holdsUntil(): Millis | null;
  advance(now: Millis): void;
  drain(): readonly ClientEffect<Job>[];
  onLinkUp(welcome: Welcome, now: Millis): void;
  onLinkDown(now: Millis): void;
  onDown(frame: DownFrame, now: Millis): void;
  onSession(job: Job, outcome: Outcome, now: Millis): void;
  onCells(job: CellJob, outcome: CellOutcome, now: Millis): void;
}

/** Files of conversations, as the client has them. */
type Files = Pick<
  Client['files'],
  | 'uploads'
  | 'sentBefore'
  | 'send'
  | 'preview'
  | 'want'
  | 'decline'
  | 'withdraw'
  | 'block'
  | 'voice'
>;

/** Conversations as their owner arranges them. */
export interface Conversations {
  list(options: { readonly archived?: boolean }): readonly ConversationView[];
  get(idOrName: string): ConversationView;
  notes(now: Millis): ConversationView;
  pin(idOrName: string, pinned: boolean, now: Millis): ConversationView;
  archive(idOrName: string, archived: boolean, now: Millis): ConversationView;
  mute(idOrName: string, mute: MuteView | null, now: Millis): ConversationView;
  settings(
    idOrName: string,
    change: {
      readonly readReceipts?: boolean;
      readonly obeyDelete?: boolean;
      readonly fetchBytes?: number;
    },
    now: Millis,
  ): ConversationView;
  setDraft(
    idOrName: string,
    draft: { readonly text: string; readonly replyTo?: string },
    now: Millis,
  ): ConversationView;
  pinMessage(id: string, pinned: boolean, now: Millis): void;
  pinnedMessages(idOrName: string): readonly MessageView[];
  around(
    id: string,
    limit: number,
  ): {
    readonly messages: readonly MessageView[];
    readonly older: boolean;
    readonly newer: boolean;
  };
}

/** The privacy level, and what is measured about it. */
export interface Levels {
  compare(): {
    readonly level: LevelName;
    readonly next: { readonly level: LevelName; readonly at: Millis } | null;
    readonly levels: readonly LevelFactsView[] | null;
  };
  preview(level: LevelName): {
    readonly facts: LevelFactsView;
    readonly now: LevelFactsView;
    readonly confirm: boolean;
  };
  set(level: LevelName, confirmed: boolean, now: Millis): void;
  /** Days since 1970. */
  data(): Omit<UsageView, 'days'> & {
    readonly days: readonly { readonly day: number; readonly up: number; readonly down: number }[];
  };
  statistics(): StatisticsView;
  people(now: Millis): CrowdView;
  network(now: Millis): NetworkFactsView | null;
  /** The daemon ends: what is only in memory is saved. */
  rest(now: Millis): void;
}

/** What the methods of the API ask of a person's machine. Everything may throw AppError. */
export interface Person extends PersonAddresses, TrustPart {
  joinNetwork(card: string, now: Millis): void;
  readonly socks: string;
  setSocks(server: string, now: Millis): void;
  readonly lockAfter: number;
  setLockAfter(minutes: number): void;
  /** A window is visible; repeated while it is. */
  setWindowInUse(inUse: boolean, now: Millis): void;
  createInvitation(
    request: { readonly label: string; readonly hours?: number; readonly identity?: string },
    now: Millis,
  ): InvitationView;
  acceptInvitation(
    request: { readonly link: string; readonly name?: string; readonly identity?: string },
    now: Millis,
  ): ContactView;
  revokeInvitation(id: string, now: Millis): unknown;
  invitations(): readonly InvitationView[];
  renameContact(id: string, name: string, now: Millis): ContactView;
  dismissMeeting(idOrName: string, now: Millis): void;
  contacts(): readonly ContactView[];
  contact(idOrName: string): ContactView;
  sendText(request: ParamsOf<'message.send'>, now: Millis): MessageView;
  readonly talk: Talk;
  /** By their places, lowest last. */
  messages(request: {
    readonly contactId: string;
    readonly before?: string;
    readonly limit: number;
  }): readonly MessageView[];
  message(id: string): MessageView & { readonly evidence: readonly EvidenceView[] };
  markRead(contactId: string, now: Millis): void;
  /** After a copy of this profile was noticed and ended. Throws `not-copied`. */
  resume(now: Millis): void;
  /** Throws `cursor-ahead`. */
  readEvents(range: { readonly cursor: number; readonly max: number }): EventPage;
  /** What a token may see that is limited to some contacts, in cursors of its own. */
  eventsOf(tokenId: string): {
    newest(): number;
    read(range: { readonly cursor: number; readonly max: number }): EventPage;
    acknowledge(consumer: string, cursor: number): void;
    acknowledged(consumer: string): number;
  };
  newestCursor(): number;
  acknowledgeEvents(consumer: string, cursor: number): void;
  acknowledgedCursor(consumer: string): number;
  forgetConsumer(consumer: string): boolean;
  alarms(): readonly Omit<AlarmView, 'text' | 'hint'>[];
  readonly conversations: Conversations;
  readonly tokens: {
    create(
      request: ParamsOf<'token.create'>,
      now: Millis,
    ): { readonly token: TokenView; readonly secret: string };
    list(): readonly TokenView[];
    revoke(id: string): void;
    open(secret: string, now: Millis): TokenView | null;
    grant(id: string, now: Millis): TokenView | null;
  };
  readonly files: Files;
  readonly backups: Pick<Backups, 'plan' | 'set' | 'due' | 'pending' | 'made' | 'failed'>;
  readonly letters: {
    list(contact: string | null): LetterView[];
    get(id: string): LetterView;
    retry(id: string, now: Millis): LetterView;
    dismiss(id: string, now: Millis): void;
  };
  readonly why: {
    explain(id: string, now: Millis): ResultOf<'message.why'>;
  };
  readonly search: {
    find(request: ParamsOf<'search.find'>): {
      readonly hits: readonly SearchHit[];
      readonly next: string | null;
    };
  };
  readonly levels: Levels;
  status(now: Millis): ProfileStatus;
  /** What became of documents and digests, by reason. */
  counters(): Readonly<Record<string, number>>;
}
