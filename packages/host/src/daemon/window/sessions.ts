/**
 * Window sessions. Each has two secrets: the session secret, which carries calls and dies with
 * a lock, and the reopen secret, which after a lock lets that same page try the passphrase and
 * nothing else. So a stranger on this computer cannot even guess. A third, the proof key, never
 * crosses the wire again: by it the page knows this daemon before it hands over a passphrase.
 */
import { base64url, hex, type Millis, type Rng, randomBytes } from '@tacet/base';
import { MAX_CALLS, MAX_SESSIONS, MAX_STREAMS, REOPEN_LIFE, SESSION_IDLE } from './limits.ts';
import type { EndReason, SessionInfo } from './port.ts';
import { freshSecret, hashOfSecret } from './secrets.ts';

export interface OpenedSession {
  readonly id: string;
  readonly session: string;
  readonly reopen: string;
  readonly proof: string;
}

export class Session {
  readonly id: string;
  readonly openedAt: Millis;
  seenAt: Millis;
  ended: EndReason | null = null;
  /** Until when what needs the passphrase anew is done for this page. */
  confirmedUntil: Millis = 0;
  private calls = 0;
  private readonly streams = new Set<(reason: EndReason) => void>();

  constructor(id: string, now: Millis) {
    this.id = id;
    this.openedAt = now;
    this.seenAt = now;
  }

  /** False when too many are open. */
  beginCall(): boolean {
    if (this.calls >= MAX_CALLS) return false;
    this.calls += 1;
    return true;
  }

  endCall(): void {
    this.calls -= 1;
  }

  /** Registers what ends a stream, or null when too many are open. Gives the way to leave. */
  addStream(end: (reason: EndReason) => void): (() => void) | null {
    if (this.streams.size >= MAX_STREAMS) return null;
    this.streams.add(end);
    return () => this.streams.delete(end);
  }

  end(reason: EndReason): void {
    if (this.ended !== null) return;
    this.ended = reason;
    for (const end of [...this.streams]) end(reason);
  }
}

interface Entry {
  readonly session: Session;
  readonly key: string;
  readonly reopenKey: string;
  readonly proofKey: Uint8Array;
}

interface Reopening {
  readonly id: string;
  readonly until: Millis;
  readonly proofKey: Uint8Array;
}

export class SessionBook {
  private readonly rng: Rng;
  /** By hash of the session secret. */
  private readonly live = new Map<string, Entry>();
  /** By hash of the reopen secret. */
  private readonly reopens = new Map<string, Reopening>();

  constructor(rng: Rng) {
    this.rng = rng;
  }

  open(now: Millis): OpenedSession {
    this.sweep(now);
    while (this.live.size >= MAX_SESSIONS) this.endOldest();
    const secret = freshSecret(this.rng);
    const reopen = freshSecret(this.rng);
    const session = new Session(hex(randomBytes(this.rng, 8)), now);
    const key = hex(secret.hash);
    const proofKey = randomBytes(this.rng, 32);
    this.live.set(key, { session, key, reopenKey: hex(reopen.hash), proofKey });
    const proof = base64url(proofKey);
    return { id: session.id, session: secret.text, reopen: reopen.text, proof };
  }

  /** The live session of that secret, marked as heard of, or null. */
  find(text: unknown, now: Millis): Session | null {
    this.sweep(now);
    const entry = this.entry(text);
    if (entry === undefined) return null;
    entry.session.seenAt = now;
    return entry.session;
  }

  /** Ends every session; their pages may come back by passphrase. */
  lock(now: Millis): void {
    for (const { reopenKey, proofKey, session } of this.live.values()) {
      this.reopens.set(reopenKey, { id: session.id, until: now + REOPEN_LIFE, proofKey });
      session.end('locked');
    }
    this.live.clear();
    while (this.reopens.size > MAX_SESSIONS) {
      const oldest = this.reopens.keys().next().value;
      if (oldest === undefined) break;
      this.reopens.delete(oldest);
    }
  }

  mayReopen(text: unknown, now: Millis): boolean {
    const hash = hashOfSecret(text);
    return hash !== null && (this.reopens.get(hex(hash))?.until ?? 0) > now;
  }

  /** The key by which the page of that session, live or locked, knows this daemon. */
  proofKey(id: unknown, now: Millis): Uint8Array | null {
    this.sweep(now);
    for (const entry of this.live.values()) if (entry.session.id === id) return entry.proofKey;
    for (const reopening of this.reopens.values())
      if (reopening.id === id) return reopening.proofKey;
    return null;
  }

  /** Spends a reopen secret: false when another redemption was first. */
  spendReopen(text: unknown): boolean {
    const hash = hashOfSecret(text);
    return hash !== null && this.reopens.delete(hex(hash));
  }

  list(now: Millis): readonly SessionInfo[] {
    this.sweep(now);
    return [...this.live.values()].map(({ session: { id, openedAt, seenAt } }) => ({
      id,
      openedAt,
      seenAt,
    }));
  }

  revoke(id: string): boolean {
    for (const entry of this.live.values()) {
      if (entry.session.id === id) {
        this.drop(entry, 'revoked');
        return true;
      }
    }
    return false;
  }

  /** Ends what was not heard of for too long. Called by a timer too, for open streams. */
  sweep(now: Millis): void {
    for (const entry of this.live.values()) {
      if (now - entry.session.seenAt >= SESSION_IDLE) this.drop(entry, 'expired');
    }
    for (const [key, { until }] of this.reopens) if (until <= now) this.reopens.delete(key);
  }

  close(): void {
    for (const entry of [...this.live.values()]) this.drop(entry, 'closed');
    this.reopens.clear();
  }

  private entry(text: unknown): Entry | undefined {
    const hash = hashOfSecret(text);
    return hash === null ? undefined : this.live.get(hex(hash));
  }

  private drop(entry: Entry, reason: EndReason): void {
    this.live.delete(entry.key);
    entry.session.end(reason);
  }

  private endOldest(): void {
    let oldest: Entry | undefined;
    for (const entry of this.live.values()) {
      if (oldest === undefined || entry.session.seenAt < oldest.session.seenAt) oldest = entry;
    }
    if (oldest !== undefined) this.drop(oldest, 'revoked');
  }
}
