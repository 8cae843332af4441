/** Waiting for the durable event log. What is pushed is a hint; the log itself is the truth. */
import type { EventView } from '@tacet/api';
import { AppError, type Millis } from '@tacet/base';

export interface EventSource {
  readEvents(range: { readonly cursor: number; readonly max: number }): readonly EventView[];
  newestCursor(): number;
}

export interface EventPage {
  readonly events: readonly EventView[];
  readonly cursor: number;
}

export interface ReadRequest {
  readonly cursor: number;
  readonly max: number;
  readonly waitMs: Millis;
}

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

  /** Throws `locked` when the profile locks meanwhile, `cursor-ahead` for a place not reached yet. */
  async read(source: EventSource, request: ReadRequest, signal?: AbortSignal): Promise<EventPage> {
    const first = this.page(source, request);
    if (first.events.length > 0 || request.waitMs === 0) return first;
    const locked = await this.wait(request.waitMs, signal);
    if (locked) throw new AppError('locked', 'state', 'the profile is locked');
    return signal?.aborted === true ? first : this.page(source, request);
  }

  private page(source: EventSource, { cursor, max }: ReadRequest): EventPage {
    if (cursor > source.newestCursor()) {
      throw new AppError('cursor-ahead', 'input', 'that cursor is ahead of the event log');
    }
    const events = source.readEvents({ cursor, max });
    return { events, cursor: events.at(-1)?.cursor ?? cursor };
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
