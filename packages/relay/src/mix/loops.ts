/**
 * Loops of a mix (docs/spec/04-mixing.md, 5): packets to a random edge and back to their maker,
 * which nobody on the way can tell from a client's. They leave at random moments, and besides
 * whenever somebody who watches the links would have to expect fewer than `poolFloor` packets in
 * the pool. A loop that does not come back is counted against every relay it should have passed.
 */
import {
  BytesMap,
  DeadlineHeap,
  type Millis,
  type Rng,
  randomBytes,
  randomExponential,
} from '@tacet/base';
import { drawLoop, type RelayHash } from '@tacet/directory';
import type { Injection, LoopBuilder } from '@tacet/onion';
import { encodeRequest, MARK, type Mark } from '@tacet/wire';
import type { Documents } from '../documents.ts';
import { LOOP_SLACK_MS, MAX_LOOPS_PENDING } from '../limits.ts';
import { EpochTally, type MixReport } from './epoch-tally.ts';
import { ExpectedPool } from './expected-pool.ts';
import { LossAlarm } from './loss-alarm.ts';

/** Fewest loops, per ms, however slow the mixing is. */
const LEAST_RATE = 0.1 / 1_000;
/** Loops expected in the time in which a pool of 26 is empty but for one in a hundred. */
const IN_A_FLUSH = 5;
const FLUSH = Math.log(26 / 0.01);
/** How often the document in force is looked up, and how soon after a failure. */
const LOOK_MS: Millis = 1_000;
const LOOP_ID = 16;

export type LoopCounter =
  | 'loop-made'
  | 'loop-back'
  | 'loop-lost'
  /** END with an id that is not, or no longer, waited for. */
  | 'loop-unknown'
  /** Too many under way. */
  | 'loop-skipped'
  /** No document, or none with a path through this mix. */
  | 'loop-no-path'
  /** Loops began to be lost: this mix counts on its own packets only. */
  | 'loop-alarm';

export interface MixLoopOptions {
  readonly self: RelayHash;
  readonly builder: LoopBuilder;
  readonly rng: Rng;
}

interface Wiring extends MixLoopOptions {
  readonly book: Documents;
  /** All times here are steady; documents and epochs go by the wall clock. */
  readonly wall: (steady: Millis) => Millis;
  readonly count: (counter: LoopCounter) => void;
  /** Puts a packet into the pool, to leave at `at`. */
  readonly into: (injection: Injection, at: Millis) => void;
}

interface Pending {
  readonly id: Uint8Array;
  readonly relays: readonly RelayHash[];
}

interface Rates {
  readonly meanMs: Millis;
  readonly floor: number;
  readonly epochMs: Millis;
}

export class MixLoops {
  readonly tally = new EpochTally();
  private readonly d: Wiring;
  private readonly pending = new BytesMap<Pending>();
  private readonly deadlines = new DeadlineHeap<Pending>();
  private readonly alarm = new LossAlarm();
  /** With what came in, and with own loops alone. */
  private readonly expected = new ExpectedPool();
  private readonly expectedOwn = new ExpectedPool();
  private rates: Rates | null = null;
  private lookAt: Millis = 0;
  private nextLoopAt: Millis | null = null;
  /** The last one could not be made. */
  private failed = false;
  private stopped = false;

  constructor(wiring: Wiring) {
    this.d = wiring;
  }

  /** While own loops are lost: what comes in may all be an adversary's. */
  get alarmed(): boolean {
    return this.alarm.on;
  }

  report(now: Millis): MixReport | null {
    this.look(now);
    return this.tally.lastWhole;
  }

  onClockStep(by: Millis): void {
    this.tally.onClockStep(by);
    this.lookAt = Number.NEGATIVE_INFINITY;
  }

  /** No more loops. */
  stop(): void {
    this.stopped = true;
  }

  /** Somebody else's packet went into the pool. */
  arrived(now: Millis, request: boolean): void {
    const { meanMs, epochMs } = this.look(now) ?? {};
    if (meanMs === undefined || epochMs === undefined) return;
    this.expected.add(now, meanMs);
    if (request) this.tally.request();
  }

