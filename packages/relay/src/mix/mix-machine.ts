/**
 * A mix (docs/spec/04-mixing.md, 2): takes opened packets, holds each for the time its maker
 * wrote inside, sends it on, and adds loops of its own. Holds packets and nothing else; neither
 * who sent them nor when outlives their stay. Knows no keys, no sockets and no clock of its own:
 * the host opens.
 */
import { Counters, DeadlineHeap, type Millis } from '@tacet/base';
import type { DropReason, Injection, Opened } from '@tacet/onion';
import { type Documents, nextRelay, type RouteFailure } from '../documents.ts';
import { MIX_LIMITS, type MixLimits } from '../limits.ts';
import type { Machine, RelayEffect } from '../ports.ts';
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

export class MixMachine implements Machine<RelayEffect> {
  readonly counters = new Counters<MixCounter>();
  private readonly book: Documents;
  private readonly nextLayer: number;
  private readonly limits: MixLimits;
  private readonly pool = new DeadlineHeap<RelayEffect>();
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
    return this.loops.report(now);
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
    switch (opened.kind) {
      case 'forward':
        if (!this.hold(opened, arrivedAt + opened.delayMs)) return false;
        this.loops.arrived(arrivedAt, opened.request);
        return true;
      case 'end':
        this.loops.ended(opened.id, arrivedAt);
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
    return Math.min(this.pool.nextAt ?? Number.POSITIVE_INFINITY, this.loops.nextAt());
  }

  advance(now: Millis): void {
    this.loops.advance(now);
    for (;;) {
      const effect = this.pool.popDue(now);
      if (effect === undefined) return;
      this.counters.add('sent');
      this.effects.push(effect);
    }
  }

  drain(): RelayEffect[] {
    const effects = this.effects;
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
    this.pool.push(due, { kind: 'send', to, packet, due });
    return true;
  }
}
