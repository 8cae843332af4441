/**
 * A person's client as one machine without I/O: inputs are methods with `now`, outputs are
 * effects, everything that must survive is saved before an effect that depends on it is emitted.
 * Commands throw AppError and change nothing when they refuse.
 */
import { AppError, equalBytes, fromUtf8, HOUR, hex, type Millis, utf8 } from '@tacet/base';
import type { DownFrame, Welcome } from '@tacet/wire';
import { decodeAddressLink, isOfNetwork } from './addresses/card.ts';
import type { AcceptRequest, AddressFeature } from './addresses/feature.ts';
import { cleanName } from './contacts/contacts.ts';
import type { Conversations } from './conversations/conversations.ts';
import type { SendRequest, Talk } from './conversations/talk.ts';
import { keepEcho, meetEcho, splitCard } from './echo/echo.ts';
import type { ClientEffect, ClientOptions } from './effects.ts';
import { Engine } from './engine.ts';
import { alarmsOf } from './events/alarms.ts';
import { LimitedEvents } from './events/limited.ts';
import type { EventRange } from './events/log.ts';
import type { CellJob, CellOutcome } from './files/cell-jobs.ts';
import type { Files } from './files/feature.ts';
import type { Identities } from './identities/identities.ts';
import type { Letters } from './letters/letters.ts';
import type { Levels } from './levels/levels.ts';
import { MAX_FIRST_WORDS_BYTES } from './limits.ts';
import { decodeLink, sameNetwork } from './meeting/link.ts';
import { checkLink } from './meeting/link-check.ts';
import { checkFirstWords } from './meeting/visits.ts';
import { type Handover, handoverOf, layHandover, takeHandover } from './network/handover.ts';
import { Network } from './network/network.ts';
import type { SqlRow } from './ports.ts';
import { Backups } from './recovery/backups.ts';
import { restoredView } from './recovery/restored.ts';
import type { Search } from './search/search.ts';
import type { JobOutcome, SessionJob } from './sessions/jobs.ts';
import { addressWords } from './status/words.ts';
import { migrate } from './store/migrate.ts';
import { num, rowIdOf, text } from './store/rows.ts';
import { MIGRATIONS } from './store/schema.ts';
import { readSetting, writeSetting } from './store/settings.ts';
import type { Tokens } from './tokens/tokens.ts';
import type { Codes } from './trust/codes.ts';
import type { InPerson } from './trust/in-person.ts';
import type { Introductions } from './trust/introductions.ts';
import { reachOf } from './trust/reach.ts';
import type { Safety } from './trust/safety.ts';
import type {
  AlarmView,
  ContactView,
  DisputeView,
  EventPage,
  Evidence,
  InvitationView,
  LinkView,
  MessageView,
  ReachView,
  StatusView,
} from './views.ts';
import type { Why } from './why/why.ts';

export class Client {
  private readonly e: Engine;
  readonly conversations: Conversations;
  readonly search: Search;
  readonly talk: Talk;
  readonly tokens: Tokens;
  /** The privacy level, what it costs and what was measured. */
  readonly levels: Levels;
  /** Where backups go, and what became of the last. */
  readonly backups: Backups;

  private constructor(engine: Engine) {
    this.e = engine;
    this.conversations = engine.conversations;
    this.search = engine.search;
    this.talk = engine.content.talk;
    this.tokens = engine.tokens;
    this.levels = engine.levels;
    this.backups = new Backups(engine.store, engine.events);
  }

  /**
   * Opens a prepared profile. Throws `profile-newer`, `profile-empty`.
   * @param from another client's link, with which this one goes on
   */
  static open(options: ClientOptions, now: Millis, from: Handover | null = null): Client {
    migrate(options.store, MIGRATIONS);
    if (from !== null) layHandover(options.store, from);
    const engine = new Engine(options, now);
    if (from !== null) takeHandover(engine, from);
    return new Client(engine);
  }

