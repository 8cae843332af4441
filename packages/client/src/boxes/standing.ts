/**
 * Standing reads (docs/spec/05-boxes.md, 8): while a window is in use, exactly four reads wait at
 * edges, for the next boxes of conversations touched in the last five minutes, the rest on random
 * marks. A box is named three times in vain and then left to the digest. Strong never waits at an
 * edge.
 */
import { MINUTE, type Millis, pick, type Rng, randomExponential, SECOND } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { BoxAnswer, Mark } from '@tacet/wire';
import { EMPTY_HOLDS, STANDING_READS } from '../limits.ts';
import type { Current, Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { threeMarks } from './reads.ts';
import type { Watch, WatchList } from './watches.ts';

const TOUCHED: Millis = 5 * MINUTE;
/** Boxes of one conversation that are waited for at a time. */
const BOXES_AHEAD = 2;
const LEAST: Millis = 20 * SECOND;
/** Mean delays after which a request and its reply are through: seven are drawn. */
const WAYS = 40;
const MARGIN: Millis = 30 * SECOND;

/** Conversations and the box each waits for next; given by the streams. */
export interface NextBoxes {
  /** The next box of this contact's stream, or so many after it. */
  nextBox(contactId: number, after: number): Watch | null;
}

export class StandingReads implements PlanSource {
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly watches: WatchList;
  private readonly nextBoxes: NextBoxes;
  /** Vain holds of each box, by contact and index: a box is named so often and no more. */
  private readonly empty = new Map<number, Map<number, number>>();
  /** Conversations written in or opened by the user, and when. A contact must not be able to make
   * this profile wait at an edge for him (docs/spec/04-mixing.md, 7). */
  private readonly usedAt = new Map<number, Millis>();
  private readonly waitingFor = new Set<number>();
  private outstanding = 0;
  private active = false;

  constructor(rng: Rng, network: () => Network | null, watches: WatchList, nextBoxes: NextBoxes) {
    this.rng = rng;
    this.network = network;
    this.watches = watches;
    this.nextBoxes = nextBoxes;
  }

  get count(): number {
    return this.outstanding;
  }

  setActive(active: boolean): void {
    this.active = active;
    if (!active) this.empty.clear();
  }

  /** The user wrote in the conversation or opened it. */
  used(contactId: number, now: Millis): void {
    this.usedAt.delete(contactId);
    this.usedAt.set(contactId, now);
    this.empty.delete(contactId);
  }

  /**
   * The next box of every conversation, those touched last first; where reads are left, the one
   * after it: a receipt often fills the next box just before a text fills that.
   */
  private target(now: Millis): { readonly contactId: number; readonly watch: Watch } | null {
    const touched = [...this.usedAt].reverse().filter(([contactId, at]) => {
      if (at >= now - TOUCHED) return true;
      this.usedAt.delete(contactId);
      this.empty.delete(contactId);
      return false;
    });
    for (let after = 0; after < BOXES_AHEAD; after++) {
      for (const [contactId] of touched) {
        const watch = this.nextBoxes.nextBox(contactId, after);
        if (watch === null || this.waitingFor.has(watch.id)) continue;
        const vain = this.empty.get(contactId)?.get(watch.index) ?? 0;
        if (vain < EMPTY_HOLDS) return { contactId, watch };
      }
    }
    return null;
  }

  next(now: Millis): Plan | null {
    if (!this.active || this.outstanding >= STANDING_READS) return null;
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const waitMs = this.hold(current, now);
    if (waitMs < LEAST && waitMs < current.parameters.holdMeanMs) return null;
    const target = this.target(now);
    return target === null
      ? this.random(network, current, waitMs)
      : this.real(network, current, waitMs, target.contactId, target.watch);
  }

  /** Exp(hold), drawn again where the reply's keys would not outlive it (docs/spec/05-boxes.md, 8). */
  private hold(current: Current, now: Millis): Millis {
    const { epochMs, graceMs, holdMeanMs, delayMeanMs } = current.parameters;
    const end = (current.epoch + 1) * epochMs + graceMs;
    const longest = Math.min(300 * SECOND, end - now - WAYS * delayMeanMs - MARGIN);
    if (longest <= 0) return 0;
    let wait = randomExponential(this.rng, holdMeanMs);
    while (wait > longest) wait = randomExponential(this.rng, Math.min(holdMeanMs, longest));
    return Math.floor(Math.max(wait, Math.min(LEAST, longest)));
  }

  private random(network: Network, current: Current, waitMs: Millis): Plan {
    const edge = pick(this.rng, network.edges(current));
    const mark = this.rng.fill(new Uint8Array(8)) as Mark;
    return this.plan(network, edge, mark, waitMs, null, () => undefined);
  }

  private real(
    network: Network,
    current: Current,
    waitMs: Millis,
    contactId: number,
    watch: Watch,
  ): Plan {
    const [edge] = network.places(current, watch.box.mark);
    this.waitingFor.add(watch.id);
    return this.plan(network, edge, watch.box.mark, waitMs, watch, (record, now) => {
      this.waitingFor.delete(watch.id);
      if (record === null) return;
      if (this.watches.offer(watch, record, now)) return;
      const vain = this.empty.get(contactId) ?? new Map<number, number>();
      this.empty.set(contactId, vain.set(watch.index, (vain.get(watch.index) ?? 0) + 1));
    });
  }

  private plan(
    network: Network,
    edge: RelayHash,
    mark: Mark,
    waitMs: Millis,
    watch: Watch | null,
    done: (record: Uint8Array | null, now: Millis) => void,
  ): Plan {
    const { marks, at } = threeMarks(this.rng, network, edge, mark);
    this.outstanding++;
    return {
      what: 'standing',
      edge,
      request: { kind: 'get', marks, waitMs },
      real: at,
      retry: false,
      settle: (answer: BoxAnswer | null, now) => {
        this.outstanding--;
        done(answer?.status === 'read' ? answer.records[at] : null, now);
      },
      late: (answer, now) => {
        if (watch !== null && answer.status === 'read') {
          this.watches.offer(watch, answer.records[at], now);
        }
      },
    };
  }
}