  /** A packet ended here. */
  ended(id: Uint8Array, now: Millis): void {
    this.look(now);
    const pending = this.pending.get(id);
    if (pending === undefined) {
      this.d.count('loop-unknown');
      return;
    }
    this.settle(pending, true);
  }

  nextAt(): Millis {
    const lost = this.deadlines.nextAt ?? Number.POSITIVE_INFINITY;
    if (this.stopped) return lost;
    if (this.rates === null) return Math.min(lost, this.lookAt);
    return Math.min(lost, this.nextLoopAt ?? this.lookAt, this.floorAt(this.rates));
  }

  advance(now: Millis): void {
    const rates = this.look(now);
    for (;;) {
      const pending = this.deadlines.popDue(now);
      if (pending === undefined) break;
      if (this.pending.get(pending.id) === pending) this.settle(pending, false);
    }
    if (rates === null || this.stopped) return;
    this.nextLoopAt ??= now + this.pause(rates);
    // Missed moments, after a sleep, are gone like those of everybody else.
    if (this.nextLoopAt <= now) {
      const made = this.make(rates, now);
      this.nextLoopAt = (made ? now : this.lookAt) + this.pause(rates);
    }
    while (this.floorAt(rates) <= now && this.make(rates, now));
  }

  /** When fewer than `floor` packets will have to be expected. */
  private floorAt({ floor, meanMs }: Rates): Millis {
    if (floor === 0) return Number.POSITIVE_INFINITY;
    const at = (this.alarm.on ? this.expectedOwn : this.expected).fallsBelow(floor, meanMs);
    // After a failure to make one: not before the next look.
    return this.failed ? Math.max(at, this.lookAt) : at;
  }

  private pause({ meanMs }: Rates): Millis {
    const rate = Math.max(LEAST_RATE, IN_A_FLUSH / (meanMs * FLUSH));
    return randomExponential(this.d.rng, 1 / rate);
  }

  private look(now: Millis): Rates | null {
    if (now >= this.lookAt) {
      this.lookAt = now + LOOK_MS;
      const found = this.d.book.forBuilding(this.d.wall(now));
      const { parameters } = found?.verified.document ?? {};
      this.rates =
        parameters === undefined
          ? null
          : {
              meanMs: parameters.delayMeanMs,
              floor: parameters.poolFloor,
              epochMs: parameters.epochMs,
            };
      this.failed = false;
    }
    if (this.rates !== null) this.tally.turn(this.rates.epochMs, this.d.wall(now));
    return this.rates;
  }

  private make({ meanMs }: Rates, now: Millis): boolean {
    const { book, self, rng, builder, wall } = this.d;
    if (this.pending.size >= MAX_LOOPS_PENDING) return this.fail('loop-skipped');
    const building = book.forBuilding(wall(now));
    const route = building === null ? null : drawLoop(rng, building.verified, building.epoch, self);
    if (building === null || route === null) return this.fail('loop-no-path');
    const { firstDelayMs, out, back, relays } = route;
    const id = randomBytes(rng, LOOP_ID);
    const { epoch, verified } = building;
    const data = this.question();
    const injection = builder.loop({ epoch, documentHash: verified.hash, out, back, data, id });
    this.d.into(injection, now + firstDelayMs);
    this.d.count('loop-made');
    this.expected.add(now, meanMs);
    this.expectedOwn.add(now, meanMs);
    const drawn = [...out, ...back].reduce((sum, hop) => sum + hop.delayMs, firstDelayMs);
    const pending = { id, relays };
    this.pending.set(id, pending);
    this.deadlines.push(now + drawn + LOOP_SLACK_MS, pending);
    return true;
  }

  private fail(counter: LoopCounter): false {
    this.d.count(counter);
    this.failed = true;
    return false;
  }

  /** A cover read, of random marks: digests, from which clients draw theirs, do not come here. */
  private question(): Uint8Array {
    const mark = (): Mark => randomBytes(this.d.rng, MARK) as Mark;
    return encodeRequest({ kind: 'get', marks: [mark(), mark(), mark()], waitMs: 0 });
  }

  private settle(pending: Pending, back: boolean): void {
    this.pending.delete(pending.id);
    this.d.count(back ? 'loop-back' : 'loop-lost');
    this.tally.loop(pending.relays, back);
    if (this.alarm.note(back)) this.d.count('loop-alarm');
  }
}
