/**
 * Which level holds (docs/spec/17-levels.md, 3). What is sent follows a choice of less at once.
 * What can be seen of it on the line - its period - does not change at the moment of the choice:
 * to a quicker one after a random wait, from a quicker one at the end of a random while.
 */
import {
  ByteReader,
  ByteWriter,
  fromUtf8,
  MINUTE,
  type Millis,
  type Rng,
  randomBetween,
  utf8,
} from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Level } from '../views.ts';

/** Slots within which a level that shows by itself begins. */
const SWITCH_SLOTS = 300;
/** The line of a level that was quick by itself stays quick for so long at most. */
const TRAIL: Millis = 30 * MINUTE;
const LONGEST_TRAIL: Millis = 90 * MINUTE;

export interface PlannedLevel {
  readonly level: Level;
  readonly at: Millis;
}

/** Which period is the quick one: what the edge is told, and that of the own grid. */
export interface Line {
  readonly told: boolean;
  readonly grid: boolean;
}

export interface SwitchDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  /** T of the network; null while nobody could see a change. */
  readonly slotMs: () => Millis | null;
  /** Until when windows count as in use. */
  readonly inUseUntil: () => Millis;
  readonly onChange: (now: Millis) => void;
}

export class LevelSwitch {
  private readonly d: SwitchDeps;
  private current: Level;
  private next: PlannedLevel | null;
  /** Until then the line stays as it was before the last choice. */
  private trailUntil: Millis;
  private trailGrid: boolean;

  constructor(deps: SwitchDeps, now: Millis) {
    this.d = deps;
    this.current = levelNamed(readText(deps.store, 'level'));
    this.next = readPlanned(deps.store, now);
    const saved = readSetting(deps.store, 'level-trail');
    const reader = saved === null ? null : new ByteReader(saved, 'level-trail');
    this.trailUntil = Math.min(reader?.u64() ?? 0, now + LONGEST_TRAIL);
    this.trailGrid = reader?.u8() === 1;
  }

  get level(): Level {
    return this.current;
  }

  get planned(): PlannedLevel | null {
    return this.next;
  }

  /** Reads may wait at edges. */
  waits(now: Millis): boolean {
    return this.current === 'fast' || this.inUse(now);
  }

  inUse(now: Millis): boolean {
    return this.current === 'balanced' && now < this.d.inUseUntil();
  }

  line(now: Millis): Line {
    if (this.inUse(now)) return { told: true, grid: true };
    if (this.current === 'fast') return { told: true, grid: false };
    if (now < this.trailUntil) return { told: true, grid: this.trailGrid };
    return { told: false, grid: false };
  }

  /** Saved before anything else happens. */
  set(level: Level, now: Millis): void {
    const slotMs = this.d.slotMs();
    if (level === this.next?.level) return;
    this.d.store.transaction(() => {
      if (level === 'fast' && this.current !== 'fast' && slotMs !== null) {
        const wait = randomBetween(this.d.rng, 0, SWITCH_SLOTS * slotMs);
        this.plan({ level, at: Math.floor(now + wait) });
      } else {
        this.plan(null);
        this.apply(level, now);
      }
      this.d.onChange(now);
    });
  }

  advance(now: Millis): void {
    const { next } = this;
    if (next === null || now < next.at) return;
    this.d.store.transaction(() => {
      this.plan(null);
      this.apply(next.level, now);
      this.d.onChange(now);
    });
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    if (this.next !== null) this.plan({ ...this.next, at: Math.floor(this.next.at - by) });
    this.trail(this.trailUntil - by, this.trailGrid);
  }

  private apply(level: Level, now: Millis): void {
    if (level === this.current) return;
    if (this.current === 'fast') this.trail(now + randomBetween(this.d.rng, 0, TRAIL), false);
    else if (this.inUse(now)) this.trail(this.d.inUseUntil(), true);
    this.current = level;
    writeSetting(this.d.store, 'level', utf8(level));
  }

  private plan(planned: PlannedLevel | null): void {
    this.next = planned;
    const text = planned === null ? '' : `${planned.level} ${planned.at}`;
    writeSetting(this.d.store, 'level-next', utf8(text));
  }

  private trail(until: Millis, grid: boolean): void {
    this.trailUntil = until;
    this.trailGrid = grid;
    const writer = new ByteWriter(9).u64(Math.max(0, Math.floor(until))).u8(grid ? 1 : 0);
    writeSetting(this.d.store, 'level-trail', writer.done());
  }
}

function readText(store: ProfileStore, name: 'level' | 'level-next'): string {
  const saved = readSetting(store, name);
  return saved === null ? '' : fromUtf8(saved);
}

function readPlanned(store: ProfileStore, now: Millis): PlannedLevel | null {
  const [name = '', at = ''] = readText(store, 'level-next').split(' ');
  if (name === '') return null;
  // A clock that was set back meanwhile must not put it off for ever.
  return { level: levelNamed(name), at: Math.min(Number(at), now + LONGEST_TRAIL) };
}

/** What a newer version saved counts as the default. */
function levelNamed(name: string): Level {
  return name === 'strong' || name === 'fast' ? name : 'balanced';
}
