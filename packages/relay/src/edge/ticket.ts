/** One request that is owed an answer, and the answers that wait for their moment. */
import { DeadlineHeap, type Millis, type Rng } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import type { Injection, PacketInjector, ReplyBlock } from '@tacet/onion';
import { ANSWER_LENGTH, type BoxAnswer, encodeAnswer } from '@tacet/wire';
import { TURNAROUND_MS } from '../limits.ts';

export interface Ticket {
  readonly block: ReplyBlock;
  /** Epoch of the request packet: whose document its maker had. */
  readonly epoch: number;
  /** Wait before the reply is injected, as the request's last layer says. */
  readonly delayMs: Millis;
  readonly arrivedAt: Millis;
}

interface Due {
  readonly block: ReplyBlock;
  readonly answer: BoxAnswer | readonly (Uint8Array | null)[];
}

/**
 * Answers leave a fixed turn-around after their request (or after what they waited for), plus
 * the delay its maker drew, whatever they say and however fast the store was.
 */
export class Outgoing {
  private readonly due = new DeadlineHeap<Due>();
  /** The answer that leaves, wiped after each: one place in memory for all of them. */
  private readonly data = new Uint8Array(ANSWER_LENGTH);

  get size(): number {
    return this.due.size;
  }

  nextAt(): Millis | undefined {
    return this.due.nextAt;
  }

  /** @param since when the request came in, or when the wait of a standing read ended */
  push(ticket: Ticket, answer: Due['answer'], since: Millis, now: Millis): void {
    const at = Math.max(now, since + TURNAROUND_MS) + ticket.delayMs;
    this.due.push(at, { block: ticket.block, answer });
  }

  /**
   * The next answer due by `steady` as a packet; null when its reply block is stale; undefined for
   * none.
   * @param now by the wall clock, which says whose keys hold
   */
  take(
    injector: PacketInjector,
    noise: Rng,
    steady: Millis,
    now: Millis,
  ): Injection | null | undefined {
    const due = this.due.popDue(steady);
    if (due === undefined) return undefined;
    const { answer, block } = due;
    const whole = 'status' in answer ? answer : ({ status: 'read', records: answer } as const);
    const injection = injector.reply(block, encodeAnswer(whole, noise, this.data), now);
    // Freed as they are, records would lie in memory in the order in which they were asked for.
    wipe(this.data);
    if (whole.status === 'read') wipe(...whole.records.filter((record) => record !== null));
    return injection;
  }
}