  /**
   * Link and grid for another client; this one is not driven any more. In a turn in which no frame is
   * ready: throws `handover-frame`.
   */
  handOver(now: Millis): Handover {
    this.e.now = now;
    return handoverOf(this.e);
  }

  /** Facts of trust, safety numbers. */
  get safety(): Safety {
    return this.e.trust.safety;
  }

  /** Short codes. */
  get codes(): Codes {
    return this.e.trust.codes;
  }

  /** Codes to show and to scan. */
  get inPerson(): InPerson {
    return this.e.trust.inPerson;
  }

  /** Bringing contacts together. */
  get introductions(): Introductions {
    return this.e.trust.introductions;
  }

  /** Throws `echo-missing` where the card named none. */
  meetEcho(now: Millis): ContactView {
    this.e.now = now;
    return this.contact(meetEcho(this.e, now));
  }

  /** What a text is, and why it cannot work, before anything is sent. */
  checkLink(link: string, now: Millis): LinkView {
    const { store, network } = this.e;
    const bound = network?.reached === true;
    return checkLink(link, { store, network: network?.id ?? null, bound }, now);
  }

  /** Whether a contact still answers, with the evidence. */
  reach(idOrName: string, now: Millis): ReachView {
    this.e.now = now;
    return reachOf(this.e.store, this.e.contactList.find(idOrName), now);
  }

  // Machine: see Engine ---------------------------------------------------------------------

  deadline(): Millis | null {
    return this.e.deadline();
  }

  /** A frame is ready and leaves at this instant: a host begins nothing else until then. */
  holdsUntil(): Millis | null {
    return this.e.link.holdsUntil;
  }

  advance(now: Millis): void {
    this.e.advance(now);
  }

  drain(): ClientEffect[] {
    return this.e.drain();
  }

  /** SOCKS server the profile's link goes through; empty: none. */
  get socks(): string {
    return this.e.socks;
  }

  setSocks(server: string, now: Millis): void {
    this.e.setSocks(server, now);
  }

  onLinkUp(welcome: Welcome, now: Millis): void {
    this.e.onLinkUp(welcome, now);
  }

  onLinkDown(now: Millis): void {
    this.e.onLinkDown(now);
  }

  onDown(frame: DownFrame, now: Millis): void {
    this.e.onDown(frame, now);
  }

  onSession(job: SessionJob, outcome: JobOutcome, now: Millis): void {
    this.e.onSession(job, outcome, now);
  }

  onCells(job: CellJob, outcome: CellOutcome, now: Millis): void {
    this.e.onCells(job, outcome, now);
  }

  // Commands -------------------------------------------------------------------------------

  /** By card; one of another network counts until the first was reached. */
  joinNetwork(given: string, now: Millis): void {
    this.e.now = now;
    const { card: cardText, echo } = splitCard(given);
    const had = this.e.network;
    const isOther = ({ id }: Network): boolean => had !== null && !equalBytes(had.id, id);
    const network = this.e.store.transaction(() => {
      const joined = Network.join(cardText, this.e.networkDeps);
      keepEcho(this.e.store, echo, { id: joined.id, other: isOther(joined) });
      if (isOther(joined)) {
        this.e.invitationList.leaveNetwork(now);
        this.e.visits.leaveNetwork(now);
      }
      this.e.events.append(now, 'network', 'joined');
      return joined;
    });
    this.e.network = network;
    this.e.guard.onCard(network, now);
    if (isOther(network)) this.e.link.anew(now);
    this.e.link.start(now);
    this.e.jobs.kick();
  }

  /** Minutes without a touch after which a host locks windows; 0: never. */
  get lockAfter(): number {
    return Number(fromUtf8(readSetting(this.e.store, 'lock-after') ?? utf8('0')));
  }

  setLockAfter(minutes: number): void {
    writeSetting(this.e.store, 'lock-after', utf8(String(minutes)));
  }

