/**
 * Transfer (docs/spec/17-levels.md, 8): for files to which a person consented the line runs quicker,
 * for whole blocks of one length. Nothing in a block says how much of it was used. The edge is told
 * first; the own grid follows when frames down show that it agreed.
 */
import { ByteReader, ByteWriter, HOUR, type Millis, type Rng, randomBetween } from '@tacet/base';
import { hasTransfer, type Parameters } from '@tacet/directory';
import type { ProfileStore } from '../ports.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import { DownWatch } from './down-watch.ts';

/** An edge that agreed shows it by then: two slots, a stalled line. */
const PATIENCE_SLOTS = 4;
const PATIENCE: Millis = 10_000;
/** The longest block a document may have. */
const LONGEST_BLOCK = HOUR;

/** Files for which somebody consented. */
export interface TransferWork {
  /** Something of them is to be written or read. */
  waits(now: Millis): boolean;
  /** A block that began then is over: who moved nothing in it makes no further one. In a transaction. */
  blockOver(begun: Millis): void;
}

export interface TransferDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly parameters: () => Parameters | null;
  readonly linkUp: () => boolean;
  readonly work: () => TransferWork;
  /** In a transaction. */
  readonly onChange: (now: Millis) => void;
}

/** What of the line is not in the store. */
export interface TransferHandover {
  readonly clock: DownWatch;
  readonly agreed: boolean;
  readonly askedAt: Millis | null;
  readonly refusedUntil: Millis;
}

export interface TransferView {
  /**
   * `asked`: the edge was asked, or will be when there is a link. `on`: the line runs so. `refused`: it has
   * no room, or the line does not carry it; it is asked again.
   */
  readonly state: 'asked' | 'on' | 'refused';
  /** End of the block; when refused, when it is asked again. */
  readonly until: Millis;
}

export class Transfer {
  private readonly d: TransferDeps;
  private clock = new DownWatch();
  private begun: Millis = 0;
  /** End of the block under way; 0: none. */
  private until: Millis = 0;
  private agreed = false;
  /** Null while there is no link. */
  private askedAt: Millis | null = null;
  private refusedUntil: Millis = 0;

  constructor(deps: TransferDeps, now: Millis) {
    this.d = deps;
    this.restore();
    // A clock that was set back while the program slept must not make a block of weeks.
    this.until = Math.min(this.until, now + LONGEST_BLOCK);
  }

  /** As the store has it. */
  restore(): void {
    const saved = readSetting(this.d.store, 'transfer');
    const reader = saved === null ? null : new ByteReader(saved, 'transfer');
    this.begun = reader?.u64() ?? 0;
    this.until = reader?.u64() ?? 0;
    if (this.until === 0) this.agreed = false;
  }

  handOver(): TransferHandover {
    const { clock, agreed, askedAt, refusedUntil } = this;
    return { clock, agreed, askedAt, refusedUntil };
  }

  /** The block itself stands in the store. */
  takeOver({ clock, agreed, askedAt, refusedUntil }: TransferHandover): void {
    this.clock = clock;
    this.agreed = agreed && this.until > 0;
    this.askedAt = askedAt;
    this.refusedUntil = refusedUntil;
  }

  view(now: Millis): TransferView | null {
    if (this.until > now) return { state: this.on ? 'on' : 'asked', until: this.until };
    return this.refusedUntil > now ? { state: 'refused', until: this.refusedUntil } : null;
  }

  /** The network has it, or is not known yet. */
  get possible(): boolean {
    const parameters = this.d.parameters();
    return parameters === null || hasTransfer(parameters);
  }

  /** The line runs at the rate of Transfer. */
  get on(): boolean {
    return this.agreed && this.d.linkUp();
  }

  /** What the edge is to be told, and the own grid; no hello asks for Transfer. */
  line(): { readonly told: boolean; readonly grid: boolean } {
    return { told: this.until > 0 && this.askedAt !== null && this.d.linkUp(), grid: this.on };
  }

  linkUp(now: Millis): void {
    this.ask(now);
  }

  linkDown(): void {
    this.agreed = false;
    this.askedAt = null;
  }

  frameDown(now: Millis): void {
    const parameters = this.until > 0 ? this.d.parameters() : null;
    if (parameters === null) return;
    this.clock.frame();
    this.look(parameters, now);
  }

  /** At least once a slot. */
  advance(now: Millis): void {
    const parameters = this.d.parameters();
    if (parameters === null) return;
    if (!hasTransfer(parameters)) {
      if (this.until > 0) this.end(now);
      return;
    }
    if (this.until > 0 && now >= this.until) this.over(parameters, now);
    if (this.until === 0) this.begin(parameters, now);
    else this.look(parameters, now);
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    if (this.until > 0) this.set(this.begun - by, this.until - by);
    if (this.askedAt !== null) this.askedAt -= by;
    this.refusedUntil -= by;
  }

  private begin({ transferBlockMs }: Parameters, now: Millis): void {
    if (now < this.refusedUntil || !this.d.linkUp() || !this.d.work().waits(now)) return;
    this.d.store.transaction(() => {
      this.set(now, now + transferBlockMs);
      this.d.onChange(now);
    });
    this.ask(now);
  }

  /** Whole blocks only: whether another follows is decided at the end of one. */
  private over({ transferBlockMs }: Parameters, now: Millis): void {
    const work = this.d.work();
    this.d.store.transaction(() => {
      work.blockOver(this.begun);
      if (!work.waits(now)) this.set(0, 0);
      // Who slept through its end does not make up for it.
      else if (now - this.until >= transferBlockMs) this.set(now, now + transferBlockMs);
      else this.set(this.until, this.until + transferBlockMs);
      this.d.onChange(now);
    });
    if (this.until === 0) this.agreed = false;
  }

  private look({ transferSlotMs, slotMs }: Parameters, now: Millis): void {
    if (this.askedAt === null || !this.d.linkUp()) return;
    this.clock.advance(transferSlotMs, now);
    if (this.agreed) {
      if (this.clock.stands) this.ask(now);
    } else if (this.clock.runs) {
      this.agreed = true;
      this.d.store.transaction(() => this.d.onChange(now));
    } else if (now - this.askedAt > PATIENCE_SLOTS * slotMs + PATIENCE) this.refuse(now);
  }

  private ask(now: Millis): void {
    this.agreed = false;
    this.askedAt = now;
    this.clock.reset(now);
  }

  /** Nothing of a block was seen: the edge has no room, or the line is too slow for it. */
  private refuse(now: Millis): void {
    const block = this.until - this.begun;
    this.refusedUntil = Math.floor(now + randomBetween(this.d.rng, 0.5, 1.5) * block);
    this.end(now);
  }

  private end(now: Millis): void {
    this.agreed = false;
    this.d.store.transaction(() => {
      this.set(0, 0);
      this.d.onChange(now);
    });
  }

  private set(begun: Millis, until: Millis): void {
    this.begun = begun;
    this.until = Math.floor(until);
    const writer = new ByteWriter(16).u64(Math.max(0, Math.floor(begun)));
    writeSetting(this.d.store, 'transfer', writer.u64(Math.max(0, this.until)).done());
  }
}
