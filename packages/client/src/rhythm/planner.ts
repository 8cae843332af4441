/**
 * Chooses what the next slot carries (docs/spec/04-mixing.md, 7): PUT > receipts and control > GET
 * of announced boxes and of own ones, in turns > standing reads > second copies > parts of files,
 * written and read in turns (in Transfer before their second copies) > GET of boxes nobody announced and tombstones, three to one > cover.
 * Every fourth real slot goes to GETs, the one after four standing reads to what comes behind them,
 * and retries take at most one slot in ten. Only the content is chosen here; whether and when a
 * frame leaves never depends on it.
 */
import type { Millis } from '@tacet/base';
import { STANDING_READS } from '../limits.ts';
import type { Plan, PlanSource } from './plan.ts';

/** Retries allowed per slot, and how many may be saved up. */
const RETRY_SHARE = 0.1;
const RETRY_BURST = 3;
const READ_EVERY = 4;

export interface PlanSources {
  readonly puts: PlanSource;
  readonly control: PlanSource;
  readonly reads: PlanSource;
  /** Own boxes that are looked for, announced or not. */
  readonly own: PlanSource;
  readonly standing: PlanSource;
  readonly copies: PlanSource;
  readonly fileParts: PlanSource;
  readonly fileReads: PlanSource;
  readonly fileCopies: PlanSource;
  readonly behind: PlanSource;
  readonly tombstones: PlanSource;
  readonly cover: PlanSource;
}

export class Planner {
  private readonly sources: PlanSources;
  private readonly mayRetry: (now: Millis) => boolean;
  private readonly fresh: (now: Millis) => readonly [puts: boolean, reads: boolean];
  private retryCredit = RETRY_BURST;
  private realSlots = 0;
  private readSlots = 0;
  /** Since what comes behind had its turn. */
  private standingSlots = 0;
  private lateSlots = 0;
  private fileSlots = 0;

  /**
   * @param mayRetry false while own loops leave doubts (retry-gate.ts)
   * @param fresh whether content, or an announced box, waits for its first try
   */
  constructor(
    sources: PlanSources,
    mayRetry: (now: Millis) => boolean,
    fresh: (now: Millis) => readonly [puts: boolean, reads: boolean],
  ) {
    this.sources = sources;
    this.mayRetry = mayRetry;
    this.fresh = fresh;
  }

  /** Something waits that a frame beside the grid may carry (docs/spec/17-levels.md, 2: Fast). */
  urgentWaits(now: Millis): boolean {
    return this.fresh(now).includes(true);
  }

  /**
   * What a frame beside the grid carries: content or a read of an announced box, each for the first
   * time. All else, and whatever is tried again, waits for its slot.
   */
  urgent(now: Millis): Plan | null {
    const [puts, reads] = this.fresh(now);
    const plan =
      (puts ? this.sources.puts.next(now, false) : null) ??
      (reads ? this.sources.reads.next(now, false) : null);
    if (plan !== null) this.realSlots++;
    return plan;
  }

  /**
   * `frozen`: no request is answered just now. Repeating real ones would use up their tries and
   * show who has something to say, so all slots are cover.
   * Null only while no document is known: the slot carries filler. */
  next(now: Millis, frozen = false): Plan | null {
    if (frozen) return this.sources.cover.next(now, false);
    this.retryCredit = Math.min(RETRY_BURST, this.retryCredit + RETRY_SHARE);
    const retries = this.retryCredit >= 1 && this.mayRetry(now);
    const { puts, control, cover } = this.sources;
    const readsFirst = this.realSlots % READ_EVERY === READ_EVERY - 1;
    const real =
      (readsFirst ? this.read(now, retries) : null) ??
      puts.next(now, retries) ??
      control.next(now, retries) ??
      this.read(now, retries);
    if (real !== null) this.realSlots++;
    const plan =
      real ?? this.stand(now, retries) ?? this.idle(now, retries) ?? cover.next(now, retries);
    if (plan?.retry === true) this.retryCredit -= 1;
    return plan;
  }

  /** Content waits for what stands in own boxes, and so it does behind what was announced: they take turns. */
  private read(now: Millis, retries: boolean): Plan | null {
    const { reads, own } = this.sources;
    const [first, then] = this.readSlots % 2 === 0 ? [reads, own] : [own, reads];
    const plan = first.next(now, retries) ?? then.next(now, retries);
    if (plan !== null) this.readSlots++;
    return plan;
  }

  /** Where slots are slow standing reads could take all of them: what waits behind has its turn. */
  private stand(now: Millis, retries: boolean): Plan | null {
    const behind = this.standingSlots >= STANDING_READS ? this.idle(now, retries) : null;
    if (behind !== null) {
      this.standingSlots = 0;
      return behind;
    }
    const plan = this.sources.standing.next(now, retries);
    if (plan !== null) this.standingSlots++;
    return plan;
  }

  private idle(now: Millis, retries: boolean): Plan | null {
    return (
      this.sources.copies.next(now, retries) ??
      this.file(now, retries) ??
      this.sources.fileCopies.next(now, retries) ??
      this.late(now, retries)
    );
  }

  /** Every fourth slot that they could take is left to what comes behind them, where it has something. */
  private file(now: Millis, retries: boolean): Plan | null {
    const { fileParts, fileReads } = this.sources;
    const sources = this.fileSlots % 2 === 0 ? [fileParts, fileReads] : [fileReads, fileParts];
    const yields = this.fileSlots % READ_EVERY === READ_EVERY - 1;
    const late = yields ? this.late(now, retries) : null;
    const plan = late ?? sources[0]?.next(now, retries) ?? sources[1]?.next(now, retries) ?? null;
    if (plan !== null) this.fileSlots++;
    return plan;
  }

  /** An absence can leave thousands of boxes to ask for: what was read is erased all the same. */
  private late(now: Millis, retries: boolean): Plan | null {
    const { behind, tombstones } = this.sources;
    const erase = this.lateSlots % READ_EVERY === READ_EVERY - 1;
    const plan =
      (erase ? tombstones.next(now, retries) : null) ??
      behind.next(now, retries) ??
      tombstones.next(now, retries);
    if (plan !== null) this.lateSlots++;
    return plan;
  }
}
