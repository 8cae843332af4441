/**
 * Keeps the rolling copies of an open profile (docs/spec/10-store.md, 10): makes what is due and destroys
 * what has had its days, beside everything else. What fails here fails the copy alone.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ProfileSnapshot, RollingCopies } from '@tacet/adapters/profiles-sqlcipher';
import type { ResultOf } from '@tacet/api';
import { HOUR, isAppError, type Millis } from '@tacet/base';
import { LOG_ROOM, STOP_PATIENCE } from './limits.ts';
import type { Log } from './ports.ts';
import type { Row } from './row.ts';

export interface RollingOptions {
  readonly copies: RollingCopies;
  readonly snapshot: () => Promise<ProfileSnapshot>;
  /** Between two slots, where `needs` ms are left. */
  readonly turn: <T>(work: (now: Millis) => T, needs?: Millis) => Promise<T>;
  readonly row: Row;
  readonly log: Log;
}

type Status = ResultOf<'backup.status'>['rolling'];

/** After a failure. */
const AGAIN: Millis = HOUR;

export class RollingKeeper {
  private readonly options: RollingOptions;
  private readonly ended = new AbortController();
  private running: Promise<void> | null = null;
  /** Apart from what is made: a copy waits for its turn behind backups, whose disk may not answer for days. */
  private expiring: Promise<boolean> | null = null;
  private failed: Status['failed'] = null;

  constructor(options: RollingOptions) {
    this.options = options;
  }

  async status(): Promise<Status> {
    return { kept: [...(await this.options.copies.kept())], failed: this.failed };
  }

  /** When the profile was looked over: what has had its days ends, also where it is never open for long. */
  begin(): void {
    this.expire();
  }

  /** Now and then. */
  tend(): void {
    this.expire();
    this.run(() => this.look());
  }

  /** Ends what is under way: the copy it was to replace is gone, the other one stays. */
  async stop(patience: Millis = STOP_PATIENCE): Promise<void> {
    this.ended.abort();
    const over = new AbortController();
    const waited = pause(patience, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([Promise.all([this.running, this.expiring]), waited]);
    over.abort();
  }

  private expire(): void {
    if (this.ended.signal.aborted) return;
    this.expiring ??= this.now()
      .then((now) => this.options.copies.expire(now))
      .then(() => true)
      .catch(async (error: unknown) => {
        await this.fail(error);
        return false;
      })
      .finally(() => {
        this.expiring = null;
      });
  }

  private run(work: () => Promise<void>): void {
    if (this.running !== null || this.ended.signal.aborted) return;
    this.running = work()
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.running = null;
      });
  }

  private async look(): Promise<void> {
    const { copies, row } = this.options;
    if ((await this.expiring) === false) return;
    const now = await this.now();
    if (this.failed !== null && now < this.failed.at + AGAIN) return;
    if (await copies.due(now)) await row.next(() => this.make(now));
    this.failed = null;
  }

  private async fail(error: unknown): Promise<void> {
    // Ended with the profile is no failure.
    if (this.ended.signal.aborted) return;
    const code = isAppError(error) ? error.code : 'internal';
    this.options.log.warn(code);
    const at = await this.now().catch(() => null);
    if (at !== null) this.failed = { code, at };
  }

  private now(): Promise<Millis> {
    return this.options.turn((now) => Math.floor(now));
  }

  private async make(at: Millis): Promise<void> {
    const { copies, snapshot, turn } = this.options;
    const { signal } = this.ended;
    if (signal.aborted) return;
    // The log goes into the data file first, and afterwards what was written meanwhile.
    const held = await turn(() => snapshot(), LOG_ROOM);
    try {
      await copies.make({ data: held.data, at, turn, signal });
    } finally {
      await turn(() => held.release(), LOG_ROOM).catch(() => held.release());
    }
  }
}
