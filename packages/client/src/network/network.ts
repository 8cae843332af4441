/**
 * What this profile knows of its network: the card, the documents, the digests it has seen. Pure
 * state with the store behind it; the link itself is in `link.ts`.
 */
import { AppError, equalBytes, fromUtf8, MINUTE, type Millis, type Rng, utf8 } from '@tacet/base';
import {
  type AuthoritySet,
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
  type VerifiedDocument,
} from '@tacet/directory';
import type { Path } from '@tacet/onion';
import { BroadcastReader, type Digest, type DigestVerifier, type Mark } from '@tacet/wire';
import type { ProfileStore } from '../ports.ts';
import { blob } from '../store/rows.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import { DigestGaps } from './digest-gaps.ts';
import { keyOf } from './keys.ts';
import { RecentMarks } from './marks.ts';

/** The document packets are built with now, and the epoch whose keys they use. */
export interface Current {
  readonly verified: VerifiedDocument;
  readonly epoch: number;
  readonly parameters: Parameters;
}

export interface NetworkListener {
  onDigest(digest: Digest, now: Millis): void;
  onDocument(verified: VerifiedDocument, now: Millis): void;
  onEquivocation(now: Millis): void;
}

/** Digest intervals after which a missing digest counts as lost. */
const PATIENCE = 20;
/** Digests dated further ahead, or further back, than honest edges and clocks explain. */
const AHEAD = 15 * MINUTE;
const BEHIND = 65 * MINUTE;

export interface NetworkDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly listener: NetworkListener;
  /** `verifyDigest`, or one that remembers where many clients share a process. */
  readonly verifyDigest: DigestVerifier;
}

export class Network {
  readonly card: NetworkCard;
  readonly id: NetworkId;
  readonly book: DocumentBook;
  readonly marks: RecentMarks;
  private readonly d: NetworkDeps;
  private readonly reader = new BroadcastReader();
  private readonly seenDigests = new Map<string, number>();
  private gaps: DigestGaps | null = null;
  private lastDigest: Millis | null = null;
  private cached: { until: Millis; current: Current | null } | null = null;

  private constructor(card: NetworkCard, deps: NetworkDeps) {
    const trust: AuthoritySet = card;
    this.d = deps;
    this.card = card;
    this.id = networkIdOf(trust);
    this.book = new DocumentBook(trust);
    this.marks = new RecentMarks(deps.rng);
    for (const row of deps.store.all('SELECT bytes FROM documents ORDER BY epoch')) {
      this.book.add(blob(row, 'bytes'));
    }
  }

  /** The joined network of a profile, or null. */
  static load(deps: NetworkDeps): Network | null {
    const text = readSetting(deps.store, 'network-card');
    return text === null ? null : new Network(decodeCard(fromUtf8(text)), deps);
  }

  /** Joins by card; a profile stays in one network. */
  static join(text: string, deps: NetworkDeps): Network {
    const card = decodeCard(text);
    const had = Network.load(deps);
    if (had !== null && !equalBytes(had.id, networkIdOf(card))) {
      throw new AppError(
        'network-joined',
        'refused',
        'This profile already belongs to another network; make a new profile for this card.',
      );
    }
    writeSetting(deps.store, 'network-card', utf8(encodeCard(card)));
    return new Network(card, deps);
  }

  /** Null while no document is in force: then a client sends filler only. */
  current(now: Millis): Current | null {
    const held = this.cached;
    if (held !== null && now < held.until && held.current !== null) return held.current;
    const found = this.book.forBuilding(now);
    const current =
      found === null
        ? null
        : {
            verified: found.verified,
            epoch: found.epoch,
            parameters: found.verified.document.parameters,
          };
    this.cached = { until: now + 1_000, current };
    return current;
  }

  edges(current: Current): readonly RelayHash[] {
    return edgesOf(current.verified);
  }

  places(current: Current, mark: Mark): readonly [RelayHash, RelayHash] {
    return placement(current.verified, mark);
  }

  /** Where a box may stand, however long ago it was written: newest store generation first. */
  homes(current: Current, mark: Mark): RelayHash[] {
    const { generations } = current.verified.document;
    const homes: RelayHash[] = [];
    for (const generation of [...generations].sort((a, b) => b.firstDay - a.firstDay)) {
      for (const edge of placeIn(generation, mark)) {
        if (!homes.some((known) => equalBytes(known, edge))) homes.push(edge);
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
    } catch {
      // Not signed by this network's authorities: an edge's lie or damage; nothing to keep.
      return;
    }
    if (outcome === 'equivocation') this.d.listener.onEquivocation(now);
    if (outcome !== 'added') return;
    this.cached = null;
    const newest = this.book.newest();
    if (newest === null) return;
    const epoch = newest.document.epoch;
    this.d.store.transaction(() => {
      this.d.store.run(
        'INSERT INTO documents (epoch, bytes) VALUES (?, ?) ON CONFLICT (epoch) DO NOTHING',
        epoch,
        newest.bytes,
      );
      this.d.store.run('DELETE FROM documents WHERE epoch < ?', epoch - 2);
    });
    this.d.listener.onDocument(newest, now);
  }

  private takeDigest(bytes: Uint8Array, now: Millis): void {
    const newest = this.book.newest();
    if (newest === null) return;
    const signed = this.d.verifyDigest(bytes, newest);
    if (signed === null) return;
    const { digest } = signed;
    const edge = keyOf(digest.edge);
    const seen = `${edge}:${digest.number}`;
    if (this.seenDigests.has(seen)) return;
    const at = digest.number * newest.document.parameters.digestMs;
    // One edge must not move the point up to which this profile believes to have seen everything.
    if (at > now + AHEAD || at < now - BEHIND) return;
    this.seenDigests.set(seen, at);
    if (this.seenDigests.size > 4_096) this.forgetOldDigests(now);
    if (this.lastDigest === null || at > this.lastDigest) this.lastDigest = at;
    this.marks.add(edge, at, digest.marks, now);
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

  private forgetOldDigests(now: Millis): void {
    for (const [key, at] of this.seenDigests) {
      if (at < now - BEHIND || this.seenDigests.size > 8_192) this.seenDigests.delete(key);
    }
  }
}
