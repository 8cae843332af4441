/**
 * What this profile knows of its network: the card, the documents, the digests it has seen. Pure
 * state with the store behind it; the link itself is in `link.ts`.
 */
import {
  AppError,
  Counters,
  equalBytes,
  fromUtf8,
  isAppError,
  keyOf,
  MINUTE,
  type Millis,
  RecentSet,
  type Rng,
  utf8,
} from '@tacet/base';
import {
  type AuthoritySet,
  buildingEpoch,
  DocumentBook,
  decodeCard,
  drawPath,
  edgesOf,
  encodeCard,
  type NetworkCard,
  type NetworkId,
  networkIdOf,
  type Parameters,
  placeIn,
  placement,
  type RelayHash,
  relayIndex,
  type VerifiedDocument,
} from '@tacet/directory';
import type { Path } from '@tacet/onion';
import { BroadcastReader, type Digest, type Mark } from '@tacet/wire';
import { MAX_SEEN_DIGESTS } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { blob } from '../store/rows.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { PublicChecks } from './checks.ts';
import { ClockCheck } from './clock-check.ts';
import { DigestGaps } from './digest-gaps.ts';
import { DocumentMemory, type DocumentName } from './document-memory.ts';
import { type Door, doorsOf } from './doors.ts';
import { RecentMarks } from './marks.ts';

/**
 * The document packets are built with now, and the epoch whose keys they use. From `current`, the
 * same object while both are the same.
 */
export interface Current {
  readonly verified: VerifiedDocument;
  readonly epoch: number;
  readonly parameters: Parameters;
}

export interface NetworkListener {
  onDigest(digest: Digest, now: Millis): void;
  onDocument(verified: VerifiedDocument, now: Millis): void;
  /** The authorities signed two documents for one epoch; both are kept. */
  onEquivocation(now: Millis): void;
}

/** What became of documents and digests from the edge, by reason. */
export type NetworkCount =
  | 'document-added'
  | 'document-known'
  | 'document-older'
  | 'document-equivocation'
  | 'document-malformed'
  | 'document-network'
  | 'document-signatures'
  | 'document-chain'
  | 'digest-invalid'
  | 'digest-time';

/** Why nothing but filler is sent, although there is a link. */
export type Pause = 'document' | 'document-old' | 'clock';

/** Digest intervals after which a missing digest counts as lost. */
const PATIENCE = 20;
/** Digests dated further ahead, or further back, than honest edges and clocks explain. */
const AHEAD = 15 * MINUTE;
const BEHIND = 65 * MINUTE;
/** Edges on a card that is handed on. */
const CARD_EDGES = 2;

/** What was heard on a link that another client goes on with: all of it public. */
export interface NetworkHandover {
  readonly clock: ClockCheck;
  readonly marks: RecentMarks;
}

export interface NetworkDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly listener: NetworkListener;
  readonly checks: PublicChecks;
}

export class Network {
  readonly card: NetworkCard;
  readonly id: NetworkId;
  readonly book: DocumentBook;
  marks: RecentMarks;
  readonly counters = new Counters<NetworkCount>();
  clock = new ClockCheck();
  readonly memory: DocumentMemory;
  private readonly d: NetworkDeps;
  private readonly reader: BroadcastReader;
  private readonly seenDigests = new RecentSet<string>(MAX_SEEN_DIGESTS);
  private gaps: DigestGaps | null = null;
  private lastDigest: Millis | null = null;
  private cached: { until: Millis; current: Current | null } | null = null;
  /** The last that was in force: the same object while it says the same. */
  private last: { readonly current: Current; readonly edges: readonly RelayHash[] } | null = null;
  /** The card that is handed on, as of a document. */
  private shared: { readonly of: VerifiedDocument; readonly card: string } | null = null;

  private constructor(card: NetworkCard, deps: NetworkDeps) {
    const trust: AuthoritySet = card;
    this.d = deps;
    this.card = card;
    this.id = networkIdOf(trust);
    this.book = new DocumentBook(trust, deps.checks.verifyDocument);
    this.reader = new BroadcastReader(deps.checks.broadcastId);
    this.marks = new RecentMarks(deps.rng);
    this.memory = new DocumentMemory(deps.store);
    for (const row of deps.store.all('SELECT bytes FROM documents ORDER BY epoch')) {
      try {
        this.book.add(blob(row, 'bytes'));
      } catch (error) {
        // Of an older form: the edge gives documents of now to everybody.
        this.counters.add(refusalOf(error));
      }
    }
  }

  /** The joined network of a profile, or null. */
  static load(deps: NetworkDeps): Network | null {
    const text = readSetting(deps.store, 'network-card');
    return text === null ? null : new Network(decodeCard(fromUtf8(text)), deps);
  }

  /**
   * Joins by card; a profile stays in the network it has reached. Throws `card-malformed`,
   * `network-joined`.
   */
  static join(text: string, deps: NetworkDeps): Network {
    const card = givenCard(text);
    const had = Network.load(deps);
    if (had?.reached === true && !equalBytes(had.id, networkIdOf(card))) {
      throw new AppError(
        'network-joined',
        'refused',
        'this profile already belongs to another network; make a new profile for this card',
      );
    }
    writeSetting(deps.store, 'network-card', utf8(encodeCard(card)));
    return new Network(card, deps);
  }

