/**
 * Client links of an edge (docs/spec/03-links.md, 3 to 5): who may connect, one frame a slot up,
 * one frame every half slot down.
 */
import type { Counters, Millis, Rng } from '@tacet/base';
import { equalSecret } from '@tacet/crypto';
import { hasTransfer, type Parameters, type VerifiedDocument } from '@tacet/directory';
import type { ReplyId } from '@tacet/onion';
import type { Greeting, Hello, Welcome } from '@tacet/wire';
import { type EdgeLimits, LATE_SLOTS, TRANSFER_LATE_MS, TRANSFER_TAIL_DELAYS } from '../limits.ts';
import type { CloseReason, LinkHandle, RelayEffect } from '../ports.ts';
import { BoardCursor, type BroadcastBoard } from './broadcast-board.ts';
import type { EdgeCounter } from './counters.ts';
import { DownClock } from './down-clock.ts';
import type { EdgeObserver } from './observer.ts';
import { type Link, Sessions } from './sessions.ts';

export interface FrontDoorOptions {
  readonly board: BroadcastBoard;
  readonly joinSecret: Uint8Array;
  readonly rng: Rng;
  readonly limits: EdgeLimits;
  readonly counters: Counters<EdgeCounter>;
  readonly emit: (effect: RelayEffect) => void;
  /** The wall clock at a steady time. */
  readonly wall: (steady: Millis) => Millis;
  readonly observer: Pick<EdgeObserver, 'queued' | 'told'> | null;
}

export class FrontDoor {
  proof: Uint8Array = new Uint8Array(0);
  private readonly options: FrontDoorOptions;
  private readonly counters: Counters<EdgeCounter>;
  private readonly sessions: Sessions;
  private readonly downs: DownClock;
  /** Links in Transfer, and some that closed since. */
  private transfers = new Set<Link>();

  constructor(options: FrontDoorOptions) {
    this.options = options;
    this.counters = options.counters;
    this.sessions = new Sessions(options.limits, options.rng);
    this.downs = new DownClock(options.rng);
  }

  get links(): number {
    return this.sessions.links;
  }

  get queuedReplies(): number {
    return this.sessions.queuedReplies;
  }

  /** What anybody is shown who connects; null while there is nothing to admit them to. */
  greeting(current: VerifiedDocument | null): Greeting | null {
    if (current !== null && this.proof.length > 0) return { proof: this.proof };
    this.counters.add('link-refused-no-document');
    return null;
  }

  onHello(
    id: LinkHandle,
    hello: Hello,
    current: VerifiedDocument | null,
    now: Millis,
  ): Welcome | null {
    if (this.sessions.link(id) !== undefined) return this.refuse(id, 'link-twice', 'protocol');
    if (current === null) return this.refuse(id, 'link-refused-no-document', 'shutdown');
    const { parameters } = current.document;
    if (!this.maySpeak(hello, parameters)) {
      return this.refuse(id, 'link-refused-secret', 'join-secret');
    }
    if (this.sessions.links >= this.options.limits.links) {
      return this.refuse(id, 'link-refused-full', 'shutdown');
    }
    const newcomer = hello.slotMs === 0;
    // Waits for its first document, at the quicker of the two periods; its first rate ends that.
    const wanted = newcomer ? parameters.inUseSlotMs : hello.slotMs;
    const known = isSlot(wanted, parameters);
    if (!known) this.counters.add('slot-unknown');
    const slotMs = known ? wanted : parameters.slotMs;
    const cursor = new BoardCursor(this.options.board, newcomer);
    const { link, resumed, replaced } = this.sessions.open(id, hello.resume, cursor, slotMs, now);
    if (replaced !== null) this.close(replaced.id, 'resumed-elsewhere');
    this.counters.add(resumed ? 'link-resumed' : 'link-opened');
    this.downs.start(link, now);
    return { handle: link.session.handle, now: Math.floor(now) };
  }

  onClosed(id: LinkHandle, now: Millis): void {
    const link = this.sessions.link(id);
    if (link !== undefined) this.sessions.close(link, now);
  }

