/**
 * One replay set per epoch, and the tags that still have to reach the append-only log.
 * The host writes `takeLog()` to disk and, after a restart, gives the log back through `load`
 * before it accepts a packet. A set goes with the keys of its epoch.
 */
import { AppError, type Rng } from '@tacet/base';
import { GEOMETRY as G } from './geometry.ts';
import { REPLAY_EPOCHS_MAX } from './limits.ts';
import { ReplaySet } from './replay-set.ts';
import { TagLog } from './tag-log.ts';
import type { ReplayGuard } from './types.ts';

interface Shelf {
  readonly set: ReplaySet;
  readonly log: TagLog;
}

export interface ReplayGuardOptions {
  /** Tags of one epoch: declared packets a second times 3,900 s. */
  readonly capacity: number;
  readonly rng: Rng;
  /** `keep` where a host calls `takeLog`; `none` where a restart forgets everything anyway. */
  readonly log: 'keep' | 'none';
}

export class EpochReplayGuard implements ReplayGuard {
  private readonly shelves = new Map<number, Shelf>();
  private readonly options: ReplayGuardOptions;

  constructor(options: ReplayGuardOptions) {
    this.options = options;
  }

  has(epoch: number, tag: Uint8Array): boolean {
    return this.shelves.get(epoch)?.set.has(tag) ?? false;
  }

  insert(epoch: number, tag: Uint8Array): boolean {
    return this.claim(epoch, tag) === 'new';
  }

  /** Look-up and insertion in one. */
  claim(epoch: number, tag: Uint8Array): 'new' | 'known' | 'full' {
    const shelf = this.shelf(epoch);
    if (shelf === null) return 'full';
    const outcome = shelf.set.insert(tag);
    if (outcome === 'new' && this.options.log === 'keep') shelf.log.push(tag);
    return outcome;
  }

  size(epoch: number): number {
    return this.shelves.get(epoch)?.set.size ?? 0;
  }

  /** Memory of that epoch's table. */
  bytes(epoch: number): number {
    return this.shelves.get(epoch)?.set.bytes ?? 0;
  }

  /** Tags inserted since the last call, 8 bytes each, by epoch; epochs without any are left out. */
  takeLog(): { readonly epoch: number; readonly tags: Uint8Array }[] {
    const out: { epoch: number; tags: Uint8Array }[] = [];
    for (const [epoch, shelf] of this.shelves) {
      const tags = shelf.log.take();
      if (tags.length > 0) out.push({ epoch, tags });
    }
    return out;
  }

  /**
   * Takes back what a log of that epoch holds, in whole tags (a host cuts off the torn last one).
   * Throws `malformed` or `replay-capacity`; then the relay must not open packets of that epoch.
   */
  load(epoch: number, tags: Uint8Array): void {
    const shelf = this.shelf(epoch);
    if (shelf === null) throw new AppError('replay-capacity', 'usage', 'too many epochs at once');
    shelf.set.importTags(tags);
  }

  /** Overwrites and forgets what is held of an epoch whose keys are gone. */
  erase(epoch: number): void {
    const shelf = this.shelves.get(epoch);
    shelf?.set.wipe();
    shelf?.log.wipe();
    this.shelves.delete(epoch);
  }

  private shelf(epoch: number): Shelf | null {
    let shelf = this.shelves.get(epoch);
    if (shelf === undefined) {
      if (this.shelves.size >= REPLAY_EPOCHS_MAX) return null;
      const { capacity, rng } = this.options;
      shelf = { set: new ReplaySet({ capacity, rng }), log: new TagLog(G.replayTag) };
      this.shelves.set(epoch, shelf);
    }
    return shelf;
  }
}