  /** A document of it was verified once, if not by this version. */
  get reached(): boolean {
    return this.d.store.get('SELECT 1 AS one FROM documents LIMIT 1') !== undefined;
  }

  /**
   * Null while no document is in force, or this clock and the network's name different epochs:
   * then a client sends filler only.
   */
  current(now: Millis): Current | null {
    const held = this.cached;
    if (held !== null && now < held.until && held.current !== null) return held.current;
    const found = this.book.forBuilding(now);
    const current =
      found === null || !this.clock.agrees(found.verified.document.parameters, now)
        ? null
        : this.inForce(found.verified, found.epoch);
    this.cached = { until: now + 1_000, current };
    return current;
  }

  private inForce(verified: VerifiedDocument, epoch: number): Current {
    const had = this.last?.current;
    if (had?.verified === verified && had.epoch === epoch) return had;
    const current = { verified, epoch, parameters: verified.document.parameters };
    const edges = edgesOf(verified).filter((edge) => this.reaches(current, edge));
    this.last = { current, edges };
    return current;
  }

  /** By how much this clock is ahead of the network's, where that is more than usual. */
  get clockAhead(): Millis | null {
    const newest = this.book.newest();
    return newest === null ? null : this.clock.ahead(newest.document.parameters);
  }

  /** Why `current` is null. */
  pause(now: Millis): Pause | null {
    if (this.current(now) !== null) return null;
    const newest = this.book.newest();
    if (newest === null) return 'document';
    const { parameters } = newest.document;
    if (this.clock.ahead(parameters) !== null) return 'clock';
    const epoch = buildingEpoch(parameters, now);
    return epoch < newest.document.epoch + parameters.validEpochs ? 'document' : 'document-old';
  }

  /** Digests are not: each client reads those of the last hour anew, and finds its own marks in them. */
  handOver(): NetworkHandover {
    const { clock, marks } = this;
    return { clock, marks };
  }

  takeOver({ clock, marks }: NetworkHandover): void {
    this.clock = clock;
    this.marks = marks;
    this.cached = null;
  }

  /** A link opened; its edge says what time it is. */
  onWelcome(edgeTime: Millis, now: Millis): void {
    this.clock.onWelcome(edgeTime, now);
    this.cached = null;
  }

  /** The document packets are made with, as contacts are told of it. */
  gossip(now: Millis): DocumentName | null {
    const current = this.current(now);
    if (current === null) return null;
    return { epoch: current.verified.document.epoch, hash: current.verified.hash };
  }

  /** The card for somebody else: its edges as the newest document has them, two at least. */
  cardToShare(): string {
    const newest = this.book.newest();
    if (newest === null) return encodeCard(this.card);
    if (this.shared?.of !== newest) this.shared = { of: newest, card: this.cardOf(newest) };
    return this.shared.card;
  }

  private cardOf(newest: VerifiedDocument): string {
    const listed = doorsOf(newest);
    const same = (a: Door) => (b: Door) => equalBytes(a.relay, b.relay);
    const named = listed.filter((door) => this.card.edges.some(same(door)));
    // By hash, so that they say nothing about whose card it is.
    const more = listed.filter((door) => !named.some(same(door)));
    const edges = [...named, ...more.slice(0, Math.max(0, CARD_EDGES - named.length))];
    try {
      return encodeCard({ ...this.card, edges: edges.slice(0, CARD_EDGES) });
    } catch (error) {
      if (!isAppError(error, 'card-too-long')) throw error;
      return encodeCard(this.card);
    }
  }

  /** True for an edge that packets of now can be sent to: listed, with a key for their epoch. */
  reaches({ verified, epoch }: Current, edge: RelayHash): boolean {
    const relay = verified.document.relays[relayIndex(verified, edge) ?? -1];
    if (relay === undefined || relay.role !== 'edge') return false;
    return epoch >= relay.firstEpoch && epoch < relay.firstEpoch + relay.keys.length;
  }

  edges(current: Current): readonly RelayHash[] {
    if (this.last?.current === current) return this.last.edges;
    return edgesOf(current.verified).filter((edge) => this.reaches(current, edge));
  }

  /** The two homes of a box; while one has left the network, the other alone. */
  places(current: Current, mark: Mark): readonly [RelayHash, RelayHash] {
    const [first, second] = placement(current.verified, mark);
    if (!this.reaches(current, first)) return [second, second];
    return this.reaches(current, second) ? [first, second] : [first, first];
  }

  /** Where a box may stand, however long ago it was written: newest store generation first. */
  homes(current: Current, mark: Mark): RelayHash[] {
    const { generations } = current.verified.document;
    const homes: RelayHash[] = [];
    for (const generation of [...generations].sort((a, b) => b.firstDay - a.firstDay)) {
      for (const edge of placeIn(generation, mark)) {
        const known = homes.some((one) => equalBytes(one, edge));
        if (!known && this.reaches(current, edge)) homes.push(edge);
      }
    }
    return homes;
  }

