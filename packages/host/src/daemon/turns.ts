/**
 * Everything the daemon does beside its slots, one short piece after another, each in a turn of
 * the event loop of its own. A piece is not begun shortly before a slot: it waits until the slot
 * is written. At least one piece runs between two slots, however close they are.
 */
import type { Millis } from '@tacet/base';
import { SLOT_LEAD_MAX } from './limits.ts';

/** A room in which nothing at all may run: a frame is waiting for its instant. */
export const HOLD = Number.NEGATIVE_INFINITY;

export class Turns {
  /** Milliseconds until the next slot, or HOLD; what is below `guard` holds work back. */
  private readonly room: () => Millis;
  private readonly guard: (needs: Millis) => Millis;
  private readonly clock: () => Millis;
  private readonly waiting: { readonly work: () => void; readonly needs: Millis }[] = [];
  private scheduled = false;
  /** Work waited for the last slot: one piece of it runs, wherever the next slot is. */
  private owed = false;
  /** A slot was just written, and nothing ran since: the most room there ever is. */
  private behind = false;
  private longest = 0;
  /** Told how long each piece took. */
  onPiece: (took: Millis) => void = () => {};

  constructor(room: () => Millis, guard: (needs: Millis) => Millis, clock: () => Millis) {
    this.room = room;
    this.guard = guard;
    this.clock = clock;
  }

  get size(): number {
    return this.waiting.length;
  }

  /** The longest time one piece held the thread. */
  get longestStep(): Millis {
    return this.longest;
  }

  /**
   * Runs `piece` in its turn; rejects with what it throws. A promise it gives is not waited for by
   * others. One that is known to take `needs` begins only where there is that much room; a long one
   * (above `SLOT_LEAD_MAX`) also as the first behind a slot that was written, and no other way.
   */
  run<T>(piece: () => T | Promise<T>, needs: Millis = 0): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const work = (): void => {
      try {
        resolve(piece());
      } catch (error) {
        reject(error);
      }
    };
    this.waiting.push({ work, needs });
    this.schedule();
    return promise;
  }

  /**
   * The slot is written: go on.
   * @param written false where nothing was: the next slot may be near
   */
  afterSlot(written = true): void {
    this.owed = this.waiting.length > 0;
    this.behind = written;
    this.schedule();
  }

  /** Looks again whether there is room now. */
  wake(): void {
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    this.scheduled = false;
    const room = this.room();
    const [next] = this.waiting;
    if (next === undefined) return;
    if (room === HOLD) return;
    const mayAnyway = next.needs > SLOT_LEAD_MAX ? this.behind : this.owed;
    if (room < this.guard(next.needs) && !mayAnyway) return;
    this.owed = false;
    this.behind = false;
    this.waiting.shift();
    const start = this.clock();
    next.work();
    const took = this.clock() - start;
    this.longest = Math.max(this.longest, took);
    this.onPiece(took);
    this.schedule();
  }
}