  /** A window is visible; repeated every minute while it is. */
  setWindowInUse(inUse: boolean, now: Millis): void {
    this.e.now = now;
    if (inUse) this.e.levels.inUse.beat(now);
  }

  /** @param options the life in hours; the identity by id or name */
  createInvitation(
    options: { readonly label: string; readonly hours?: number; readonly identity?: string },
    now: Millis,
  ): InvitationView {
    this.e.now = now;
    const { label, hours } = options;
    const identity = this.e.identities.find(options.identity);
    const life = hours === undefined ? {} : { life: hours * HOUR };
    return this.e.invitationList.create({ label, identity, ...life }, now);
  }

  invitations(): InvitationView[] {
    return this.e.invitationList.list();
  }

  revokeInvitation(id: string, now: Millis): InvitationView {
    this.e.now = now;
    return this.e.invitationList.revoke(id, now);
  }

  /** Joins the network of a full link first, when this profile has reached none yet. */
  acceptInvitation(
    options: {
      readonly link: string;
      readonly name?: string;
      readonly text?: string;
      readonly identity?: string;
    },
    now: Millis,
  ): ContactView {
    this.e.now = now;
    const firstWords = checkFirstWords(options.text ?? '', MAX_FIRST_WORDS_BYTES);
    const link = decodeLink(options.link);
    const { network } = this.e;
    // Whatever can be refused is refused before the network is joined.
    const name = options.name === undefined ? null : cleanName(options.name);
    const identity = this.e.identities.find(options.identity);
    const mayJoin = network === null || !(network.reached || sameNetwork(link, network.id));
    if (mayJoin && link.card !== null) this.joinNetwork(link.card, now);
    const id = this.e.visits.accept(options.link, { name, firstWords, identity }, now);
    this.e.visits.advance(now);
    return this.contact(String(id));
  }

  /** Who this profile is to whom. */
  get identities(): Identities {
    return this.e.identities;
  }

  /** Own reusable addresses and the requests that come to them. */
  get addresses(): AddressFeature {
    return this.e.addresses;
  }

  /** A request to somebody's address. Joins the network given along, as `acceptInvitation` does. */
  sendRequest(
    options: {
      readonly address: string;
      readonly name?: string;
      readonly text?: string;
      readonly identity?: string;
    },
    now: Millis,
  ): ContactView {
    this.e.now = now;
    const link = decodeAddressLink(options.address);
    const { network } = this.e;
    const mayJoin = network === null || !(network.reached || isOfNetwork(link.card, network.id));
    if (mayJoin && link.networkCard !== null) this.joinNetwork(link.networkCard, now);
    return this.contact(this.e.addresses.send({ ...options, link, text: options.text ?? '' }, now));
  }

  acceptRequest(options: AcceptRequest, now: Millis): ContactView {
    this.e.now = now;
    const id = this.e.addresses.accept(options, now);
    this.e.visits.advance(now);
    return this.contact(id);
  }

  contacts(): ContactView[] {
    return this.e.contactList.all().map((row) => this.contactView(row));
  }

  /** By id or by the exact name; throws `contact-unknown`. */
  contact(idOrName: string): ContactView {
    return this.contactView(this.e.contactList.find(idOrName));
  }

  renameContact(idOrName: string, name: string, now: Millis): ContactView {
    this.e.now = now;
    return this.contact(String(this.e.contactList.rename(idOrName, name, now)));
  }

  /** To them this daemon is away from now on; nothing of theirs is shown. */
  blockContact(idOrName: string, now: Millis): ContactView {
    this.e.now = now;
    return this.contact(String(this.e.blocking.block(idOrName, now)));
  }

  unblockContact(idOrName: string, now: Millis): ContactView {
    this.e.now = now;
    return this.contact(String(this.e.blocking.unblock(idOrName, now)));
  }

  /** Keys, ratchet, stream and conversation go. @param block their keys are not taken again */
  deleteContact(idOrName: string, block: boolean, now: Millis): void {
    this.e.now = now;
    this.e.blocking.delete(idOrName, block, now);
  }

