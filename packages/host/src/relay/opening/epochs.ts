/** The opening threads of all epochs that are accepted now, or will be in a moment. */
import type { SlotMemory } from './memory.ts';
import { EpochThreads } from './threads.ts';

export interface EpochOpenersOptions {
  readonly role: 'mix' | 'edge';
  readonly layer: number;
  /** Threads for each epoch. */
  readonly threads: number;
  readonly slots: SlotMemory;
  readonly done: SharedArrayBuffer;
  readonly seedFile: (epoch: number) => string;
  readonly onFailure: (error: Error) => void;
}

export class EpochOpeners {
  private readonly options: EpochOpenersOptions;
  private readonly epochs = new Map<number, EpochThreads>();
  private stopped = false;

  constructor(options: EpochOpenersOptions) {
    this.options = options;
  }

  /** Of an epoch that is accepted now: threads that are late are started, packets wait for them. */
  get(epoch: number): EpochThreads | null {
    if (!this.epochs.has(epoch) && !this.stopped) this.start([epoch]);
    return this.epochs.get(epoch) ?? null;
  }

  /** Starts the threads of these epochs; those that run go on. */
  start(epochs: readonly number[]): void {
    const { threads: count, seedFile, ...rest } = this.options;
    for (const epoch of epochs) {
      if (this.epochs.has(epoch)) continue;
      const options = { ...rest, count, epoch, seedFile: seedFile(epoch) };
      this.epochs.set(epoch, new EpochThreads(options));
    }
  }

  /** Resolves when the threads of these epochs, and with them their key objects, are gone. */
  async retire(epochs: readonly number[]): Promise<void> {
    const retiring = epochs.map((epoch) => {
      const threads = this.epochs.get(epoch);
      this.epochs.delete(epoch);
      return threads?.retire();
    });
    await Promise.all(retiring);
  }

  stop(): Promise<void> {
    this.stopped = true;
    return this.retire([...this.epochs.keys()]);
  }
}
