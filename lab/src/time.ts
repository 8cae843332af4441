/** Virtual time: events run in order of their moment, ties in order of entry. */
import { DeadlineHeap, type Millis } from '@tacet/base';

export class VirtualTime {
  private readonly events = new DeadlineHeap<() => void>();
  private moment: Millis;

  constructor(start: Millis) {
    this.moment = start;
  }

  get now(): Millis {
    return this.moment;
  }

  get pending(): number {
    return this.events.size;
  }

  at(when: Millis, run: () => void): void {
    this.events.push(Math.max(when, this.moment), run);
  }

  after(delay: Millis, run: () => void): void {
    this.at(this.moment + delay, run);
  }

  /** Runs the next event if it is due by `until`; else moves the clock there and answers false. */
  step(until: Millis): boolean {
    const next = this.events.nextAt;
    if (next === undefined || next > until) {
      this.moment = Math.max(this.moment, until);
      return false;
    }
    this.moment = next;
    this.events.pop()?.();
    return true;
  }
}
