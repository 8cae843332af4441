/** Failures leave a bucket that refills with time. An empty bucket means: not now. */
import type { Millis } from '@tacet/base';

export class FailureLimiter {
  private readonly burst: number;
  private readonly refill: Millis;
  private failures = 0;
  private since: Millis = 0;

  /** @param refill time after which one failure is forgotten. */
  constructor(burst: number, refill: Millis) {
    this.burst = burst;
    this.refill = refill;
  }

  allows(now: Millis): boolean {
    this.forget(now);
    return this.failures < this.burst;
  }

  fail(now: Millis): void {
    this.forget(now);
    if (this.failures === 0) this.since = now;
    this.failures += 1;
  }

  private forget(now: Millis): void {
    if (now < this.since) this.since = now;
    const gone = Math.min(this.failures, Math.floor((now - this.since) / this.refill));
    this.failures -= gone;
    this.since += gone * this.refill;
  }
}
