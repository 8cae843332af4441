/** Frames waiting for a link: bounded in number and age, the oldest goes first. */
import type { Millis } from '@tacet/base';

interface Waiting {
  readonly frame: Uint8Array;
  readonly since: Millis;
  /** Called when the frame has left or was given up: its bytes may be used again. */
  readonly done: () => void;
}

export class SendQueue {
  private frames: Waiting[] = [];
  private head = 0;
  private readonly capacity: number;
  private readonly maxAgeMs: Millis;

  constructor(capacity: number, maxAgeMs: Millis) {
    this.capacity = capacity;
    this.maxAgeMs = maxAgeMs;
  }

  get size(): number {
    return this.frames.length - this.head;
  }

  /** True when a frame had to go for it. */
  push(frame: Uint8Array, now: Millis, done: () => void): boolean {
    const full = this.size >= this.capacity;
    if (full) {
      this.frames[this.head]?.done();
      this.advance();
    }
    this.frames.push({ frame, since: now, done });
    return full;
  }

  /** The next frame that is not too old, and how many were. */
  take(now: Millis): { next: Pick<Waiting, 'frame' | 'done'> | null; expired: number } {
    for (let expired = 0; ; expired++) {
      const next = this.frames[this.head];
      if (next === undefined) return { next: null, expired };
      this.advance();
      if (now - next.since <= this.maxAgeMs) return { next, expired };
      next.done();
    }
  }

  /** Gives up everything. */
  clear(): void {
    for (const { done } of this.frames.slice(this.head)) done();
    this.frames = [];
    this.head = 0;
  }

  private advance(): void {
    this.head += 1;
    if (this.head > 64 && this.head * 2 > this.frames.length) {
      this.frames = this.frames.slice(this.head);
      this.head = 0;
    }
  }
}
