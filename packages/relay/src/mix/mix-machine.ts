/**
 * A mix (docs/spec/04-mixing.md, 2): takes opened packets, holds each for the time its maker
 * wrote inside, sends it on, and adds loops of its own. Holds packets and nothing else; neither
 * who sent them nor when outlives their stay. Knows no keys, no sockets and no clock of its own:
 * the host opens.
 */
import { Counters, DeadlineHeap, type Millis } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { DropReason, Injection, Opened } from '@tacet/onion';
import { type Documents, nextRelay, type RouteFailure } from '../documents.ts';
import { MIX_LIMITS, type MixLimits } from '../limits.ts';
import type { Machine, RelayEffect } from '../ports.ts';
import { SteadyTime } from '../steady-time.ts';
import type { MixReport } from './epoch-tally.ts';
import { type LoopCounter, type MixLoopOptions, MixLoops } from './loops.ts';

export type MixCounter =
  | `packet-${DropReason}`
  | RouteFailure
  | LoopCounter
  | 'received'
  | 'sent'
  /** The pool was full. */
  | 'shed'
  /** A packet that only an edge can open: the opener is set up wrongly. */
  | 'misplaced';

export interface MixOptions extends MixLoopOptions {
  readonly book: Documents;
  readonly layer: 1 | 2 | 3;
  readonly limits?: MixLimits;
}

interface Held {
  readonly to: RelayHash;
  readonly packet: Injection['packet'];
  /** Steady time. */
  readonly due: Millis;
}

const NOTHING: readonly RelayEffect[] = [];

export class MixMachine implements Machine<RelayEffect> {
  readonly counters = new Counters<MixCounter>();
  private readonly book: Documents;
  private readonly nextLayer: number;
  private readonly limits: MixLimits;
  private readonly time = new SteadyTime();
  /** By steady time, like all waits. */
  private readonly pool = new DeadlineHeap<Held>();
  private readonly loops: MixLoops;
  private effects: RelayEffect[] = [];

  constructor(options: MixOptions) {
    const { self, builder, rng, book } = options;
    this.book = book;
    this.nextLayer = options.layer + 1;
    this.limits = options.limits ?? MIX_LIMITS;
    this.loops = new MixLoops({
      self,
      builder,
      rng,
      book,
      wall: (steady) => this.time.wall(steady),
      count: (counter) => this.counters.add(counter),
      into: (injection, at) => {
        this.hold(injection, at);
      },
    });
  }

  /** Packets waiting now. */
  get poolSize(): number {
    return this.pool.size;
  }

  /** True while this mix's own loops are lost: somebody may have cut it off. */
  get alarmed(): boolean {
    return this.loops.alarmed;
  }

  /** What goes into the next descriptor: of the last whole epoch, null when not all was seen. */
  report(now: Millis): MixReport | null {
    return this.loops.report(this.time.of(now));
  }

  /** Makes no more loops, so that the pool can run empty: the program is about to end. */
  finish(): void {
    this.loops.stop();
  }

  /** Asked for each packet before any work is done on it; false sheds it. */
  admit(): boolean {
    this.counters.add('received');
    if (this.pool.size < this.limits.pool) return true;
    this.counters.add('shed');
    return false;
  }

  /**
   * @param arrivedAt when the packet came in, which may be a little before the last `advance`
   * @returns true when the machine keeps `opened.packet`; it comes back in a `send`
   */
  onOpened(opened: Opened, arrivedAt: Millis): boolean {
    const arrived = this.time.of(arrivedAt);
    switch (opened.kind) {
      case 'forward':
        if (!this.hold(opened, arrived + opened.delayMs)) return false;
        this.loops.arrived(arrived, opened.request);
        return true;
      case 'end':
        this.loops.ended(opened.id, arrived);
        return false;
      case 'drop':
        this.counters.add(`packet-${opened.reason}`);
        return false;
      default:
        this.counters.add('misplaced');
        return false;
    }
  }

  deadline(): Millis {
    const steady = Math.min(this.pool.nextAt ?? Number.POSITIVE_INFINITY, this.loops.nextAt());
    return this.time.wall(steady);
  }

  /** Packets wait as long as their makers wrote, whatever the wall clock is set to. */
  onClockStep(by: Millis): void {
    this.time.step(by);
    this.loops.onClockStep(by);
  }

  advance(now: Millis): void {
    const steady = this.time.of(now);
    this.loops.advance(steady);
    for (;;) {
      const held = this.pool.popDue(steady);
      if (held === undefined) return;
      const { to, packet, due } = held;
      this.counters.add('sent');
      this.effects.push({ kind: 'send', to, packet, due: this.time.wall(due) });
    }
  }

  drain(): readonly RelayEffect[] {
    const { effects } = this;
    if (effects.length === 0) return NOTHING;
    this.effects = [];
    return effects;
  }

  /** False when the packet names a relay to which nothing goes from here. */
  private hold({ epoch, next, packet }: Injection, due: Millis): boolean {
    const to = nextRelay(this.book, epoch, next, this.nextLayer);
    if (typeof to === 'string') {
      this.counters.add(to);
      return false;
    }
    this.pool.push(due, { to, packet, due });
    return true;
  }
}