  path(current: Current, last: RelayHash, lastDelayMs: number | null): Path {
    return drawPath(this.d.rng, current.verified, current.epoch, {
      last,
      ...(lastDelayMs === null ? {} : { lastDelayMs }),
    });
  }

  /** What became of documents, digests and the pages they come in, by reason, since start. */
  counts(): Readonly<Record<string, number>> {
    const pages = Object.entries(this.reader.counters.snapshot());
    return {
      ...this.counters.snapshot(),
      ...Object.fromEntries(pages.map(([reason, n]) => [`page-${reason}`, n])),
    };
  }

  /** When the newest digest seen was made; null before the first. */
  get newestDigest(): Millis | null {
    return this.lastDigest;
  }

  /** Takes one broadcast page of a down frame. */
  takeBroadcast(page: Uint8Array, now: Millis): void {
    for (const item of this.reader.take(page)) {
      if (item.kind === 'document') this.takeDocument(item.bytes, now);
      else this.takeDigest(item.bytes, now);
    }
  }

  private takeDocument(bytes: Uint8Array, now: Millis): void {
    let outcome: ReturnType<DocumentBook['add']>;
    try {
      outcome = this.book.add(bytes);
    } catch (error) {
      // Not signed by this network's authorities: an edge's lie or damage; nothing to keep.
      this.counters.add(refusalOf(error));
      return;
    }
    this.counters.add(`document-${outcome}`);
    if (outcome === 'equivocation') {
      const pair = this.book.evidence().at(-1);
      if (pair !== undefined && this.memory.keepPair(pair, now))
        this.d.listener.onEquivocation(now);
    }
    if (outcome !== 'added') return;
    this.cached = null;
    const newest = this.book.newest();
    if (newest === null) return;
    this.d.store.transaction(() => {
      const held = this.book.documents();
      const lowest = held.at(-1)?.document.epoch ?? 0;
      for (const { document, bytes: text } of held) {
        this.d.store.run(
          'INSERT INTO documents (epoch, bytes) VALUES (?, ?) ON CONFLICT (epoch) DO NOTHING',
          document.epoch,
          text,
        );
      }
      this.d.store.run('DELETE FROM documents WHERE epoch < ?', lowest);
      this.memory.note(held);
    });
    this.d.listener.onDocument(newest, now);
  }

  private takeDigest(bytes: Uint8Array, now: Millis): void {
    const newest = this.book.newest();
    if (newest === null) return;
    const signed = this.d.checks.verifyDigest(bytes, newest);
    if (signed === null) {
      this.counters.add('digest-invalid');
      return;
    }
    const { digest } = signed;
    const edge = keyOf(digest.edge);
    const seen = `${edge}:${digest.number}`;
    if (this.seenDigests.has(seen)) return;
    const at = digest.number * newest.document.parameters.digestMs;
    this.clock.onDigest(edge, digest.number, at, now);
    // One edge must not move the point up to which this profile believes to have seen everything.
    if (at > now + AHEAD || at < now - BEHIND) {
      this.counters.add('digest-time');
      return;
    }
    this.seenDigests.add(seen);
    if (this.lastDigest === null || at > this.lastDigest) this.lastDigest = at;
    this.marks.add(digest.edge, at, digest.marks, now);
    this.gaps ??= new DigestGaps(this.firstNumber(newest.document.parameters));
    this.gaps.note(edge, digest.number, now);
    this.d.listener.onDigest(digest, now);
  }

  /** Digests up to here were seen by an earlier run of this profile. */
  private firstNumber(parameters: Parameters): number | null {
    const saved = readSetting(this.d.store, 'last-digest');
    return saved === null ? null : Math.floor(Number(fromUtf8(saved)) / parameters.digestMs);
  }

  /** Time up to which no digest is missing; null before the first. */
  get completeTo(): Millis | null {
    const parameters = this.book.newest()?.document.parameters;
    const lowest = this.gaps?.lowest() ?? null;
    if (lowest === null || parameters === undefined) return this.lastDigest;
    return (lowest - 1) * parameters.digestMs;
  }

  /** Time of the oldest digest that will not come any more; null when none is missing. */
  takeMissed(now: Millis): Millis | null {
    const parameters = this.book.newest()?.document.parameters;
    if (this.gaps === null || parameters === undefined) return null;
    const number = this.gaps.takeOverdue(PATIENCE * parameters.digestMs, now);
    return number === null ? null : number * parameters.digestMs;
  }
}

function givenCard(text: string): NetworkCard {
  try {
    return decodeCard(text);
  } catch (cause) {
    throw new AppError('card-malformed', 'input', 'this is not a network card', { cause });
  }
}

function refusalOf(error: unknown): NetworkCount {
  if (!isAppError(error)) throw error;
  switch (error.code) {
    case 'document-network':
    case 'document-signatures':
    case 'document-chain':
      return error.code;
    default:
      return 'document-malformed';
  }
}
