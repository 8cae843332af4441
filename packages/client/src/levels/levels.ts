/**
 * The privacy level and all that is measured about it (docs/spec/17-levels.md): what a level
 * costs, how long own messages took, how much was sent, what the network is.
 */
import { AppError, hex, type Millis, type Rng } from '@tacet/base';
import { edgesOf, type Parameters } from '@tacet/directory';
import type { Digest } from '@tacet/wire';
import type { EventLog } from '../events/log.ts';
import type { Door } from '../network/doors.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import type { Level } from '../views.ts';
import { type LevelFacts, levelFacts } from './costs.ts';
import { Crowd, type CrowdView } from './crowd.ts';
import { Deliveries, type LevelDeliveries, type Measured } from './deliveries.ts';
import { type NetworkFacts, networkFacts } from './facts.ts';
import { InUse } from './in-use.ts';
import { LevelSwitch, type PlannedLevel } from './switch.ts';
import { Transfer, type TransferWork } from './transfer.ts';
import { type DayUsage, OVERHEAD_PERMILLE, Usage } from './usage.ts';

export const LEVEL_NAMES: readonly Level[] = ['strong', 'balanced', 'fast'];
const MONTH_DAYS = 30;
/** Of a client without a document (docs/spec/03-links.md, 4). */
const NO_DOCUMENT: Millis = 2_000;

export interface LevelsDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly events: EventLog;
  readonly network: () => Network | null;
  /** At the beginning of a command. */
  readonly begin: (now: Millis) => void;
  /** The edge of the link, and when it was drawn. */
  readonly ownEdge: () => { readonly door: Door; readonly since: Millis | null } | null;
  readonly suspects: () => readonly string[];
  readonly linkUp: () => boolean;
  /** Files for which Transfer may be used. */
  readonly transfers: () => TransferWork;
}

export interface LevelsView {
  readonly level: Level;
  readonly next: PlannedLevel | null;
  /** Null before the first document. */
  readonly levels: readonly LevelFacts[] | null;
}

export interface PreviewView {
  readonly facts: LevelFacts;
  /** Of the level in force. */
  readonly now: LevelFacts;
  /** `set` wants a confirmation. */
  readonly confirm: boolean;
}

export interface UsageView {
  /** Newest first, at most ninety. */
  readonly days: readonly DayUsage[];
  /** What TLS, TCP and IP add, of a thousand: an estimate, not in the figures of `days`. */
  readonly overheadPermille: number;
  /** Bytes in thirty days with that estimate, by level; null without a document. */
  readonly months: readonly MonthView[] | null;
}

export interface MonthView {
  readonly level: Level;
  readonly up: { readonly least: number; readonly most: number };
  readonly down: { readonly least: number; readonly most: number };
}

export interface StatisticsView {
  readonly levels: readonly LevelDeliveries[];
  /**
   * Means of the pause a contact makes before a receipt that rides on no message: in a conversation
   * in use, otherwise, and in Strong. It is part of every figure about receipts. Null without a
   * document.
   */
  readonly receiptPause: {
    readonly inUse: Millis;
    readonly otherwise: Millis;
    readonly strong: Millis;
  } | null;
}

export class Levels {
  readonly usage: Usage;
  readonly deliveries: Deliveries;
  readonly inUse: InUse;
  readonly switch: LevelSwitch;
  readonly transfer: Transfer;
  readonly crowd: Crowd;
  private readonly d: LevelsDeps;

  constructor(deps: LevelsDeps, now: Millis) {
    this.d = deps;
    this.usage = new Usage(deps.store, now);
    this.deliveries = new Deliveries(deps.store);
    const { store, rng } = deps;
    this.crowd = new Crowd(rng);
    this.inUse = new InUse(store, rng, now);
    this.switch = new LevelSwitch(
      {
        store,
        rng,
        slotMs: () => this.parameters?.slotMs ?? null,
        inUseUntil: () => this.inUse.end,
        onChange: (at) => deps.events.append(at, 'network', 'level'),
      },
      now,
    );
    this.transfer = new Transfer(
      {
        store,
        rng,
        parameters: () => this.parameters,
        linkUp: deps.linkUp,
        work: deps.transfers,
        onChange: (at) => deps.events.append(at, 'network', 'transfer'),
      },
      now,
    );
  }

  get level(): Level {
    return this.switch.level;
  }

  /**
   * Saved at once; Fast begins at a random moment. Throws `level-unconfirmed` for a level that
   * gives up more than the one in force and was not confirmed.
   */
  set(level: Level, confirmed: boolean, now: Millis): void {
    this.d.begin(now);
    if (level === 'fast' && this.level !== 'fast' && !confirmed) {
      throw new AppError(
        'level-unconfirmed',
        'refused',
        'Fast shows when you write and read; look at what it gives up, and confirm it',
      );
    }
    this.switch.set(level, now);
  }

