/**
 * Which edge is this profile's front door (2.2): drawn uniformly, kept for 60 days; a second one
 * only when the first has been down for ten minutes.
 */
import { DAY, equalBytes, MINUTE, type Millis, pick, type Rng } from '@tacet/base';
import { edgesOf, type RelayHash } from '@tacet/directory';
import type { ProfileStore } from '../ports.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Network } from './network.ts';

const KEPT: Millis = 60 * DAY;
const DOWN: Millis = 10 * MINUTE;

export interface Door {
  readonly relay: RelayHash;
  readonly address: string;
}

export class Guard {
  private readonly store: ProfileStore;
  private readonly rng: Rng;
  private downSince: Millis | null = null;
  private second: RelayHash | null = null;
  /** While both are down they are tried in turn. */
  private turn = false;

  constructor(store: ProfileStore, rng: Rng) {
    this.store = store;
    this.rng = rng;
  }

  /** The edge to dial now. */
  door(network: Network, now: Millis): Door | null {
    const doors = this.doors(network, now);
    if (this.downSince !== null && now - this.downSince > DOWN) {
      // One other, kept: who cuts our lines must not make us try edge after edge until his own.
      const others = doors.filter((door) => !this.isGuard(door));
      const { second } = this;
      const again = others.find((door) => second !== null && equalBytes(door.relay, second));
      const other = again ?? (others.length > 0 ? pick(this.rng, others) : null);
      this.second = other?.relay ?? null;
      if (other !== null && !this.turn) {
        this.turn = true;
        return other;
      }
      this.turn = false;
    }
    const kept = doors.find((door) => this.isGuard(door));
    const since = readSetting(this.store, 'guard-since');
    const age = since === null ? KEPT : now - Number(new TextDecoder().decode(since));
    if (kept !== undefined && age < KEPT) return kept;
    if (doors.length === 0) return null;
    const drawn = pick(this.rng, doors);
    this.store.transaction(() => {
      writeSetting(this.store, 'guard', drawn.relay);
      writeSetting(this.store, 'guard-since', new TextEncoder().encode(String(Math.floor(now))));
    });
    return drawn;
  }

  private isGuard(door: Door): boolean {
    const guard = readSetting(this.store, 'guard');
    return guard !== null && equalBytes(guard, door.relay);
  }

  /** Edges of the document in force; of the card while there is none. */
  private doors(network: Network, now: Millis): Door[] {
    const current = network.current(now);
    const card = network.card.edges.map(({ relay, address }) => ({ relay, address }));
    if (current === null) return card;
    const { verified } = current;
    const listed = edgesOf(verified).flatMap((relay) => {
      const index = verified.relayHashes.findIndex((hash) => equalBytes(hash, relay));
      const address = verified.document.relays[index]?.clientAddress ?? '';
      return address === '' ? [] : [{ relay, address }];
    });
    return listed.length > 0 ? listed : card;
  }

  up(): void {
    this.downSince = null;
  }

  down(now: Millis): void {
    this.downSince ??= now;
  }
}
