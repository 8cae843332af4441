/**
 * One replay set per epoch, and the list of tags that still have to reach the append-only log.
 * The host writes `takeLog()` to disk and, after a restart, gives the log back through `load`
 * before it accepts a packet. A set goes with the keys of its epoch.
 */
import { concat, type Rng } from '@tacet/base';
import { REPLAY_EPOCHS_MAX } from './limits.ts';
import { ReplaySet } from './replay-set.ts';
import type { ReplayGuard } from './types.ts';

interface Shelf {
  readonly set: ReplaySet;
  unlogged: Uint8Array[];
}

export class EpochReplayGuard implements ReplayGuard {
  private readonly shelves = new Map<number, Shelf>();
  private readonly capacity: number;
  private readonly rng: Rng;

  /** @param options.capacity tags per epoch */
  constructor(options: { capacity: number; rng: Rng }) {
    this.capacity = options.capacity;
    this.rng = options.rng;
  }

  has(epoch: number, tag: Uint8Array): boolean {
    return this.shelves.get(epoch)?.set.has(tag) ?? false;
  }

  insert(epoch: number, tag: Uint8Array): boolean {
    const shelf = this.shelf(epoch);
    if (shelf === null || shelf.set.insert(tag) !== 'new') return false;
    shelf.unlogged.push(Uint8Array.from(tag));
    return true;
  }

  size(epoch: number): number {
    return this.shelves.get(epoch)?.set.size ?? 0;
  }

  /** Tags inserted since the last call, 8 bytes each, by epoch. */
  takeLog(): { readonly epoch: number; readonly tags: Uint8Array }[] {
    const out: { epoch: number; tags: Uint8Array }[] = [];
    for (const [epoch, shelf] of this.shelves) {
      if (shelf.unlogged.length === 0) continue;
      out.push({ epoch, tags: concat(...shelf.unlogged) });
      shelf.unlogged = [];
    }
    return out;
  }

  /** Takes back what a log of that epoch holds. */
  load(epoch: number, tags: Uint8Array): void {
    this.shelf(epoch)?.set.importTags(tags);
  }

  /** Forgets an epoch whose keys are gone. */
  erase(epoch: number): void {
    this.shelves.delete(epoch);
  }

  private shelf(epoch: number): Shelf | null {
    let shelf = this.shelves.get(epoch);
    if (shelf === undefined) {
      if (this.shelves.size >= REPLAY_EPOCHS_MAX) return null;
      shelf = { set: new ReplaySet({ capacity: this.capacity, rng: this.rng }), unlogged: [] };
      this.shelves.set(epoch, shelf);
    }
    return shelf;
  }
}