  /** Takes a meeting that failed off the list. Throws `contact-unknown`, `contact-met`. */
  dismissMeeting(idOrName: string, now: Millis): void {
    this.e.now = now;
    const id = num(this.e.contactList.find(idOrName), 'id');
    this.e.addresses.withdraw(id, now);
    this.e.visits.dismiss(id, now);
  }

  /** Saves a text and answers `queued`; the same client id again answers with the same message. */
  sendText(options: SendRequest, now: Millis): MessageView {
    return this.talk.send(options, now);
  }

  messages(options: {
    readonly contactId: string;
    readonly before?: string | null;
    readonly limit: number;
  }): MessageView[] {
    const contactId = num(this.e.contactList.find(options.contactId), 'id');
    const before =
      options.before == null ? null : num(this.e.messageList.row(rowIdOf(options.before)), 'id');
    const usual = this.e.usual(contactId);
    return this.e.messageList
      .list(contactId, before, options.limit)
      .map((row) => this.e.messageList.view(row, usual, this.e.now));
  }

  message(id: string): MessageView & { readonly evidence: readonly Evidence[] } {
    const row = this.e.messageList.line(rowIdOf(id));
    return { ...this.messageView(row), evidence: this.e.messageList.evidence(num(row, 'id')) };
  }

  /** The conversation was opened and seen to its end. */
  markRead(contactId: string, now: Millis): void {
    this.e.now = now;
    const id = num(this.e.contactList.find(contactId), 'id');
    const last = this.e.messageList.newest(id);
    const had = num(this.e.contactList.row(id), 'read_at');
    this.e.store.transaction(() => {
      this.e.contactList.touch(id, now);
      if (last <= had) return;
      this.e.store.run('UPDATE contacts SET read_at = ? WHERE id = ?', last, id);
      this.e.messageList.removal.read(id, had, last, now);
      if (this.e.content.readReceipts.onRead(id)) this.e.oweReceipt(id, now);
      this.e.events.append(now, 'contact', String(id));
    });
    this.e.standing.used(id, now);
  }

  readEvents(range: EventRange): EventPage {
    return this.e.events.read(range);
  }

  /** The log as a token sees it that is limited to some contacts. */
  eventsOf(tokenId: string): LimitedEvents {
    return new LimitedEvents(this.e.store, this.e.events, tokenId);
  }

  newestCursor(): number {
    return this.e.events.newest();
  }

  acknowledgeEvents(consumer: string, cursor: number): void {
    this.e.events.acknowledge(consumer, cursor);
  }

  forgetConsumer(consumer: string): boolean {
    return this.e.events.forget(consumer);
  }

  acknowledgedCursor(consumer: string): number {
    return this.e.events.acknowledged(consumer);
  }

  /** Mixes that lose packets, as far as own loops can tell: relay hashes in hex. */
  suspectedMixes(): readonly string[] {
    return this.e.loops.suspects;
  }

  /** Alarms the log still holds, by kind. */
  alarms(): AlarmView[] {
    return alarmsOf(this.e.store);
  }

  /** Files of conversations: sent, wanted, read back. */
  get files(): Files {
    return this.e.files;
  }

  /** What could not be sent or read. */
  get letters(): Letters {
    return this.e.content.letters;
  }

  /** Why a message is where it is. */
  get why(): Why {
    return this.e.why;
  }

  /** After a copy of this store was noticed and ended: this daemon sends again. */
  resume(now: Millis): void {
    this.e.now = now;
    if (this.e.ownBoxes.copiedAt === null) {
      throw new AppError('not-copied', 'usage', 'no copy of this profile was noticed');
    }
    this.e.store.transaction(() => {
      const { superseded } = this.e.ownBoxes;
      this.e.ownBoxes.resume(now);
      if (superseded === null) this.e.outbox.renumbering.all();
      else this.e.recovery.begin(superseded, now);
    });
    this.e.jobs.kick();
  }

