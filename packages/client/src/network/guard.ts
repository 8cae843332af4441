/**
 * Which edge is this profile's front door (docs/spec/03-links.md, 3): drawn uniformly, kept for 60
 * days; a second one only while the first has been down for ten minutes, less in short epochs. Edges once drawn stay on a
 * list, so that who cuts lines, or makes an edge vanish for an hour, does not make us draw on and on
 * until we come to his own.
 */
import {
  ByteReader,
  ByteWriter,
  DAY,
  equalBytes,
  MINUTE,
  type Millis,
  pick,
  type Rng,
  randomBetween,
} from '@tacet/base';
import { guardPatience, type RelayHash } from '@tacet/directory';
import { MAX_GUARDS } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import { cardAddress, type Door, doorsOf } from './doors.ts';
import type { Network } from './network.ts';

const KEPT: Millis = 60 * DAY;
/** Before there is a document that says how long an epoch is. */
const DOWN: Millis = 10 * MINUTE;
/** Failures further apart than this say nothing about the time between them: we slept. */
const GAP: Millis = 5 * MINUTE;
/** A stay at the second edge; then the first is tried again. */
const STAY_MIN: Millis = 30 * MINUTE;
const STAY_MAX: Millis = 90 * MINUTE;
const ENTRY = 32 + 8 + 1;

interface Kept {
  readonly relay: RelayHash;
  readonly since: Millis;
  /** Drawn from the card, before there was a document: its few edges are not all there are. */
  readonly provisional: boolean;
}

interface Doors {
  readonly doors: readonly Door[];
  /** They are those of the document in force. */
  readonly complete: boolean;
  /** Among them are edges that the card does not name. */
  readonly wider: boolean;
  /** For how long the first must be down before the second is dialled. */
  readonly patience: Millis;
}

export class Guard {
  private readonly store: ProfileStore;
  private readonly rng: Rng;
  private held: readonly Kept[] | null = null;
  private first: RelayHash | null = null;
  private patience: Millis = DOWN;
  private downSince: Millis | null = null;
  private lastFailure: Millis | null = null;
  /** The first has just failed once more, and has been down for long enough. */
  private secondNext = false;
  private leaveSecondAt: Millis | null = null;
  /** Dials that failed since the last that did not. */
  private failures = 0;

  constructor(store: ProfileStore, rng: Rng) {
    this.store = store;
    this.rng = rng;
  }

  /**
   * The edge to dial now. Every second try goes to the address of the card, where that is another
   * one: an edge that moved is found by a new card while the document still names its old place.
   */
  door(network: Network, now: Millis): Door | null {
    const door = this.edge(network, now);
    if (door === null || this.failures % 2 === 0) return door;
    return { relay: door.relay, address: cardAddress(network.card, door.relay) ?? door.address };
  }

  private edge(network: Network, now: Millis): Door | null {
    const { doors, complete, wider, patience } = doorsNow(network, now);
    this.patience = patience;
    if (doors.length === 0) return null;
    const kept = this.kept(complete ? now : null).filter(
      ({ provisional }) => !(provisional && wider),
    );
    const listed = kept.flatMap(({ relay }) => doors.filter((door) => isAt(door, relay)));
    const first = listed[0] ?? this.draw(doors, kept, !complete, now);
    this.first = first.relay;
    if (!this.secondNext || this.downSince === null) return first;
    const others = doors.filter((door) => !isAt(door, first.relay));
    if (others.length === 0) return first;
    return listed[1] ?? this.draw(others, this.kept(complete ? now : null), !complete, now);
  }

  /** When that edge was drawn; null for one that is not kept. */
  since(relay: RelayHash): Millis | null {
    return this.kept(null).find((one) => equalBytes(one.relay, relay))?.since ?? null;
  }

  /** A link to it stands. */
  up(door: Door, now: Millis): void {
    this.secondNext = false;
    this.failures = 0;
    if (!this.isFirst(door)) {
      this.leaveSecondAt = now + randomBetween(this.rng, STAY_MIN, STAY_MAX);
      return;
    }
    this.downSince = null;
    this.lastFailure = null;
    this.leaveSecondAt = null;
  }

