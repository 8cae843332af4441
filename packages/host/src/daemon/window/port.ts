/** What the window server needs of the daemon, and what it is. Nothing here is I/O. */
import type { Clock, Counters, Millis, Rng } from '@tacet/base';

/** Who calls: one window session, by the id that is shown in lists (never its secret). */
export interface WindowCaller {
  readonly kind: 'window';
  readonly session: string;
  /** Aborted when the page has gone, so that a waiting `events.read` ends. */
  readonly signal?: AbortSignal;
}

export interface WindowCore {
  /**
   * A method of packages/api; checks parameters, throws AppError. `profile.unlock` verifies the
   * passphrase even when the profile is open: a locked window comes back through it.
   */
  call(method: string, params: unknown, caller: WindowCaller): Promise<unknown>;
  /** Called when windows must clear: window lock, full lock, stop. Gives the way to unsubscribe. */
  onLock(listener: () => void): () => void;
}

export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** By path, `/` and `/open` among them: the whole list, nothing else is ever served. */
export type Assets = ReadonlyMap<string, Asset>;

export interface WindowServerOptions {
  readonly core: WindowCore;
  readonly assets: Assets;
  readonly rng: Rng;
  readonly clock: Clock;
  /** Fixed port for development; 0 or nothing lets the system choose. */
  readonly port?: number;
}

export interface SessionInfo {
  readonly id: string;
  readonly openedAt: Millis;
  readonly seenAt: Millis;
}

export type Refusal =
  | 'host'
  | 'target'
  | 'method'
  | 'path'
  | 'fetch-site'
  | 'origin'
  | 'marker'
  | 'media-type'
  | 'length'
  | 'too-large'
  | 'too-many-headers'
  | 'malformed'
  | 'ticket'
  | 'session'
  | 'prove'
  | 'reopen'
  | 'rate'
  | 'busy'
  | 'upgrade'
  | 'broken-request';

export interface WindowServer {
  readonly port: number;
  /** Address without any secret. */
  readonly address: string;
  readonly counters: Counters<Refusal>;
  /** A fresh one-time address of the window: the ticket stands in its fragment. */
  ticket(): string;
  sessions(): readonly SessionInfo[];
  /** True when there was such a session. Its streams end. */
  revoke(id: string): boolean;
  close(): Promise<void>;
}

/** Why an event stream ended; its last line says so. */
export type EndReason = 'locked' | 'revoked' | 'expired' | 'closed' | 'failed';
