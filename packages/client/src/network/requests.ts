/**
 * Requests under way: each was built with one reply block; the reply, or its deadline, settles
 * it once, and a reply that comes after its deadline is handed on for a while
 * (docs/spec/04-mixing.md, 9). Nothing here is saved: what must survive a restart is the operation, and operations
 * are idempotent.
 */
import {
  Counters,
  DeadlineHeap,
  isAppError,
  keyOf,
  MINUTE,
  type Millis,
  type Rng,
} from '@tacet/base';
import type { PacketBuilder, ReplyId, ReplyKeys } from '@tacet/onion';
import { type BoxAnswer, type DownFrame, decodeAnswer, HANDLE } from '@tacet/wire';
import { MAX_LATE_REQUESTS, MAX_PENDING_REQUESTS } from '../limits.ts';
import type { Plan } from '../rhythm/plan.ts';

/** Losses in a row after which nothing seems to get through. */
const LOST_IN_A_ROW = 8;

/** How long the keys of a lost request are kept. */
const LATE: Millis = MINUTE;

/** What hears of a request's answer. */
export interface Outcome {
  readonly settle: Plan['settle'];
  readonly late?: Plan['late'];
}

/** Called once: whether a loop was back in time. */
export type SettleLoop = (back: boolean, now: Millis) => void;

/** Replies that settle nothing in time, by reason. */
type ReplyCount =
  /** After its deadline, and handed on. */
  | 'reply-late'
  /** Nobody waits for it, or not any more. */
  | 'reply-unknown'
  /** It does not open: damaged on its way, or made up. */
  | 'reply-unreadable'
  /** It opens, and what its edge wrote in it is no answer. */
  | 'reply-malformed';

interface Pending {
  readonly nonce: number;
  readonly keys: ReplyKeys;
  /** What is told; of a loop, whether it came back. */
  readonly of: Outcome | SettleLoop;
  done: boolean;
}

interface Late {
  readonly keys: ReplyKeys;
  readonly of: Outcome;
  readonly until: Millis;
}

export class RequestTracker {
  readonly counters = new Counters<ReplyCount>();
  private readonly builder: PacketBuilder;
  private readonly rng: Rng;
  private readonly pending = new Map<number, Pending>();
  private readonly deadlines = new DeadlineHeap<Pending>();
  /** Lost requests, oldest first. */
  private readonly late = new Map<number, Late>();

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

  expect(replyId: ReplyId, keys: ReplyKeys, deadline: Millis, of: Outcome, now: Millis): void {
    this.add(replyId, keys, deadline, of, now);
  }

  expectLoop(
    replyId: ReplyId,
    keys: ReplyKeys,
    deadline: Millis,
    of: SettleLoop,
    now: Millis,
  ): void {
    this.add(replyId, keys, deadline, of, now);
  }

  private add(
    replyId: ReplyId,
    keys: ReplyKeys,
    deadline: Millis,
    of: Pending['of'],
    now: Millis,
  ): void {
    if (this.pending.size >= MAX_PENDING_REQUESTS) {
      const oldest = this.pending.values().next().value;
      if (oldest !== undefined) this.lose(oldest, now);
    }
    const entry = { nonce: keyOf(replyId, HANDLE), keys, of, done: false };
    this.pending.set(entry.nonce, entry);
    this.deadlines.push(deadline, entry);
  }

  /** Takes a reply; false, with a counter, for one that settles nothing. */
  take(reply: NonNullable<DownFrame['reply']>, now: Millis): boolean {
    const nonce = keyOf(reply.replyId, HANDLE);
    const entry = this.pending.get(nonce);
    if (entry === undefined) return this.takeLate(nonce, reply.payload, now);
    const data = this.builder.openReply(entry.keys, reply.payload);
    if (data === null) return this.refuse('reply-unreadable');
    if (typeof entry.of === 'function') {
      this.forget(entry);
      entry.of(true, now);
      return true;
    }
    const answer = answerIn(data);
    if (answer === null) return this.refuse('reply-malformed');
    this.forget(entry);
    this.lost = 0;
    entry.of.settle(answer, now);
    return true;
  }

  private takeLate(nonce: number, payload: Uint8Array, now: Millis): boolean {
    const late = this.late.get(nonce);
    if (late === undefined || late.until <= now) return this.refuse('reply-unknown');
    const data = this.builder.openReply(late.keys, payload);
    if (data === null) return this.refuse('reply-unreadable');
    const answer = answerIn(data);
    if (answer === null) return this.refuse('reply-malformed');
    this.late.delete(nonce);
    this.counters.add('reply-late');
    this.lost = 0;
    late.of.late?.(answer, now);
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
      if (entry === undefined) break;
      this.lose(entry, now);
    }
    // In the order in which they were lost, so the first that stays ends it.
    for (const [nonce, { until }] of this.late) {
      if (until > now) return;
      this.late.delete(nonce);
    }
  }

  /** Gives up everything: times of a clock that was set back lie far in the future. */
  forgetAll(now: Millis): void {
    this.late.clear();
    for (;;) {
      const entry = this.deadlines.popDue(Number.POSITIVE_INFINITY);
      if (entry === undefined) return;
      this.lose(entry, now);
    }
  }

  /** Its answer, or its loop, did not come in time. */
  private lose(entry: Pending, now: Millis): void {
    if (entry.done) return;
    this.forget(entry);
    const { nonce, keys, of } = entry;
    if (typeof of === 'function') {
      of(false, now);
      return;
    }
    this.lost += 1;
    if (this.late.size >= MAX_LATE_REQUESTS) {
      const [oldest] = this.late.keys();
      if (oldest !== undefined) this.late.delete(oldest);
    }
    this.late.set(nonce, { keys, of, until: now + LATE });
    of.settle(null, now);
  }

  private forget(entry: Pending): void {
    entry.done = true;
    this.pending.delete(entry.nonce);
  }
}

/** Null for what its edge wrote and is no answer. */
function answerIn(data: Uint8Array): BoxAnswer | null {
  try {
    return decodeAnswer(data);
  } catch (error) {
    if (!isAppError(error, 'malformed')) throw error;
    return null;
  }
}
