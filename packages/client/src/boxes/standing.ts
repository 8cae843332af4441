/**
 * Standing reads (docs/spec/05-boxes.md, 8): while a window is in use, exactly four reads wait at
 * edges, for the next boxes of conversations touched in the last five minutes, the rest on random
 * marks. A box is named three times in vain and then left to the digest. Strong never waits at an
 * edge.
 */
import { MINUTE, type Millis, pick, type Rng, randomBetween, SECOND } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { Mark } from '@tacet/wire';
import { EMPTY_HOLDS, STANDING_READS } from '../limits.ts';
import type { Current, Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { threeMarks } from './reads.ts';
import type { Watch, WatchList } from './watches.ts';

const TOUCHED: Millis = 5 * MINUTE;
/** Boxes of one conversation that are waited for at a time. */
const BOXES_AHEAD = 2;
const LEAST: Millis = 20 * SECOND;
/** Waits lie so much of their mean around it: three in a row cover about three means. */
const SPREAD = 1 / 3;
/** Mean delays by which a read may be later at its edge than the one before it was. */
const LEAD_DELAYS = 5;
/** Mean delays after which a request and its reply are through: seven are drawn. */
const WAYS = 40;
const MARGIN: Millis = 30 * SECOND;

/** Conversations and the box each waits for next; given by the streams. */
export interface NextBoxes {
  /** The next box of this contact's stream, or so many after it. */
  nextBox(contactId: number, after: number): Watch | null;
}

interface Hold {
  /** The next read may leave from then on: this one ends soon after, if it has not ended yet. */
  readonly renewAt: Millis;
  readonly watchId: number | null;
}

/** How often a box was named without an answer that had it. */
interface Named {
  times: number;
}

export class StandingReads implements PlanSource {
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly watches: WatchList;
  private readonly nextBoxes: NextBoxes;
  /** Of each box, by contact and index: a box is named so often and no more. */
  private readonly named = new Map<number, Map<number, Named>>();
  /** Conversations written in or opened by the user, and when. A contact must not be able to make
   * this profile wait at an edge for him (docs/spec/04-mixing.md, 7). */
  private readonly usedAt = new Map<number, Millis>();
  private readonly holds = new Set<Hold>();
  private active = false;

  constructor(rng: Rng, network: () => Network | null, watches: WatchList, nextBoxes: NextBoxes) {
    this.rng = rng;
    this.network = network;
    this.watches = watches;
    this.nextBoxes = nextBoxes;
  }

  /** Reads that wait, or are on their way there. */
  get count(): number {
    return this.holds.size;
  }

  setActive(active: boolean): void {
    this.active = active;
    if (!active) this.named.clear();
  }

  /** The user wrote in the conversation or opened it. */
  used(contactId: number, now: Millis): void {
    this.usedAt.delete(contactId);
    this.usedAt.set(contactId, now);
    this.named.delete(contactId);
  }

  /**
   * The next box of every conversation, those touched last first; where reads are left, the one
   * after it: a receipt often fills the next box just before a text fills that.
   */
  private target(now: Millis): { readonly watch: Watch; readonly named: Named } | null {
    const touched = [...this.usedAt].reverse().filter(([contactId, at]) => {
      if (at >= now - TOUCHED) return true;
      this.usedAt.delete(contactId);
      this.named.delete(contactId);
      return false;
    });
    for (let after = 0; after < BOXES_AHEAD; after++) {
      for (const [contactId] of touched) {
        const watch = this.nextBoxes.nextBox(contactId, after);
        if (watch === null || this.waitsFor(watch)) continue;
        const named = this.namedOf(contactId, watch);
        if (named.times < EMPTY_HOLDS) return { watch, named };
      }
    }
    return null;
  }

  private waitsFor(watch: Watch): boolean {
    for (const { watchId } of this.holds) if (watchId === watch.id) return true;
    return false;
  }

  private namedOf(contactId: number, { index }: Watch): Named {
    const ofContact = this.named.get(contactId) ?? new Map<number, Named>();
    const named = ofContact.get(index) ?? { times: 0 };
    this.named.set(contactId, ofContact.set(index, named));
    return named;
  }

  next(now: Millis): Plan | null {
    for (const hold of this.holds) if (hold.renewAt <= now) this.holds.delete(hold);
    if (!this.active || this.holds.size >= STANDING_READS) return null;
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const waitMs = this.wait(current, now);
    if (waitMs < LEAST && waitMs < current.parameters.holdMeanMs) return null;
    const renewAt = now + waitMs - lead(current, waitMs);
    const target = this.target(now);
    return target === null
      ? this.random(network, current, waitMs, renewAt)
      : this.real(network, current, waitMs, renewAt, target);
  }

  /** Uniform around the mean, lower where the reply's keys would not outlive it (docs/spec/05-boxes.md, 8). */
  private wait(current: Current, now: Millis): Millis {
    const { holdMeanMs } = current.parameters;
    const longest = longestWait(current, now);
    if (longest <= 0) return 0;
    const mean = Math.min(holdMeanMs, longest / (1 + SPREAD));
    const wait = randomBetween(this.rng, 1 - SPREAD, 1 + SPREAD) * mean;
    return Math.floor(Math.max(wait, Math.min(LEAST, longest)));
  }

  private random(network: Network, current: Current, waitMs: Millis, renewAt: Millis): Plan {
    const edge = pick(this.rng, network.edges(current));
    const mark = this.rng.fill(new Uint8Array(8)) as Mark;
    const hold = { renewAt, watchId: null };
    return this.plan(network, edge, mark, waitMs, hold, null, () => undefined);
  }

  private real(
    network: Network,
    current: Current,
    waitMs: Millis,
    renewAt: Millis,
    { watch, named }: { readonly watch: Watch; readonly named: Named },
  ): Plan {
    const [edge] = network.places(current, watch.box.mark);
    // Counted now: the next read for this box may leave before the answer to this one is here.
    named.times += 1;
    const hold = { renewAt, watchId: watch.id };
    return this.plan(network, edge, watch.box.mark, waitMs, hold, watch, (record, now) => {
      if (record === null) named.times -= 1;
      else this.watches.offer(watch, record, now);
    });
  }

  private plan(
    network: Network,
    edge: RelayHash,
    mark: Mark,
    waitMs: Millis,
    hold: Hold,
    watch: Watch | null,
    done: (record: Uint8Array | null, now: Millis) => void,
  ): Plan {
    this.holds.add(hold);
    const three = threeMarks(this.rng, network, edge, mark);
    return waitingRead(
      edge,
      three,
      waitMs,
      (record, now) => {
        this.holds.delete(hold);
        done(record, now);
      },
      (record, now) => {
        if (watch !== null) this.watches.offer(watch, record, now);
      },
    );
  }
}

/**
 * A read that waits at its edge, one mark among three.
 * @param done gets what stood there, null where there is no answer in time
 * @param late gets what came after that
 */
export function waitingRead(
  edge: RelayHash,
  { marks, at }: ReturnType<typeof threeMarks>,
  waitMs: Millis,
  done: (record: Uint8Array | null, now: Millis) => void,
  late: (record: Uint8Array, now: Millis) => void,
): Plan {
  return {
    what: 'standing',
    edge,
    request: { kind: 'get', marks, waitMs },
    real: at,
    retry: false,
    settle: (answer, now) => done(answer?.status === 'read' ? answer.records[at] : null, now),
    late: (answer, now) => {
      if (answer.status === 'read') late(answer.records[at], now);
    },
  };
}

/** How long a read that leaves now may wait: its reply block's keys must outlive it (docs/spec/05-boxes.md, 8). */
export function longestWait({ parameters, epoch }: Current, now: Millis): Millis {
  const { epochMs, graceMs, delayMeanMs } = parameters;
  const end = (epoch + 1) * epochMs + graceMs;
  return Math.min(300 * SECOND, end - now - WAYS * delayMeanMs - MARGIN);
}

/** So long before the edge ends a wait the next read leaves: to be there by then, nearly always. */
function lead({ parameters }: Current, waitMs: Millis): Millis {
  return Math.min(LEAD_DELAYS * parameters.delayMeanMs + parameters.inUseSlotMs, waitMs / 4);
}
