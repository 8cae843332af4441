/**
 * How much was sent and received, by UTC day (docs/spec/17-levels.md, 5). Frames are counted in
 * memory and saved every quarter of an hour and at the end: a count is not worth a disk write.
 */
import { DAY, MINUTE, type Millis } from '@tacet/base';
import { GEOMETRY } from '@tacet/onion';
import { USAGE_DAYS } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';

/** What TLS, TCP and IP add to frames: an estimate, since nothing here sees them. */
export const OVERHEAD_PERMILLE = 30;
const SAVE_EVERY: Millis = 15 * MINUTE;

export interface DayUsage {
  /** UTC, days since 1970. */
  readonly day: number;
  /** Bytes of frames, without what TLS and TCP add. */
  readonly up: number;
  readonly down: number;
}

interface Counted {
  up: number;
  down: number;
}

export class Usage {
  private readonly store: ProfileStore;
  private readonly unsaved = new Map<number, Counted>();
  private saveAt: Millis;
  private readonly total: Counted = { up: 0, down: 0 };

  constructor(store: ProfileStore, now: Millis) {
    this.store = store;
    this.saveAt = now + SAVE_EVERY;
  }

  /** Bytes of frames since the program began. */
  get sinceStart(): { readonly up: number; readonly down: number } {
    return { up: this.total.up * GEOMETRY.frame, down: this.total.down * GEOMETRY.frame };
  }

  count(up: number, down: number, now: Millis): void {
    this.total.up += up;
    this.total.down += down;
    const day = Math.floor(now / DAY);
    const had = this.unsaved.get(day);
    if (had === undefined) this.unsaved.set(day, { up, down });
    else {
      had.up += up;
      had.down += down;
    }
  }

  /** Called every few minutes. */
  tend(now: Millis): void {
    // A clock that was set back must not put the next save off by as much.
    if (now < this.saveAt && this.saveAt - now <= SAVE_EVERY) return;
    this.save(now);
  }

  save(now: Millis): void {
    this.saveAt = now + SAVE_EVERY;
    if (this.unsaved.size === 0) return;
    this.store.transaction(() => {
      for (const [day, { up, down }] of this.unsaved) {
        this.store.run(
          `INSERT INTO usage (day, up, down) VALUES (?, ?, ?)
           ON CONFLICT (day) DO UPDATE SET up = up + excluded.up, down = down + excluded.down`,
          day,
          up,
          down,
        );
      }
      this.store.run(
        `DELETE FROM usage WHERE day NOT IN (SELECT day FROM usage ORDER BY day DESC LIMIT ?)`,
        USAGE_DAYS,
      );
    });
    this.unsaved.clear();
  }

  /** Newest first, with what is not saved yet. */
  days(): DayUsage[] {
    const days = new Map<number, Counted>();
    for (const row of this.store.all('SELECT day, up, down FROM usage')) {
      days.set(num(row, 'day'), { up: num(row, 'up'), down: num(row, 'down') });
    }
    for (const [day, { up, down }] of this.unsaved) {
      const saved = days.get(day) ?? { up: 0, down: 0 };
      days.set(day, { up: saved.up + up, down: saved.down + down });
    }
    return [...days]
      .sort(([a], [b]) => b - a)
      .slice(0, USAGE_DAYS)
      .map(([day, { up, down }]) => ({
        day,
        up: up * GEOMETRY.frame,
        down: down * GEOMETRY.frame,
      }));
  }
}
