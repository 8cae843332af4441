/** Waiting for the durable event log. What is pushed is a hint; the log itself is the truth. */
import type { EventView } from '@tacet/api';
import { AppError, type Millis } from '@tacet/base';

export interface EventPage {
  readonly events: readonly EventView[];
  readonly cursor: number;
  readonly oldest: number;
  readonly lost: number;
}

/** What one caller may see of the log, from a place on. */
export type EventSource = (cursor: number) => EventPage;

type Waiter = (locked: boolean) => void;

export class EventHub {
  private readonly waiters = new Set<Waiter>();

  /** Something was added. */
  notify(): void {
    this.wakeAll(false);
  }

  /** The profile locked or went: everyone who waits is told so. */
  lock(): void {
    this.wakeAll(true);
  }

  /**
   * Waits up to `waitMs` for something this caller may see; what it may not see moves its place on.
   * Throws `locked` when the profile locks meanwhile, and what `source` throws.
   */
  async read(
    source: EventSource,
    request: { readonly cursor: number; readonly waitMs: Millis },
    signal?: AbortSignal,
  ): Promise<EventPage> {
    const end = performance.now() + request.waitMs;
    let page = source(request.cursor);
    while (page.events.length === 0 && page.lost === 0) {
      const left = end - performance.now();
      if (left <= 0) break;
      const locked = await this.wait(left, signal);
      if (locked) throw new AppError('locked', 'state', 'the profile is locked');
      // The caller is gone: nobody reads what is said now.
      if (signal?.aborted === true) break;
      page = source(page.cursor);
    }
    return page;
  }

  private wait(ms: Millis, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const done: Waiter = (locked) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', gone);
        this.waiters.delete(done);
        resolve(locked);
      };
      const gone = () => done(false);
      const timer = setTimeout(gone, ms);
      signal?.addEventListener('abort', gone);
      this.waiters.add(done);
      if (signal?.aborted === true) gone();
    });
  }

  private wakeAll(locked: boolean): void {
    for (const waiter of [...this.waiters]) waiter(locked);
  }
}