  /** The periods of the line now; a guess while nothing is known of the network. */
  rates(current: Parameters | null, now: Millis): { readonly told: Millis; readonly grid: Millis } {
    const parameters = current ?? this.parameters;
    if (parameters === null) return { told: NO_DOCUMENT, grid: NO_DOCUMENT };
    const { slotMs, inUseSlotMs, transferSlotMs } = parameters;
    const { told, grid } = this.switch.line(now);
    const transfer = this.transfer.line();
    const level = (quick: boolean): Millis => (quick ? inUseSlotMs : slotMs);
    return {
      told: transfer.told ? transferSlotMs : level(told),
      grid: transfer.grid ? transferSlotMs : level(grid),
    };
  }

  /**
   * Frames may leave beside the grid. Not while the edge is asked for Transfer: until it agreed it lets
   * through what it did before, and nothing tells when it did not.
   */
  get besideGrid(): boolean {
    return this.level === 'fast' && !this.transfer.line().told;
  }

  /** The period of the own grid by the level alone. */
  period({ slotMs, inUseSlotMs }: Parameters, now: Millis): Millis {
    return this.switch.line(now).grid ? inUseSlotMs : slotMs;
  }

  /** Of the idle slots that would write a box of cover so many do (boxes/cover.ts). */
  get coverShare(): number {
    const { parameters } = this;
    if (parameters === null || !this.transfer.on) return 1;
    return parameters.transferSlotMs / parameters.slotMs;
  }

  /** At least once a slot. */
  advance(now: Millis): void {
    this.inUse.advance(now);
    this.switch.advance(now);
    this.transfer.advance(now);
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.crowd.setBack();
    this.inUse.setBack(by);
    this.switch.setBack(by);
    this.transfer.setBack(by);
  }

  /** Every few minutes. */
  tend(now: Millis): void {
    this.usage.tend(now);
    this.deliveries.tidy();
  }

  /** The program ends in order: what is only in memory is saved. */
  rest(now: Millis): void {
    this.usage.save(now);
  }

  /** Null before the first document: nothing is known about what the network asks. */
  facts(level: Level): LevelFacts | null {
    const newest = this.d.network()?.book.newest() ?? null;
    if (newest === null) return null;
    const edges = edgesOf(newest).length;
    return levelFacts(level, newest.document.parameters, edges, this.deliveries.of(level));
  }

  /** All of them, most careful first. */
  compare(): LevelsView {
    const levels = LEVEL_NAMES.flatMap((level) => this.facts(level) ?? []);
    const { level, planned } = this.switch;
    return { level, next: planned, levels: levels.length === 0 ? null : levels };
  }

  /** Throws `document-missing` before the network's numbers are known. */
  preview(level: Level): PreviewView {
    const facts = this.facts(level);
    const now = this.facts(this.level);
    if (facts === null || now === null) {
      throw new AppError(
        'document-missing',
        'state',
        'the numbers of the network are not known yet: what a level costs cannot be said',
      );
    }
    return { facts, now, confirm: level === 'fast' && this.level !== 'fast' };
  }

  data(): UsageView {
    return {
      days: this.usage.days(),
      overheadPermille: OVERHEAD_PERMILLE,
      months: this.compare().levels?.map(monthOf) ?? null,
    };
  }

  statistics(): StatisticsView {
    const parameters = this.parameters;
    return {
      levels: LEVEL_NAMES.map((level) => this.deliveries.of(level)),
      receiptPause:
        parameters === null
          ? null
          : {
              inUse: parameters.receiptInUseMs,
              otherwise: parameters.receiptMs,
              strong: parameters.receiptStrongMs,
            },
    };
  }

  /** Of the level in force, until the receipt. */
  get delivery(): Measured {
    return this.deliveries.of(this.level).receipt;
  }

  /** How many people are there, as far as digests can say. */
  people(now: Millis): CrowdView {
    return this.crowd.view(now);
  }

  /** A digest that was not seen before. */
  onDigest(digest: Digest, now: Millis): void {
    const newest = this.d.network()?.book.newest() ?? null;
    if (newest !== null) this.crowd.onDigest(digest, newest, now);
  }

  /** Null before a network was joined. */
  network(now: Millis): NetworkFacts | null {
    const network = this.d.network();
    if (network === null) return null;
    const own = this.d.ownEdge();
    return networkFacts(
      {
        network,
        suspects: this.d.suspects(),
        ownEdge: own === null ? null : { address: own.door.address, since: own.since },
        ownEdgeHash: own === null ? '' : hex(own.door.relay),
      },
      now,
    );
  }

  private get parameters(): Parameters | null {
    return this.d.network()?.book.newest()?.document.parameters ?? null;
  }
}

function monthOf({ level, up, down }: LevelFacts): MonthView {
  const month = ({ least, most }: LevelFacts['up']): MonthView['up'] => ({
    least: MONTH_DAYS * least,
    most: MONTH_DAYS * most,
  });
  return { level, up: month(up), down: month(down) };
}
