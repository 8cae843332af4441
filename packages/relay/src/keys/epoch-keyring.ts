/**
 * The packet keys of one relay (docs/spec/04-mixing.md, 3). A secret exists from K epochs ahead
 * until grace after its epoch, and nowhere afterwards: `erase` wipes the seed here, the host
 * wipes its file. Key objects of the runtime cannot be wiped; they go when their thread goes.
 */
import { AppError, type Millis, type Rng, randomBytes } from '@tacet/base';
import { type KemKeyPair, type KemPublicKey, kemKeyPair, wipe } from '@tacet/crypto';
import { epochAt, epochStart } from '@tacet/directory';
import type { EpochKeys, EpochSecret, EpochView } from '@tacet/onion';
import { EpochViewer, type KeySchedule, type ViewerOptions } from './epoch-viewer.ts';

export interface EpochSeed {
  readonly epoch: number;
  /** 32 bytes. Secret: this relay's disk (0600) and memory only. */
  readonly seed: Uint8Array;
}

export interface KeyringOptions extends ViewerOptions {
  readonly rng: Rng;
}

interface Entry {
  readonly seed: Uint8Array;
  readonly pair: KemKeyPair;
  /** What `lookup` gave last. */
  known: { readonly view: EpochView; readonly secret: EpochSecret } | null;
}

const SEED = 32;

export class EpochKeyring implements EpochKeys {
  private readonly options: KeyringOptions;
  private readonly viewer: EpochViewer;
  private readonly entries = new Map<number, Entry>();

  constructor(options: KeyringOptions) {
    this.options = options;
    this.viewer = new EpochViewer(options);
  }

  /**
   * Makes the missing secrets of the current epoch and the K after it; returns the new ones,
   * which the host makes durable before it publishes their public keys.
   */
  ensure(now: Millis): EpochSeed[] {
    const { epochMs, keysAhead } = this.schedule();
    const first = epochAt({ epochMs }, now);
    const made: EpochSeed[] = [];
    for (let epoch = first; epoch <= first + keysAhead; epoch++) {
      if (this.entries.has(epoch)) continue;
      const seed = randomBytes(this.options.rng, SEED);
      this.entries.set(epoch, { seed, pair: kemKeyPair(seed), known: null });
      made.push({ epoch, seed });
    }
    return made;
  }

  /** Forgets every secret whose grace is over, and returns their epochs. */
  erase(now: Millis): number[] {
    const { epochMs, graceMs } = this.schedule();
    const gone: number[] = [];
    for (const [epoch, entry] of this.entries) {
      if (epochStart({ epochMs }, epoch + 1) + graceMs > now) continue;
      wipe(entry.seed);
      entry.pair.wipe();
      this.entries.delete(epoch);
      gone.push(epoch);
    }
    return gone;
  }

  /** When `ensure` or `erase` next has something to do. */
  nextChange(now: Millis): Millis {
    const { epochMs, graceMs } = this.schedule();
    const start = epochStart({ epochMs }, epochAt({ epochMs }, now));
    return now < start + graceMs ? start + graceMs : start + epochMs;
  }

  /** Copies of all secrets, for the host to keep. */
  export(): EpochSeed[] {
    return [...this.entries]
      .map(([epoch, { seed }]) => ({ epoch, seed: seed.slice() }))
      .sort((a, b) => a.epoch - b.epoch);
  }

  /** Takes back what `export` gave; call `erase` next, since time has passed. */
  import(seeds: readonly EpochSeed[]): void {
    for (const { epoch, seed } of seeds) {
      if (seed.length !== SEED || !Number.isSafeInteger(epoch) || epoch < 0) {
        throw new AppError('epoch-seed', 'storage', 'a stored epoch secret is damaged');
      }
      if (this.entries.has(epoch)) continue;
      const own = seed.slice();
      this.entries.set(epoch, { seed: own, pair: kemKeyPair(own), known: null });
    }
  }

  /** Public keys from the current epoch on, for the descriptor. Never a gap. */
  publicKeys(now: Millis): { readonly firstEpoch: number; readonly keys: readonly KemPublicKey[] } {
    const firstEpoch = epochAt(this.schedule(), now);
    const keys: KemPublicKey[] = [];
    for (let epoch = firstEpoch; ; epoch++) {
      const entry = this.entries.get(epoch);
      if (entry === undefined) return { firstEpoch, keys };
      keys.push(entry.pair.publicKey);
    }
  }

  lookup(epoch: number, now: Millis): EpochSecret | null {
    const entry = this.entries.get(epoch);
    if (entry === undefined) return null;
    const view = this.viewer.lookup(epoch, now);
    if (view === null) return null;
    if (entry.known?.view !== view) {
      entry.known = { view, secret: { ...view, secret: entry.pair } };
    }
    return entry.known.secret;
  }

  private schedule(): KeySchedule {
    return this.viewer.schedule;
  }
}
