/**
 * A mix (docs/spec/04-mixing.md, 2): takes opened packets, holds each for the time its maker
 * wrote inside, sends it on. Holds packets and nothing else; neither who sent them nor when
 * outlives their stay. Knows no keys, no sockets and no clock of its own: the host opens.
 */
import { Counters, DeadlineHeap, type Millis } from '@tacet/base';
import type { DropReason, Opened } from '@tacet/onion';
import { type Documents, nextRelay, type RouteFailure } from '../documents.ts';
import { MIX_LIMITS, type MixLimits } from '../limits.ts';
import type { Machine, RelayEffect } from '../ports.ts';

export type MixCounter =
  | `packet-${DropReason}`
  | RouteFailure
  | 'received'
  | 'sent'
  /** The pool was full. */
  | 'shed'
  /** A loop of this mix came back. */
  | 'loop'
  /** A packet that only an edge can open: the opener is set up wrongly. */
  | 'misplaced';

export interface MixOptions {
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
  private effects: RelayEffect[] = [];

  constructor(options: MixOptions) {
    this.book = options.book;
    this.nextLayer = options.layer + 1;
    this.limits = options.limits ?? MIX_LIMITS;
  }

  /** Packets waiting now. */
  get poolSize(): number {
    return this.pool.size;
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
      case 'forward': {
        const to = nextRelay(this.book, opened.epoch, opened.next, this.nextLayer);
        if (typeof to === 'string') {
          this.counters.add(to);
          return false;
        }
        const { packet } = opened;
        const due = arrivedAt + opened.delayMs;
        this.pool.push(due, { kind: 'send', to, packet, due });
        return true;
      }
      case 'end':
        this.counters.add('loop');
        return false;
      case 'drop':
        this.counters.add(`packet-${opened.reason}`);
        return false;
      default:
        this.counters.add('misplaced');
        return false;
    }
  }

  deadline(): Millis | null {
    return this.pool.nextAt ?? null;
  }

  advance(now: Millis): void {
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
}
