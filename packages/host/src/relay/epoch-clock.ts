/** Ends epochs: when a grace is over, keys, seeds and replay tags of that epoch go together. */
import type { Clock } from '@tacet/base';
import type { EpochKeyring } from '@tacet/relay';
import type { EpochSeeds } from './epoch-seeds.ts';
import { LIMITS } from './limits.ts';
import type { ReplayLog } from './replay-log.ts';

export interface EpochClockOptions {
  readonly keyring: EpochKeyring;
  readonly seeds: EpochSeeds;
  readonly replay: ReplayLog;
  readonly clock: Clock;
  /** Called now and then, and when an epoch begins or its grace ends. */
  readonly onChange: () => void;
}

export class EpochClock {
  private readonly options: EpochClockOptions;
  private timer: NodeJS.Timeout | null = null;

  constructor(options: EpochClockOptions) {
    this.options = options;
  }

  start(): void {
    this.tick();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Parameters changed, and with them perhaps the next moment. */
  refresh(): void {
    this.stop();
    this.tick();
  }

  private tick(): void {
    const { keyring, seeds, replay, clock, onChange } = this.options;
    const now = clock.now();
    const gone = keyring.erase(now);
    seeds.wipe(gone);
    replay.erase(gone);
    // Seeds are made here too: an authority that cannot be reached must not stop the keys.
    seeds.save(keyring.ensure(now));
    onChange();
    const wait = Math.min(Math.ceil(keyring.nextChange(now) - now), LIMITS.timerMs);
    this.timer = setTimeout(() => this.tick(), Math.max(1, wait));
  }
}