  /** True when this link is open and its slot is free. */
  admit(id: LinkHandle, now: Millis): boolean {
    const link = this.sessions.link(id);
    if (link === undefined) {
      this.counters.add('link-unknown');
      return false;
    }
    const passes = link.gate.take(now, link.slotMs);
    if (!passes) {
      this.counters.add('early');
      link.early = true;
    }
    // Nothing could pass until then: what a flood costs ends at the link it comes on. Who was early
    // once is not tried again with each frame.
    const forMs = link.early ? link.gate.wait(now, link.slotMs) : 0;
    if (forMs > 0) this.options.emit({ kind: 'hold', link: id, forMs });
    return passes;
  }

  /**
   * Only the periods of the document exist; anything else would mark a client. Transfer's is given
   * while there is room: who asks learns by the frames down, whose clock goes with it.
   */
  onRate(id: LinkHandle, slotMs: Millis, current: VerifiedDocument | null, now: Millis): void {
    const link = this.sessions.link(id);
    if (link === undefined || current === null) {
      this.counters.add('rate-refused');
      return;
    }
    const { parameters } = current.document;
    if (isSlot(slotMs, parameters)) this.endTransfer(link, parameters, now);
    else if (!hasTransfer(parameters) || slotMs !== parameters.transferSlotMs) {
      this.counters.add('rate-refused');
      return;
    } else if (!this.mayTransfer(link, slotMs)) {
      this.counters.add('transfer-full');
      return;
    }
    const late = this.transfers.has(link) ? TRANSFER_LATE_MS / slotMs : 0;
    link.gate.change(now, link.slotMs, slotMs, Math.max(LATE_SLOTS, Math.ceil(late)));
    link.slotMs = slotMs;
  }

  /** Takes a place, if there is one. */
  private mayTransfer(link: Link, slotMs: Millis): boolean {
    if (this.transfers.has(link)) return true;
    this.transfers = new Set([...this.transfers].filter(({ open }) => open));
    if (((this.transfers.size + 1) * 1_000) / slotMs > this.options.limits.transferPackets) {
      return false;
    }
    this.counters.add('transfer-begun');
    this.transfers.add(link);
    return true;
  }

  /** Answers to what left last are still on their way, more than the slower clock would bring. */
  private endTransfer(link: Link, { delayMeanMs }: Parameters, now: Millis): void {
    if (!this.transfers.delete(link)) return;
    link.downSlotMs = link.slotMs;
    link.downUntil = now + TRANSFER_TAIL_DELAYS * delayMeanMs;
  }

  onReply(replyId: ReplyId, payload: Uint8Array): void {
    const outcome = this.sessions.deliver(replyId, payload);
    if (outcome === 'queued') this.options.observer?.queued(replyId);
    this.counters.add(`reply-${outcome}`);
  }

  nextAt(): Millis | undefined {
    const down = this.downs.nextAt() ?? Infinity;
    const at = Math.min(down, this.sessions.nextAt() ?? Infinity);
    return at === Infinity ? undefined : at;
  }

  advance(now: Millis): void {
    for (;;) {
      const down = this.downs.take(now);
      if (down === undefined) break;
      const { link } = down;
      const reply = this.sessions.takeReply(link.session);
      const frame = { reply, broadcast: link.cursor.next() };
      if (reply !== null) this.options.observer?.told(reply.replyId);
      const due = this.options.wall(down.due);
      this.options.emit({ kind: 'down', link: link.id, frame, due });
    }
    this.sessions.expire(now);
  }

  /** A closed network without a configured secret lets nobody in. */
  private maySpeak(hello: Hello, parameters: Parameters): boolean {
    const { joinSecret } = this.options;
    if (joinSecret.length === 0) return !parameters.closed;
    return equalSecret(hello.joinSecret, joinSecret);
  }

  private refuse(id: LinkHandle, counter: EdgeCounter, reason: CloseReason): null {
    this.counters.add(counter);
    this.close(id, reason);
    return null;
  }

  private close(link: LinkHandle, reason: CloseReason): void {
    this.options.emit({ kind: 'close', link, reason });
  }
}

function isSlot(slotMs: Millis, parameters: Parameters): boolean {
  return slotMs === parameters.slotMs || slotMs === parameters.inUseSlotMs;
}
