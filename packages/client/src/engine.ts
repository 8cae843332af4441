/**
 * The features of a client wired together, and driven: inputs with `now` in, effects out. This
 * file only joins them; each rule lives in its folder. Commands stand in `client.ts`.
 */
import { MINUTE, type Millis, type Rng } from '@tacet/base';
import type { DownFrame, Welcome } from '@tacet/wire';
import { AddressFeature } from './addresses/feature.ts';
import { Cover } from './boxes/cover.ts';
import { isErasedAfterRead } from './boxes/erasing-rule.ts';
import { PutQueue } from './boxes/puts.ts';
import { ReadQueue } from './boxes/reads.ts';
import { StandingReads } from './boxes/standing.ts';
import { Tombstones } from './boxes/tombstones.ts';
import { WatchList, type WatchListener } from './boxes/watches.ts';
import { Blocking } from './contacts/blocking.ts';
import { Blocklist } from './contacts/blocklist.ts';
import { Contacts } from './contacts/contacts.ts';
import { Conversations } from './conversations/conversations.ts';
import { type ContentEffects, joinContent } from './conversations/join.ts';
import { Messages } from './conversations/messages.ts';
import { OwnBoxes } from './copies/own-boxes.ts';
import { Renumbering } from './copies/sequences.ts';
import { type ClientEffect, type ClientOptions, dialThrough } from './effects.ts';
import { EventLog } from './events/log.ts';
import type { CellJob, CellOutcome } from './files/cell-jobs.ts';
import { Files } from './files/feature.ts';
import { Identities } from './identities/identities.ts';
import { Arrivals } from './inbox/arrivals.ts';
import { Inbox, type InboxListener } from './inbox/inbox.ts';
import { ReceivedSet } from './inbox/received.ts';
import type { Moved } from './levels/deliveries.ts';
import { Levels } from './levels/levels.ts';
import type { MeetingDeps } from './meeting/deps.ts';
import { loadIdentity, type OwnIdentity } from './meeting/identity.ts';
import { Invitations } from './meeting/invitations.ts';
import { Visits } from './meeting/visits.ts';
import { PUBLIC_CHECKS } from './network/checks.ts';
import { Guard } from './network/guard.ts';
import { Link } from './network/link.ts';
import { networkListener } from './network/listening.ts';
import { Network, type NetworkDeps } from './network/network.ts';
import { RequestTracker } from './network/requests.ts';
import { readSocks, writeSocks } from './network/socks-setting.ts';
import { Ciphertexts } from './outbox/ciphertexts.ts';
import { Notices } from './outbox/notices.ts';
import { Outbox } from './outbox/outbox.ts';
import { ReceiptClock } from './outbox/receipts.ts';
import type { ProfileStore, SqlRow } from './ports.ts';
import { RecoveryParts } from './recovery/join.ts';
import { plannerOf } from './rhythm/join.ts';
import { OwnLoops } from './rhythm/own-loops.ts';
import { Search } from './search/search.ts';
import { type JobOutcome, JobQueue, type SessionJob } from './sessions/jobs.ts';
import { Chores } from './status/chores.ts';
import { Faults } from './status/faults.ts';
import { expireRequests, slotParts, type Timed, timedParts } from './status/timed.ts';
import { Watchdog } from './status/watchdog.ts';
import { Attempts } from './store/attempt.ts';
import { num } from './store/rows.ts';
import { Absence } from './streams/absence.ts';
import { Beacons } from './streams/beacons.ts';
import { StreamReader } from './streams/reader.ts';
import { StreamWriter } from './streams/writer.ts';
import { Tokens } from './tokens/tokens.ts';
import { TrustFacts } from './trust/facts.ts';
import { joinTrust, type TrustParts } from './trust/join.ts';
import type { MessageView } from './views.ts';
import { Why } from './why/why.ts';

