/**
 * Begins and ends epochs: keys are made ahead, threads start before the first packet of their
 * epoch, and when a grace is over, threads, seeds and replay tags of that epoch go together.
 */
import type { Clock } from '@tacet/base';
import { collectFreed } from '../freed-memory.ts';
import type { EpochVault } from './epoch-vault.ts';
import { LIMITS } from './limits.ts';
import type { EpochOpeners } from './opening/epochs.ts';
import type { ReplayLog } from './replay-log.ts';

export interface EpochClockOptions {
  readonly vault: EpochVault;
  readonly openers: EpochOpeners;
  readonly replay: ReplayLog;
  readonly clock: Clock;
  /** Called now and then, and when an epoch begins or its grace ends. */
  readonly onChange: () => void;
  /** Keys could not be made or read: the relay cannot go on. */
  readonly onFailure: (error: Error) => void;
}

export class EpochClock {
  private readonly options: EpochClockOptions;
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private preparing: Promise<void> = Promise.resolve();
  private erasing: Promise<unknown> = Promise.resolve();
  private again = false;
  private stopped = false;

  constructor(options: EpochClockOptions) {
    this.options = options;
  }

  /** Resolves when the keys of now are there and their threads have been started. */
  async start(): Promise<void> {
    await this.retire();
    await this.prepare();
    this.arm();
  }

  /** Waits for what is on its way. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
    await this.preparing;
    await this.erasing;
  }

  /** Parameters changed, and with them perhaps the next moment. */
  refresh(): void {
    this.again = true;
    if (this.running === null) this.tick();
  }

  private tick(): void {
    if (this.stopped) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.again = false;
    const { onFailure } = this.options;
    // The end of an old key does not wait for the making of a new one.
    this.running = this.retire().then(() => this.next(), onFailure);
    this.preparing = this.prepare().catch(onFailure);
  }

  private next(): void {
    this.running = null;
    if (this.again) this.tick();
    else this.arm();
  }

  private async retire(): Promise<void> {
    const { vault, openers, replay, clock, onFailure } = this.options;
    const gone = vault.expired(clock.now());
    await openers.retire(gone);
    vault.wipe(gone);
    // Logs are large: neither the start nor the next epoch waits until they are overwritten.
    const erased = replay.erase(gone).catch(onFailure);
    this.erasing = Promise.all([this.erasing, erased]);
    if (gone.length > 0) collectFreed();
  }

  private async prepare(): Promise<void> {
    const { vault, openers, clock, onChange } = this.options;
    await vault.ensure(clock.now());
    if (this.stopped) return;
    openers.start(vault.current(clock.now()));
    onChange();
  }

  private arm(): void {
    if (this.stopped) return;
    const { vault, clock } = this.options;
    const now = clock.now();
    const wait = Math.min(Math.ceil(vault.nextChange(now) - now), LIMITS.timerMs);
    this.timer = setTimeout(() => this.tick(), Math.max(1, wait));
  }
}
