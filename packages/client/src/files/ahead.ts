/**
 * In Transfer a reader asks for parts before they are announced (docs/spec/19-files.md, 8): its reads wait at
 * the edge where the writer puts the first copy. What they miss is announced, and read as ever.
 */
import { type Millis, type Rng, randomBetween, SECOND } from '@tacet/base';
import { amongRandom } from '../boxes/reads.ts';
import { longestWait, waitingRead } from '../boxes/standing.ts';
import type { Watch, WatchList } from '../boxes/watches.ts';
import { FILE_WATCHES } from '../limits.ts';
import type { Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';

/** How long one waits, uniform: a writer that just heard that it may begin needs twenty seconds. */
const HOLD: readonly [Millis, Millis] = [20 * SECOND, 40 * SECOND];
/** Reads of one box that may wait in vain. */
const TIMES = 2;
/** Mean delays in which the answer to a box that was announced meanwhile is here, nearly always. */
const ANSWER_DELAYS = 6;

export interface AheadDeps {
  readonly rng: Rng;
  readonly network: () => Network | null;
  readonly watches: WatchList;
  readonly transfer: () => boolean;
  /** Announced, or asked for in another way: it is read so. */
  readonly known: (watch: Watch) => boolean;
}

interface Asked {
  readonly watch: Watch;
  readonly times: number;
}

export class AheadReads implements PlanSource {
  private readonly d: AheadDeps;
  private queue: Asked[] = [];
  private readonly waiting = new Set<number>();

  constructor(deps: AheadDeps) {
    this.d = deps;
  }

  /** Boxes that are watched from now on, in the order in which they are written. */
  add(watches: readonly Watch[]): void {
    for (const watch of watches) this.queue.push({ watch, times: 0 });
    // Outside Transfer nobody takes any: those that came otherwise go.
    if (this.queue.length < 2 * FILE_WATCHES) return;
    this.queue = this.queue.filter(({ watch }) => this.d.watches.holds(watch));
  }

  /** How long an announced box is left to the read that waits for it. */
  grace(watch: Watch, now: Millis): Millis {
    if (!this.waiting.has(watch.id)) return 0;
    const delay = this.d.network()?.current(now)?.parameters.delayMeanMs ?? 0;
    return ANSWER_DELAYS * delay;
  }

  next(now: Millis): Plan | null {
    const network = this.d.transfer() ? this.d.network() : null;
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const [least, most] = HOLD;
    const longest = longestWait(current, now);
    if (longest < most) return null;
    const asked = this.take();
    if (asked === null) return null;
    const { watch } = asked;
    const [edge] = network.places(current, watch.box.mark);
    // Marks of digests may have been filled just now, which would end the wait.
    const three = amongRandom(this.d.rng, watch.box.mark);
    this.waiting.add(watch.id);
    const waitMs = Math.floor(randomBetween(this.d.rng, least, most));
    return waitingRead(
      edge,
      three,
      waitMs,
      (record, then) => {
        this.waiting.delete(watch.id);
        const found = record !== null && this.d.watches.offer(watch, record, then);
        const times = asked.times + 1;
        if (!found && times < TIMES) this.queue.push({ watch, times });
      },
      (record, then) => void this.d.watches.offer(watch, record, then),
    );
  }

  private take(): Asked | null {
    for (let asked = this.queue.shift(); asked !== undefined; asked = this.queue.shift()) {
      if (this.d.watches.holds(asked.watch) && !this.d.known(asked.watch)) return asked;
    }
    return null;
  }
}