export class Engine {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly identity: OwnIdentity;
  readonly identities: Identities;
  private effects: ClientEffect[] = [];
  readonly events: EventLog;
  readonly contactList: Contacts;
  readonly messageList: Messages;
  readonly conversations: Conversations;
  readonly search: Search;
  readonly content: ContentEffects;
  readonly tokens: Tokens;
  readonly levels: Levels;
  readonly watches: WatchList;
  readonly puts: PutQueue;
  readonly reads: ReadQueue;
  readonly standing: StandingReads;
  readonly cover: Cover;
  readonly tombstones: Tombstones;
  readonly reader: StreamReader;
  private readonly ciphertexts: Ciphertexts;
  private readonly receipts: ReceiptClock;
  private readonly notices: Notices;
  private readonly received: ReceivedSet;
  readonly outbox: Outbox;
  readonly ownBoxes: OwnBoxes;
  readonly recovery: RecoveryParts;
  readonly why: Why;
  readonly beacons: Beacons;
  readonly invitationList: Invitations;
  readonly visits: Visits;
  readonly trust: TrustParts;
  readonly addresses: AddressFeature;
  readonly blocking: Blocking;
  readonly files: Files;
  private readonly arrivals: Arrivals;
  readonly jobs: JobQueue;
  readonly requests: RequestTracker;
  readonly link: Link;
  readonly loops: OwnLoops;
  readonly watchdog: Watchdog;
  readonly faults: Faults;
  private readonly chores: Chores;
  private readonly timed: Timed;
  private readonly eachSlot: Timed;
  readonly guard: Guard;
  readonly absence: Absence;
  readonly networkDeps: NetworkDeps;
  network: Network | null;
  /** A document was held once: the periods of this network are known. */
  documented: boolean;
  private moment: Millis;