  /** A link to it was lost or did not come up. True: the second edge is to be tried soon. */
  down(door: Door, now: Millis): boolean {
    this.leaveSecondAt = null;
    this.failures += 1;
    if (this.isFirst(door)) {
      const slept = this.lastFailure === null || now - this.lastFailure > GAP;
      if (this.downSince === null || slept) this.downSince = now;
      this.secondNext = now - this.downSince > this.patience;
    } else {
      this.secondNext = false;
    }
    this.lastFailure = now;
    return this.secondNext;
  }

  /** Whether a link that stands should end: another edge is the one to be at. */
  shouldLeave(door: Door, network: Network, now: Millis): boolean {
    if (this.leaveSecondAt !== null && now >= this.leaveSecondAt) {
      // The first was down all the time, as far as we know: nobody slept.
      this.lastFailure = now;
      return true;
    }
    const all = this.kept(now);
    if (!all.some(({ relay, provisional }) => provisional && isAt(door, relay))) return false;
    const { complete, wider } = doorsNow(network, now);
    if (complete && !wider) this.write(all.map((kept) => ({ ...kept, provisional: false })));
    return wider;
  }

  private isFirst({ relay }: Door): boolean {
    return this.first !== null && equalBytes(relay, this.first);
  }

  private draw(
    doors: readonly Door[],
    kept: readonly Kept[],
    provisional: boolean,
    now: Millis,
  ): Door {
    const door = pick(this.rng, doors);
    const entry = { relay: door.relay, since: Math.floor(now), provisional };
    const rest = kept.filter(({ relay }) => !isAt(door, relay));
    this.write([...rest, entry].slice(-MAX_GUARDS));
    return door;
  }

  /**
   * The person gave a card. Without a document in force its edges are what there is: others that
   * were kept do not count any more.
   */
  onCard(network: Network, now: Millis): void {
    this.failures = 0;
    if (network.current(now) !== null) return;
    this.write(this.kept(null).filter(({ relay }) => cardAddress(network.card, relay) !== null));
  }

  /** @param now null where the clock may be wrong: then nothing grows old */
  private kept(now: Millis | null): Kept[] {
    this.held ??= this.read();
    return this.held.filter(({ since }) => now === null || now - since < KEPT);
  }

  private read(): Kept[] {
    const bytes = readSetting(this.store, 'guards') ?? new Uint8Array(0);
    const reader = new ByteReader(bytes, 'guards');
    return Array.from({ length: bytes.length / ENTRY }, () => ({
      relay: reader.copy(32) as RelayHash,
      since: reader.u64(),
      provisional: reader.u8() === 1,
    }));
  }

  private write(kept: readonly Kept[]): void {
    this.held = kept;
    const writer = new ByteWriter(kept.length * ENTRY);
    for (const { relay, since, provisional } of kept) {
      writer
        .put(relay)
        .u64(since)
        .u8(provisional ? 1 : 0);
    }
    writeSetting(this.store, 'guards', writer.done());
  }
}

function isAt(door: Door, relay: RelayHash): boolean {
  return equalBytes(door.relay, relay);
}

/**
 * Edges of the document in force; while there is none those of the newest one and of the card: the
 * own edge need not be on the card, and what the document names may be gone.
 */
function doorsNow(network: Network, now: Millis): Doors {
  const current = network.current(now);
  const card = network.card.edges.map(({ relay, address }) => ({ relay, address }));
  const isOnCard = ({ relay }: Door) => cardAddress(network.card, relay) !== null;
  const verified = current === null ? network.book.newest() : current.verified;
  const listed = verified === null ? [] : doorsOf(verified);
  const patience = verified === null ? DOWN : guardPatience(verified.document.parameters);
  if (current === null || listed.length === 0) {
    const more = card.filter((door) => !listed.some((one) => isAt(one, door.relay)));
    return { doors: [...listed, ...more], complete: false, wider: false, patience };
  }
  return { doors: listed, complete: true, wider: !listed.every(isOnCard), patience };
}
