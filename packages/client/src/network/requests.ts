/**
 * Requests under way: each was built with one reply block; the reply, or its deadline, settles
 * it once. Nothing here is saved: what must survive a restart is the operation, and operations
 * are idempotent.
 */
import { Counters, DeadlineHeap, isAppError, type Millis, type Rng } from '@tacet/base';
import type { PacketBuilder, ReplyId, ReplyKeys } from '@tacet/onion';
import { type BoxAnswer, type DownFrame, decodeAnswer } from '@tacet/wire';
import { MAX_PENDING_REQUESTS } from '../limits.ts';
import { keyOf } from './keys.ts';

/** Called once: with the answer, or null when the deadline passed without one. */
export type Settle = (answer: BoxAnswer | null, now: Millis) => void;

/** Losses in a row after which nothing seems to get through. */
const LOST_IN_A_ROW = 8;

/** The same for a loop, which carries no answer. */
export type SettleLoop = (back: boolean, now: Millis) => void;

/** Replies that settle nothing, by reason. */
type ReplyCount =
  /** Nobody waits for it, or not any more. */
  | 'reply-unknown'
  /** It does not open: damaged on its way, or made up. */
  | 'reply-unreadable'
  /** It opens, and what its edge wrote in it is no answer. */
  | 'reply-malformed';

interface Pending {
  readonly nonce: number;
  readonly keys: ReplyKeys;
  readonly settle: Settle;
  /** Null for a request. */
  readonly loop: SettleLoop | null;
  done: boolean;
}

export class RequestTracker {
  readonly counters = new Counters<ReplyCount>();
  private readonly builder: PacketBuilder;
  private readonly rng: Rng;
  private readonly pending = new Map<number, Pending>();
  private readonly deadlines = new DeadlineHeap<Pending>();

  constructor(builder: PacketBuilder, rng: Rng) {
    this.builder = builder;
    this.rng = rng;
  }

  /** Requests in a row that were not answered. */
  private lost = 0;

  /**
   * Nothing is answered: real content waits, and cover finds out when it may go on
   * (docs/spec/04-mixing.md, 7).
   */
  get unanswered(): boolean {
    return this.lost >= LOST_IN_A_ROW;
  }

  /** A new link: losses of the old one say nothing about it. */
  hopeful(): void {
    this.lost = 0;
  }

  get size(): number {
    return this.pending.size;
  }

  get nextDeadline(): Millis | undefined {
    return this.deadlines.nextAt;
  }

  /** A fresh reply id under this connection's handle. */
  replyId(handle: Uint8Array): ReplyId {
    const id = new Uint8Array(16);
    this.rng.fill(id);
    id.set(handle, 0);
    return id as ReplyId;
  }

  expect(replyId: ReplyId, keys: ReplyKeys, deadline: Millis, settle: Settle, now: Millis): void {
    this.add(replyId, { keys, settle, loop: null }, deadline, now);
  }

  expectLoop(
    replyId: ReplyId,
    keys: ReplyKeys,
    deadline: Millis,
    loop: SettleLoop,
    now: Millis,
  ): void {
    this.add(replyId, { keys, settle: () => undefined, loop }, deadline, now);
  }

  private add(
    replyId: ReplyId,
    of: Pick<Pending, 'keys' | 'settle' | 'loop'>,
    deadline: Millis,
    now: Millis,
  ): void {
    if (this.pending.size >= MAX_PENDING_REQUESTS) {
      const oldest = this.pending.values().next().value;
      if (oldest !== undefined) this.finish(oldest, null, now);
    }
    const entry = { nonce: keyOf(replyId.subarray(8)), ...of, done: false };
    this.pending.set(entry.nonce, entry);
    this.deadlines.push(deadline, entry);
  }

  /** Takes a reply; false, with a counter, for one that settles nothing. */
  take(reply: NonNullable<DownFrame['reply']>, now: Millis): boolean {
    const entry = this.pending.get(keyOf(reply.replyId.subarray(8)));
    if (entry === undefined) return this.refuse('reply-unknown');
    const data = this.builder.openReply(entry.keys, reply.payload);
    if (data === null) return this.refuse('reply-unreadable');
    if (entry.loop !== null) {
      this.finish(entry, null, now, true);
      return true;
    }
    let answer: BoxAnswer;
    try {
      answer = decodeAnswer(data);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      return this.refuse('reply-malformed');
    }
    this.finish(entry, answer, now);
    return true;
  }

  private refuse(reason: ReplyCount): false {
    this.counters.add(reason);
    return false;
  }

  /** Settles everything whose deadline has passed. */
  expire(now: Millis): void {
    for (;;) {
      const entry = this.deadlines.popDue(now);
      if (entry === undefined) return;
      this.finish(entry, null, now);
    }
  }

  /** Gives up everything: deadlines of a clock that was set back lie far in the future. */
  forgetAll(now: Millis): void {
    for (;;) {
      const entry = this.deadlines.popDue(Number.POSITIVE_INFINITY);
      if (entry === undefined) return;
      this.finish(entry, null, now);
    }
  }

  private finish(entry: Pending, answer: BoxAnswer | null, now: Millis, back = false): void {
    if (entry.done) return;
    entry.done = true;
    this.pending.delete(entry.nonce);
    if (entry.loop !== null) {
      entry.loop(back, now);
      return;
    }
    this.lost = answer === null ? this.lost + 1 : 0;
    entry.settle(answer, now);
  }
}