  constructor(options: ClientOptions, now: Millis) {
    const { store, rng, builder } = options;
    this.store = store;
    this.rng = rng;
    this.moment = now;
    this.identity = loadIdentity(store);
    const network = (): Network | null => this.network;
    const kick = (): void => this.jobs.kick();
    const begin = (at: Millis): void => {
      this.now = at;
    };
    const alarm = (code: string, at: Millis): void => this.events.append(at, 'alarm', code);
    this.events = new EventLog(store, (event) => this.effects.push({ kind: 'event', event }));
    const attempts = new Attempts(store, () => this.remember());
    this.faults = new Faults({
      attempts,
      alarm,
      tell: (code, error) => this.effects.push({ kind: 'fault', code, error }),
    });
    this.contactList = new Contacts(store, this.events);
    const { events, identity: own } = this;
    this.identities = new Identities({ store, rng, events, own, alarm, kick });
    this.levels = new Levels(
      {
        store,
        rng,
        events: this.events,
        network,
        begin,
        ownEdge: () => {
          const { door } = this.link;
          return door === null ? null : { door, since: this.guard.since(door.relay) };
        },
        suspects: () => this.loops.suspects,
        linkUp: () => this.link.kind === 'up',
        transfers: () => this.files.consents,
      },
      now,
    );
    const moved = (one: Moved, at: Millis): void => {
      this.levels.deliveries.note(one, this.levels.level, at);
      this.content.letters.moved(one, at);
    };
    this.messageList = new Messages(store, this.events, moved, attempts);
    this.messageList.removal.onFailed = (error, at) => this.faults.note('task-failed', error, at);
    const contactOf = (name: string): number => num(this.contactList.find(name), 'id');
    this.search = new Search(store, contactOf);
    this.tokens = new Tokens(store, rng, contactOf);
    this.conversations = new Conversations({
      store,
      events: this.events,
      contacts: this.contactList,
      messages: this.messageList,
      begin,
      show: (row) => this.messageView(row),
    });
    this.tombstones = new Tombstones(store, rng, network);
    const watching: WatchListener = {
      onAnnounced: (watch, edge, at) => this.reads.announced(watch, edge, at),
      onRead: (watch, at) => {
        if (isErasedAfterRead(store, watch)) this.tombstones.add(watch.box, at);
      },
      onFailed: (error, at) => this.faults.note('box-failed', error, at),
    };
    this.watches = new WatchList(store, network, watching, attempts);
    this.reads = new ReadQueue(rng, network, this.watches);
    this.puts = new PutQueue(store, rng, network, attempts);
    this.puts.onFailed = (error, at) => this.faults.note('work-resting', error, at);
    this.cover = new Cover(rng, network, () => this.levels.coverShare);
    const writer = new StreamWriter(store, rng);
    this.received = new ReceivedSet(store);
    this.receipts = new ReceiptClock(store, rng);
    this.notices = new Notices(store);
    const arriving: InboxListener = {
      onEnvelope: (contactId, seq, envelope, raw, at, apart) =>
        this.arrivals.take(contactId, seq, envelope, raw, at, apart),
      onDuplicate: (contactId, at) => this.oweReceipt(contactId, at),
      onDeadLetter: (contactId, seq, reason, at) => {
        // Its sender learns with the next receipt that it has to come anew.
        if (seq > 0) this.oweReceipt(contactId, at);
        if (reason === 'session-identity-changed') this.trust.newKeys.refuse(contactId, at);
        alarm(reason, at);
      },
      onLetter: (id, at) => this.events.append(at, 'letter', `in-${id}`),
      onWork: kick,
      onFault: (reason, error, at) => this.faults.noteArrival(reason, error, at),
    };
    const inbox = new Inbox(store, this.received, arriving, attempts);
    this.files = new Files({
      store,
      rng,
      network,
      begin,
      alarm,
      kick,
      engine: this,
      contacts: this.contactList,
      messages: this.messageList,
      room: options.room ?? (() => Number.POSITIVE_INFINITY),
      talk: () => this.content.talk,
      say: (contactId, envelope) => this.outbox.say(contactId, envelope),
    });
    this.content = joinContent({
      store,
      file: (messageId, facts, at) => this.files.offered(messageId, facts, at),
      rng,
      contacts: this.contactList,
      messages: this.messageList,
      conversations: this.conversations,
      refuse: (contactId, data, at) => inbox.refuse(contactId, data, at),
      open: () => this.outbox.open,
      begin,
      written: (contactId, at) => {
        this.standing.used(contactId, at);
        kick();
      },
      show: (row) => this.messageView(row),
      attempts,
      takeAgain: (...whole) => inbox.again(...whole),
      again: (...content) => this.arrivals.say(...content),
      owe: (contactId, at) => this.oweReceipt(contactId, at),
    });
    this.reader = new StreamReader(
      store,
      this.watches,
      (watch, at, onAbsent, rank) => this.reads.catchUp(watch, at, onAbsent, rank),
      inbox,
    );
    this.standing = new StandingReads(rng, network, this.watches, this.reader);
    this.ciphertexts = new Ciphertexts(store, this.puts, writer);
    this.outbox = new Outbox({
      store,
      puts: this.puts,
      ciphertexts: this.ciphertexts,
      messages: this.messageList,
      received: this.received,
      unreadable: (contactId) => inbox.unreadable(contactId),
      readUpTo: (contactId) => this.content.readReceipts.toTell(contactId),
      receipts: this.receipts,
      notices: this.notices,
      streams: writer,
      renumbering: new Renumbering(store, rng, this.ciphertexts, writer),
      network,
      keySet: (contactId) => this.identities.ofContact(contactId),
      alarm,
      endContact: (contactId, reason, at) => {
        this.contactList.end(contactId, reason, at);
        this.outbox.abandon(contactId, reason, at);
      },
      owe: (contactId, at) => this.oweReceipt(contactId, at),
      kick,
      foreign: (at) => this.ownBoxes.trouble(at),
      now: () => this.now,
    });
    this.ownBoxes = new OwnBoxes({
      store,
      rng,
      puts: this.puts,
      watches: this.watches,
      network,
      catchUp: (watch, at, onAbsent) => this.reads.catchUp(watch, at, onAbsent),
      onStale: () => this.outbox.renumbering.all(),
      alarm,
    });
    this.puts.mayWrite = (at) => this.ownBoxes.maySend(at);
    this.beacons = new Beacons(store, this.puts, writer, this.ciphertexts);
    const blocklist = new Blocklist(store);
    const facts = new TrustFacts(store, this.events, rng);
    const meeting: MeetingDeps = {
      store,
      rng,
      puts: this.puts,
      watches: this.watches,
      tombstones: this.tombstones,
      contacts: this.contactList,
      messages: this.messageList,
      events: this.events,
      writer,
      reader: this.reader,
      identities: this.identities,
      facts,
      network,
      startedAt: now,
      alarm,
      kick,
      blocked: (keySetHash, identityKey) => blocklist.has(keySetHash, identityKey),
      refuses: (id, keySetHash, at) => this.trust.introductions.refuses(id, keySetHash, at),
      known: (contactId, id, at) => {
        if (id !== null) this.trust.introductions.answeredBy(contactId, id, at);
        this.trust.inPerson.found(contactId, at);
      },
      ready: (id, at) => this.trust.introductions.ready(id, at),
      abandon: (contactId, reason, at) => {
        this.outbox.abandon(contactId, reason, at);
        this.trust.introductions.failed(contactId, reason, at);
        // Whom nobody met tells of no restore.
        this.reader.roots.drop(contactId);
      },
    };
    const { outbox, ownBoxes } = this;
    const catchUp = this.reads.catchUp.bind(this.reads);
    this.recovery = new RecoveryParts({ ...meeting, outbox, ownBoxes, catchUp });
    this.invitationList = new Invitations(meeting);
    this.visits = new Visits(meeting, this.reads);
    this.addresses = new AddressFeature(
      meeting,
      blocklist,
      this.invitationList,
      this.visits,
      this.reads,
    );
    this.blocking = new Blocking({
      store,
      contacts: this.contactList,
      blocklist,
      ciphertexts: this.ciphertexts,
      puts: this.puts,
      watches: this.watches,
      giveUp: (contactId, at) => {
        this.addresses.withdraw(contactId, at);
        this.visits.forget(contactId);
        this.invitationList.forget(contactId, at);
        this.reader.roots.drop(contactId);
      },
      owe: (contactId, at) => this.oweReceipt(contactId, at),
      pauseFiles: (contactId, paused, at) => this.files.pause(contactId, paused, at),
      kick,
    });
    this.trust = joinTrust({
      store,
      rng,
      contacts: this.contactList,
      events: this.events,
      facts,
      identity: this.identity,
      identities: this.identities,
      network,
      at: begin,
      alarm,
      kick,
      say: (contactId, envelope) => this.outbox.say(contactId, envelope),
      invitations: this.invitationList,
      visits: this.visits,
      blocked: meeting.blocked,
      told: (at: Millis) => this.outbox.told(at),
    });
    this.arrivals = new Arrivals({
      store,
      events: this.events,
      contacts: this.contactList,
      outbox: this.outbox,
      content: this.content,
      received: this.received,
      reader: this.reader,
      trust: this.trust,
      network,
      files: this.files,
      spoke: (contactId) => this.recovery.rekey.heard(contactId),
      owe: (contactId, at) => this.oweReceipt(contactId, at),
    });
    this.jobs = new JobQueue(
      store,
      [
        ...[this.identities, inbox, this.invitationList, this.visits],
        ...[this.recovery.rekey, this.recovery.restating, this.outbox, this.trust.safety],
      ],
      attempts,
      this.faults,
    );
    this.files.jobs.tells(attempts, this.faults);
    this.chores = new Chores(this, now);
    this.timed = timedParts(this);
    this.requests = new RequestTracker(builder, rng);
    this.watchdog = new Watchdog(now);
    this.absence = new Absence({
      store,
      network,
      reader: this.reader,
      reads: this.reads,
      watches: this.watches,
      files: this.files.reader,
    });
    this.loops = new OwnLoops(rng, (at) => alarm('mix-suspected', at));
    this.guard = new Guard(store, rng);
    this.link = new Link({
      rng,
      network,
      guard: this.guard,
      requests: this.requests,
      builder,
      loops: this.loops,
      planner: plannerOf(this),
      rates: (current) => this.levels.rates(current?.parameters ?? null, this.now),
      fast: () => this.levels.besideGrid,
      now: () => this.now,
      emit: (effect) => {
        if (effect.kind === 'up') this.levels.usage.count(1, 0, this.now);
        this.effects.push(effect.kind === 'dial' ? dialThrough(readSocks(store), effect) : effect);
      },
      contain: (at, work) => this.faults.contain('task-failed', at, work),
      onRequest: options.onRequest ?? null,
    });
    this.eachSlot = slotParts(this);
    this.why = new Why({
      store,
      messages: this.messageList,
      contacts: this.contactList,
      puts: this.puts,
      link: this.link,
      loops: this.loops,
      ownBoxes: this.ownBoxes,
      network,
      usual: (contactId) => this.usual(contactId),
    });
    this.networkDeps = {
      store,
      rng,
      listener: networkListener(this),
      checks: options.checks ?? PUBLIC_CHECKS,
    };
    this.network = Network.load(this.networkDeps);
    this.documented = this.network?.book.newest() != null;
    if (this.network !== null) this.link.start(now);
  }

