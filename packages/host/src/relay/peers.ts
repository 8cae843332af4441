/**
 * What an authority tells the others (docs/spec/06-directory.md, 11.3): one queue for each, each
 * message tried again until the other has it or it is of no use any more.
 */
import type { AuthorityClient } from '@tacet/adapters/directory-https';
import { Backoff } from '@tacet/adapters/link-ws';
import { type Clock, isAppError, type Millis, type Rng } from '@tacet/base';
import { LIMITS } from './limits.ts';

export interface Told {
  readonly what: 'vote' | 'signature';
  readonly bytes: Uint8Array;
  readonly until: Millis;
}

export interface PeerQueueOptions {
  readonly client: Pick<AuthorityClient, 'tell'>;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Each message once: told, refused by the other, or out of time. */
  readonly onOutcome: (outcome: 'told' | 'refused' | 'lost') => void;
}

export class PeerQueue {
  private readonly options: PeerQueueOptions;
  private readonly backoff: Backoff;
  private waiting: Told[] = [];
  private busy = false;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(options: PeerQueueOptions) {
    this.options = options;
    this.backoff = new Backoff(options.rng, {
      firstMs: LIMITS.peerRetryFirstMs,
      capMs: LIMITS.peerRetryCapMs,
    });
  }

  push(message: Told): void {
    this.waiting.push(message);
    if (this.waiting.length > LIMITS.peerQueue) {
      this.waiting.shift();
      this.options.onOutcome('lost');
    }
    if (!this.busy && this.timer === null) this.run();
  }

  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private run(): void {
    this.timer = null;
    const now = this.options.clock.now();
    const inTime = this.waiting.filter((message) => message.until > now);
    for (let i = inTime.length; i < this.waiting.length; i++) this.options.onOutcome('lost');
    this.waiting = inTime;
    const [next] = inTime;
    if (next === undefined || this.stopped) return;
    this.busy = true;
    this.tell(next).then((pause) => {
      this.busy = false;
      if (this.stopped) return;
      if (pause === 0) this.run();
      else this.timer = setTimeout(() => this.run(), pause);
    });
  }

  /** Milliseconds until the next try; 0 when this message is dealt with. */
  private async tell(message: Told): Promise<Millis> {
    let outcome: 'told' | 'refused';
    try {
      if (!(await this.options.client.tell(message.what, message.bytes))) {
        return this.later(message);
      }
      outcome = 'told';
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (error.kind !== 'refused') return this.later(message);
      outcome = 'refused';
    }
    this.backoff.reset();
    this.waiting = this.waiting.filter((one) => one !== message);
    this.options.onOutcome(outcome);
    return 0;
  }

  /** Behind the others, so that one that comes too early holds up none. */
  private later(message: Told): Millis {
    this.waiting = [...this.waiting.filter((one) => one !== message), message];
    return this.backoff.next();
  }
}
