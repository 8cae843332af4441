/** What the actions do. Each answers by value; only an event stream writes by itself. */
import type { ServerResponse } from 'node:http';
import { describeError, parseJson } from '@tacet/api';
import type { Clock, Rng } from '@tacet/base';
import { PassphraseGate } from '../gate.ts';
import { answerCall, type CallContext } from './calls.ts';
import type { Action } from './guard.ts';
import { FailureLimiter } from './limiter.ts';
import { FAILURE_BURST, FAILURE_REFILL } from './limits.ts';
import type { Refusal, SessionInfo, WindowCore } from './port.ts';
import { proofOf } from './proof.ts';
import { type Session, SessionBook } from './sessions.ts';
import { serveEvents } from './stream.ts';
import { TicketBook } from './tickets.ts';

export type Outcome =
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: Refusal }
  | { readonly kind: 'json'; readonly text: string }
  /** The answer is already being written. */
  | { readonly kind: 'taken' };

const TAKEN: Outcome = { kind: 'taken' };

export class Routes {
  private readonly core: WindowCore;
  private readonly clock: Clock;
  private readonly tickets: TicketBook;
  private readonly book: SessionBook;
  private readonly gate = new PassphraseGate('window-wait');
  private readonly context: CallContext;
  private readonly limiter = new FailureLimiter(FAILURE_BURST, FAILURE_REFILL);

  constructor(core: WindowCore, rng: Rng, clock: Clock) {
    this.core = core;
    this.clock = clock;
    this.context = { core, clock, gate: this.gate };
    this.tickets = new TicketBook(rng);
    this.book = new SessionBook(rng);
  }

  issueTicket(): string {
    return this.tickets.issue(this.clock.now());
  }

  sessions(): readonly SessionInfo[] {
    return this.book.list(this.clock.now());
  }

  revoke(id: string): boolean {
    return this.book.revoke(id);
  }

  lock(): void {
    this.tickets.clear();
    this.book.lock(this.clock.now());
  }

  sweep(): void {
    this.book.sweep(this.clock.now());
  }

  close(): void {
    this.tickets.clear();
    this.book.close();
  }

  /** @param secret the session header as Node gives it. */
  async handle(
    action: Action,
    text: string,
    secret: unknown,
    response: ServerResponse,
  ): Promise<Outcome> {
    if (action === 'redeem') return this.redeem(text);
    if (action === 'prove') return this.prove(text);
    if (action === 'reopen') return this.reopen(text);
    const session = this.book.find(secret, this.clock.now());
    if (session === null) return refuse(401, 'session');
    switch (action) {
      case 'call':
        return this.callMethod(session, text);
      case 'events':
        return this.streamEvents(session, text, response);
      case 'leave':
        this.book.revoke(session.id);
        return json({});
    }
  }

  private redeem(text: string): Outcome {
    const now = this.clock.now();
    if (!this.limiter.allows(now)) return refuse(429, 'rate');
    const body = readObject(text);
    if (body === null) return refuse(400, 'malformed');
    if (!this.tickets.redeem(body['ticket'], now)) {
      this.limiter.fail(now);
      return refuse(403, 'ticket');
    }
    return json(this.book.open(now));
  }

  /** Shows a page that this is the daemon it has its session from. */
  private prove(text: string): Outcome {
    const now = this.clock.now();
    if (!this.limiter.allows(now)) return refuse(429, 'rate');
    const body = readObject(text);
    const key = this.book.proofKey(body?.['id'], now);
    const proof = key === null ? null : proofOf(key, body?.['nonce']);
    if (proof !== null) return json({ proof });
    this.limiter.fail(now);
    return refuse(403, 'prove');
  }

  /** A page whose session a lock ended comes back by the passphrase, with new secrets. */
  private async reopen(text: string): Promise<Outcome> {
    const now = this.clock.now();
    if (!this.limiter.allows(now)) return refuse(429, 'rate');
    const body = readObject(text);
    if (body === null) return refuse(400, 'malformed');
    const { reopen, ...secret } = body;
    if (!this.book.mayReopen(reopen, now)) {
      this.limiter.fail(now);
      return refuse(403, 'reopen');
    }
    try {
      await this.gate.pass(
        () => this.clock.now(),
        () => this.core.call('profile.unlock', secret, { kind: 'window', session: 'locked' }),
      );
    } catch (error) {
      return json({ error: describeError(error) });
    }
    if (!this.book.spendReopen(reopen)) return refuse(403, 'reopen');
    return json(this.book.open(this.clock.now()));
  }

  private async callMethod(session: Session, text: string): Promise<Outcome> {
    const answer = await answerCall(this.context, session, text);
    return answer === null ? refuse(401, 'session') : { kind: 'json', text: answer };
  }

  private async streamEvents(
    session: Session,
    text: string,
    response: ServerResponse,
  ): Promise<Outcome> {
    const cursor = readObject(text)?.['cursor'];
    if (typeof cursor !== 'number' || !Number.isSafeInteger(cursor) || cursor < 0) {
      return refuse(400, 'malformed');
    }
    const served = await serveEvents(this.core, session, cursor, response);
    return served ? TAKEN : refuse(429, 'busy');
  }
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = parseJson(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

function json(value: object): Outcome {
  return { kind: 'json', text: JSON.stringify(value) };
}

function refuse(status: number, reason: Refusal): Outcome {
  return { kind: 'refuse', status, reason };
}
