/**
 * What this profile knows of its network: the card, the documents, the digests it has seen. Pure
 * state with the store behind it; the link itself is in `link.ts`.
 */
import { AppError, type Millis, type Rng } from '@tacet/base';
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
  placement,
  type RelayHash,
  type VerifiedDocument,
} from '@tacet/directory';
import type { Path } from '@tacet/onion';
import { BroadcastReader, type Digest, type Mark, verifyDigest } from '@tacet/wire';
import type { ProfileStore } from '../ports.ts';
import { blob } from '../store/rows.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
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

export class Network {
  readonly card: NetworkCard;
  readonly id: NetworkId;
  readonly book: DocumentBook;
  readonly marks: RecentMarks;
  private readonly store: ProfileStore;
  private readonly rng: Rng;
  private readonly listener: NetworkListener;
  private reader = new BroadcastReader();
  private readonly seenDigests = new Map<string, number>();
  private lastDigest: Millis | null = null;
  private cached: { until: Millis; current: Current | null } | null = null;

  private constructor(store: ProfileStore, card: NetworkCard, rng: Rng, listener: NetworkListener) {
    const trust: AuthoritySet = card;
    this.store = store;
    this.card = card;
    this.id = networkIdOf(trust);
    this.book = new DocumentBook(trust);
    this.marks = new RecentMarks(rng);
    this.rng = rng;
    this.listener = listener;
    for (const row of store.all('SELECT bytes FROM documents ORDER BY epoch')) {
      this.book.add(blob(row, 'bytes'));
    }
  }

  /** The joined network of a profile, or null. */
  static load(store: ProfileStore, rng: Rng, listener: NetworkListener): Network | null {
    const text = readSetting(store, 'network-card');
    if (text === null) return null;
    return new Network(store, decodeCard(new TextDecoder().decode(text)), rng, listener);
  }

  /** Joins by card; a profile stays in one network. */
  static join(store: ProfileStore, text: string, rng: Rng, listener: NetworkListener): Network {
    const card = decodeCard(text);
    const had = Network.load(store, rng, listener);
    if (had !== null && keyOf(had.id) !== keyOf(networkIdOf(card))) {
      throw new AppError(
        'network-joined',
        'refused',
        'This profile already belongs to another network; make a new profile for this card.',
      );
    }
    writeSetting(store, 'network-card', new TextEncoder().encode(encodeCard(card)));
    return new Network(store, card, rng, listener);
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

  path(current: Current, last: RelayHash, lastDelayMs: number | null): Path {
    return drawPath(this.rng, current.verified, current.epoch, {
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
    if (outcome === 'equivocation') this.listener.onEquivocation(now);
    if (outcome !== 'added') return;
    this.cached = null;
    const newest = this.book.newest();
    if (newest === null) return;
    const epoch = newest.document.epoch;
    this.store.transaction(() => {
      this.store.run(
        'INSERT INTO documents (epoch, bytes) VALUES (?, ?) ON CONFLICT (epoch) DO NOTHING',
        epoch,
        newest.bytes,
      );
      this.store.run('DELETE FROM documents WHERE epoch < ?', epoch - 2);
    });
    this.listener.onDocument(newest, now);
  }

  private takeDigest(bytes: Uint8Array, now: Millis): void {
    const newest = this.book.newest();
    if (newest === null) return;
    const signed = verifyDigest(bytes, newest);
    if (signed === null) return;
    const { digest } = signed;
    const edge = keyOf(digest.edge);
    const seen = `${edge}${digest.number}`;
    if (this.seenDigests.has(seen)) return;
    const at = digest.number * newest.document.parameters.digestMs;
    this.seenDigests.set(seen, at);
    if (this.seenDigests.size > 4_096) this.forgetOldDigests(now);
    if (this.lastDigest === null || at > this.lastDigest) this.lastDigest = at;
    this.marks.add(edge, at, digest.marks, now);
    this.listener.onDigest(digest, now);
  }

  private forgetOldDigests(now: Millis): void {
    for (const [key, at] of this.seenDigests) {
      if (at < now - 3_700_000 || this.seenDigests.size > 8_192) this.seenDigests.delete(key);
    }
  }
}
