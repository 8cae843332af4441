/**
 * May anything be tried again now? (docs/spec/04-mixing.md, 9) Who drops the packets of one edge
 * or one line and watches where a repeated request appears finds out who sent it. So a lost
 * request is repeated only after a loop sent later came back and the fate of all loops before
 * that one is known; and when loops were lost around it, not before a random while after they
 * come back again, so that the moment says nothing about when the dropping ended.
 */
import { MINUTE, type Millis, type Rng, randomExponential } from '@tacet/base';

/** Loops this much older or younger than a lost request may have met the same trouble. */
const AROUND: Millis = MINUTE;
/** Lost loops remembered. */
const KEPT = 64;

interface LostLoop {
  readonly sentAt: Millis;
  readonly path: readonly string[];
}

export class RetryGate {
  private readonly rng: Rng;
  /** True when a suspected mix lies on that path. */
  private readonly explained: (path: readonly string[]) => boolean;
  /** Slots of loops under way, oldest first. */
  private readonly pending: Millis[] = [];
  /** Slot of the newest lost request, and of the newest loop that came back. */
  private newestLost: Millis | null = null;
  private newestBack: Millis = Number.NEGATIVE_INFINITY;
  private unproven = false;
  private lost: LostLoop[] = [];
  private frozen = false;
  private resumeAt: Millis | null = null;

  constructor(rng: Rng, explained: (path: readonly string[]) => boolean) {
    this.rng = rng;
    this.explained = explained;
  }

  /** A request with something real in it, sent at `sentAt`, was not answered. */
  requestLost(sentAt: Millis): void {
    this.newestLost = Math.max(this.newestLost ?? sentAt, sentAt);
    this.unproven = true;
    this.freezeIfLoopsFail();
  }

  loopSent(sentAt: Millis): void {
    this.pending.push(sentAt);
  }

  loopLost(sentAt: Millis, path: readonly string[]): void {
    this.settled(sentAt);
    this.lost.push({ sentAt, path });
    if (this.lost.length > KEPT) this.lost.shift();
    if (this.frozen && !this.explained(path)) this.resumeAt = null;
    this.freezeIfLoopsFail();
  }

  /** @param pauseMs mean of the wait before retries begin again */
  loopBack(sentAt: Millis, pauseMs: Millis, now: Millis): void {
    this.settled(sentAt);
    this.newestBack = Math.max(this.newestBack, sentAt);
    if (!this.frozen || this.resumeAt !== null) return;
    const newest = this.unexplained().at(-1)?.sentAt ?? Number.NEGATIVE_INFINITY;
    if (sentAt > newest) this.resumeAt = now + randomExponential(this.rng, pauseMs);
  }

  allows(now: Millis): boolean {
    if (this.frozen && (this.unexplained().length === 0 || (this.resumeAt ?? Infinity) <= now)) {
      this.frozen = false;
      this.resumeAt = null;
      this.lost = [];
    }
    if (this.unproven && this.newestBack >= (this.newestLost ?? 0)) {
      this.unproven = this.pending.some((sentAt) => sentAt < this.newestBack);
    }
    return !this.frozen && !this.unproven;
  }

  private settled(sentAt: Millis): void {
    const at = this.pending.indexOf(sentAt);
    if (at >= 0) this.pending.splice(at, 1);
  }

  private freezeIfLoopsFail(): void {
    const { newestLost } = this;
    if (this.frozen || newestLost === null) return;
    const latest = this.unproven ? Number.POSITIVE_INFINITY : newestLost + AROUND;
    this.frozen = this.unexplained().some(
      ({ sentAt }) => sentAt >= newestLost - AROUND && sentAt <= latest,
    );
  }

  private unexplained(): LostLoop[] {
    return this.lost.filter(({ path }) => !this.explained(path));
  }
}
