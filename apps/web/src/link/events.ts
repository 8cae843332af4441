/**
 * The event stream, kept open: after every break it comes back with the cursor of the last event
 * seen, so nothing is lost and nothing comes twice.
 */
import type { EventView } from '@tacet/api';
import { post } from './http.ts';
import { sessionSecret } from './session.ts';

/** The server says something at least every 15 s; after this long it is taken for dead. */
const SILENCE = 40_000;
const FIRST_PAUSE = 250;
const LAST_PAUSE = 5_000;

export interface FeedListener {
  event(event: EventView): void;
  /** True while a stream is open. */
  connected(up: boolean): void;
  /** The session is over: locked, revoked or expired. */
  ended(): void;
}

export class EventFeed {
  private readonly listener: FeedListener;
  private cursor = 0;
  private running: AbortController | null = null;
  private wake: () => void = () => undefined;
  private pause = FIRST_PAUSE;

  constructor(listener: FeedListener) {
    this.listener = listener;
  }

  start(cursor: number): void {
    this.stop();
    this.cursor = cursor;
    const controller = new AbortController();
    this.running = controller;
    void this.run(controller.signal);
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
  }

  /** Try again at once: the page was woken, or the person asked. */
  hurry(): void {
    this.wake();
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const outcome = await this.follow(signal).catch(() => 'broken' as const);
      if (signal.aborted) return;
      this.listener.connected(false);
      if (outcome === 'over') {
        this.listener.ended();
        return;
      }
      await this.rest(this.pause * (0.75 + Math.random() / 2), signal);
      this.pause = Math.min(this.pause * 2, LAST_PAUSE);
    }
  }

  /** One stream from open to end. */
  private async follow(signal: AbortSignal): Promise<'over' | 'broken'> {
    const session = sessionSecret();
    if (session === null) return 'over';
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE);
    try {
      const both = AbortSignal.any([signal, silence.signal]);
      const body = JSON.stringify({ cursor: this.cursor });
      const { status, response } = await post('/events', body, { session, signal: both });
      if (status === 401) return 'over';
      if (status !== 200 || response.body === null) return 'broken';
      this.pause = FIRST_PAUSE;
      this.listener.connected(true);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let held = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 'broken';
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE);
        const lines = (held + value).split('\n');
        held = lines.pop() ?? '';
        for (const line of lines) if (this.take(line) === 'over') return 'over';
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private take(line: string): 'over' | 'on' {
    const value = JSON.parse(line) as { event?: EventView; end?: string };
    if (value.event !== undefined && value.event.cursor > this.cursor) {
      this.cursor = value.event.cursor;
      this.listener.event(value.event);
    }
    return value.end !== undefined && ['locked', 'revoked', 'expired'].includes(value.end)
      ? 'over'
      : 'on';
  }

  private rest(delay: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, delay);
      signal.addEventListener('abort', done);
      this.wake = done;
    });
  }
}
