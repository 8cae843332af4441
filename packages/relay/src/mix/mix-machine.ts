/**
 * A mix (docs/spec/04-mixing.md, 2): takes a layer off each packet, holds it for the time its
 * maker wrote inside, sends it on. Holds packets and nothing else; neither who sent them nor
 * when outlives their stay. Knows no sockets and no clock of its own.
 */
import { Counters, DeadlineHeap, type Millis } from '@tacet/base';
import type { DropReason, Frame, PacketOpener } from '@tacet/onion';
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
  readonly opener: PacketOpener;
  readonly book: Documents;
  readonly layer: 1 | 2 | 3;
  readonly limits?: MixLimits;
}

export class MixMachine implements Machine<RelayEffect> {
  readonly counters = new Counters<MixCounter>();
  private readonly opener: PacketOpener;
  private readonly book: Documents;
  private readonly nextLayer: number;
  private readonly limits: MixLimits;
  private readonly pool = new DeadlineHeap<RelayEffect>();
  private effects: RelayEffect[] = [];

  constructor(options: MixOptions) {
    this.opener = options.opener;
    this.book = options.book;
    this.nextLayer = options.layer + 1;
    this.limits = options.limits ?? MIX_LIMITS;
  }

  /** Packets waiting now. */
  get poolSize(): number {
    return this.pool.size;
  }

  onPacket(frame: Frame, now: Millis): void {
    this.counters.add('received');
    if (this.pool.size >= this.limits.pool) {
      this.counters.add('shed');
      return;
    }
    const opened = this.opener.open(frame, now);
    switch (opened.kind) {
      case 'forward': {
        const to = nextRelay(this.book, opened.epoch, opened.next, this.nextLayer);
        if (typeof to === 'string') {
          this.counters.add(to);
          return;
        }
        this.pool.push(now + opened.delayMs, { kind: 'send', to, packet: opened.packet });
        return;
      }
      case 'end':
        this.counters.add('loop');
        return;
      case 'drop':
        this.counters.add(`packet-${opened.reason}`);
        return;
      default:
        this.counters.add('misplaced');
        return;
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