  // Machine --------------------------------------------------------------------------------

  deadline(): Millis | null {
    const joined = this.network !== null;
    const at = Math.min(
      this.link.deadline ?? Infinity,
      this.requests.nextDeadline ?? Infinity,
      (joined ? this.receipts.deadline : null) ?? Infinity,
      (joined ? this.notices.deadline : null) ?? Infinity,
      this.timed.deadline,
      this.chores.deadline,
    );
    return at === Infinity ? null : at;
  }

  advance(now: Millis): void {
    this.now = now;
    this.eachSlot.advance(now);
    this.link.advance(now);
    expireRequests(this.faults, this.requests, now);
    for (const { deadline } of [this.receipts, this.notices]) {
      if (deadline !== null && deadline <= now) this.jobs.kick();
    }
    this.timed.advance(now);
    this.chores.advance(now);
    this.faults.contain('task-failed', now, () => this.watch(now));
  }

  drain(): ClientEffect[] {
    const job = this.jobs.next(this.now);
    if (job !== null) this.effects.push({ kind: 'session', job });
    const cells = this.files.nextJob(this.now);
    if (cells !== null) this.effects.push({ kind: 'cells', job: cells });
    return this.effects.splice(0);
  }

  get socks(): string {
    return readSocks(this.store);
  }