  status(now: Millis): StatusView {
    this.e.now = now;
    const current = this.e.network?.current(now) ?? null;
    const newest = this.e.network?.book.newest() ?? null;
    const { delivery } = this.e.levels;
    return {
      profile: this.e.identity.name,
      address: addressWords(this.e.identity.keySetHash),
      level: this.e.levels.level,
      nextLevel: this.e.levels.switch.planned,
      inUse: this.e.levels.switch.inUse(now),
      transfer: this.e.levels.transfer.view(now),
      card: this.cardView(),
      network:
        newest === null
          ? null
          : {
              name: newest.document.networkName,
              crowd: newest.document.parameters.crowd,
              closed: newest.document.parameters.closed,
              authorities: this.e.network?.card.authorities.length ?? 0,
              relays: newest.document.relays.length,
              epoch: current?.epoch ?? newest.document.epoch,
              documentAge: Math.max(0, Math.floor(now - newest.document.publishedAt)),
              delayMean: newest.document.parameters.delayMeanMs,
              slot: newest.document.parameters.slotMs,
            },
      link: this.linkWord(now),
      pause: this.e.network?.pause(now) ?? null,
      clockAhead: this.e.network?.clockAhead ?? null,
      disputes: this.disputes(),
      edge: this.e.link.door?.address ?? null,
      copiedAt: this.e.ownBoxes.copiedAt,
      superseded: this.e.ownBoxes.superseded !== null,
      restored: restoredView(this.e.store),
      outbox: this.e.outbox.open,
      stalled: this.e.watchdog.stalled,
      deliveryP50: delivery.p50,
      deliveryP95: delivery.p95,
      bytesUp: this.e.levels.usage.sinceStart.up,
      bytesDown: this.e.levels.usage.sinceStart.down,
      deadLetters: this.letters.count,
    };
  }

  private cardView(): StatusView['card'] {
    const card = this.e.network?.card;
    if (card === undefined) return null;
    return {
      name: card.networkName,
      authorities: card.authorities.length,
      threshold: card.threshold,
      closed: card.joinSecret.length > 0,
    };
  }

  private disputes(): DisputeView[] {
    const epochMs = this.e.network?.book.newest()?.document.parameters.epochMs ?? 0;
    return (this.e.network?.memory.disputes() ?? []).map((one) => {
      const contact =
        one.contactId === null ? null : text(this.e.contactList.row(one.contactId), 'name');
      return {
        at: one.at,
        epoch: one.epoch,
        epochStart: one.epoch * epochMs,
        contact,
        own: hex(one.own),
        other: hex(one.other),
      };
    });
  }

  /**
   * What became of what the edge sent - documents, digests, pages, replies - by reason, since start; and
   * what failed here and was contained.
   */
  counters(): Readonly<Record<string, number>> {
    return {
      ...this.e.requests.counters.snapshot(),
      ...this.e.network?.counts(),
      ...this.e.faults.counters.snapshot(),
    };
  }

  private linkWord(now: Millis): StatusView['link'] {
    if (this.e.network === null || this.e.link.kind === 'off') return 'offline';
    if (this.e.link.kind !== 'up') return 'connecting';
    const current = this.e.network.current(now);
    const newest = this.e.network.newestDigest;
    if (current === null || newest === null) return 'limited';
    return now - newest < 20 * current.parameters.digestMs ? 'ready' : 'limited';
  }

  private contactView(row: SqlRow): ContactView {
    const id = num(row, 'id');
    const last = this.e.messageList.last(id);
    return this.e.contactList.view(
      row,
      this.e.messageList.unread(id, num(row, 'read_at')),
      last === undefined ? null : this.messageView(last),
      this.e.identities.shownTo(id),
      this.e.now,
    );
  }

  private messageView(row: SqlRow): MessageView {
    return this.e.messageView(row);
  }
}