  /** A link that stands is given up: nothing more goes the old way. */
  setSocks(server: string, now: Millis): void {
    this.now = now;
    if (server === this.socks) return;
    writeSocks(this.store, server);
    this.link.redial(now);
  }

  onLinkUp(welcome: Welcome, now: Millis): void {
    this.now = now;
    this.network?.onWelcome(welcome.now, now);
    this.link.onUp(welcome, now);
    this.levels.transfer.linkUp(now);
    this.events.append(now, 'network', 'link-up');
  }

  onLinkDown(now: Millis): void {
    this.now = now;
    const was = this.link.kind;
    this.link.onDown(now);
    this.levels.transfer.linkDown();
    if (was === 'up') this.events.append(now, 'network', 'link-down');
  }

  onDown(frame: DownFrame, now: Millis): void {
    this.now = now;
    this.levels.usage.count(0, 1, now);
    this.levels.transfer.frameDown(now);
    // Neither an edge nor whoever wrote what it brings may end this program.
    this.faults.contain('input-failed', now, () => this.link.onBroadcast(frame, now));
    this.faults.contain('input-failed', now, () => this.link.onReply(frame, now));
  }

  /** What of the store is kept in memory, put back where a transaction was taken back. */
  private remember(): () => void {
    const effects = this.effects.length;
    return () => {
      // Events that are not in the log after all. Whatever else is asked for stays asked for.
      this.effects = this.effects.filter(({ kind }, n) => n < effects || kind !== 'event');
      const { watches, puts, tombstones, receipts, files, levels } = this;
      const lists = [watches, puts, tombstones, receipts, files.consents, levels.transfer];
      for (const list of lists) list.restore();
      this.messageList.removal.changed();
    };
  }

  onSession(job: SessionJob, outcome: JobOutcome, now: Millis): void {
    this.now = now;
    this.jobs.finish(job, outcome, now);
  }

  onCells(job: CellJob, outcome: CellOutcome, now: Millis): void {
    this.now = now;
    this.files.jobs.finish(job, outcome, now);
  }

  get now(): Millis {
    return this.moment;
  }

  set now(now: Millis) {
    const back = this.moment - now;
    this.moment = now;
    if (back > MINUTE) this.setBack(back, now);
  }

  /** The clock was set back: what has a time would wait until the old time comes again. */
  private setBack(back: Millis, now: Millis): void {
    this.chores.setBack(now);
    for (const timed of [this.timed, this.eachSlot]) timed.setBack(back);
    this.requests.forgetAll(now);
    this.link.setBack(back);
    const lists = [
      ...[this.puts, this.reads, this.tombstones, this.receipts, this.notices],
      this.reader,
    ];
    this.store.transaction(() => {
      for (const list of [...lists, this.visits, this.addresses, this.levels, this.files])
        list.setBack(back);
      this.messageList.removal.setBack(now);
    });
  }

  private watch(now: Millis): void {
    if (this.link.kind !== 'up') {
      this.watchdog.progress(now);
      return;
    }
    const usual = this.network?.current(now)?.parameters.slotMs ?? 2_000;
    if (this.watchdog.look(this.puts.waiting, this.puts.storedCount, usual, now)) {
      this.events.append(now, 'alarm', 'no-progress');
    }
  }

  messageView(row: SqlRow): MessageView {
    return this.messageList.view(row, this.usual(num(row, 'contact_id')), this.now);
  }

  /** A contact's own p95 from writing to receipt, ms. */
  usual(contactId: number): Millis | null {
    return this.levels.deliveries.ofContact(contactId).p95;
  }

  oweReceipt(contactId: number, now: Millis): void {
    const parameters = this.network?.current(now)?.parameters ?? null;
    this.receipts.owe(contactId, parameters, this.levels.level, now);
  }
}
