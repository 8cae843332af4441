/**
 * The daemon as its doors see it: the unix socket, the window server and a bot inside the
 * process all speak to this one interface. A door authenticates its callers; the core checks
 * method, parameters and lock.
 */
import type { EventView } from '@tacet/api';

export interface Caller {
  readonly kind: 'socket' | 'window' | 'inside';
  /** Which window session, by the id shown in lists. */
  readonly session?: string;
  /** Aborted when the caller goes away, so that a waiting `events.read` ends. */
  readonly signal?: AbortSignal;
  /** A bot's: its rights, looked up anew at each call. */
  readonly token?: { readonly id: string; readonly contacts: readonly string[] | null };
}

export interface DaemonCore {
  /**
   * One call of the methods table. Throws AppError: `method-unknown`, `params-invalid`, `locked`
   * and what the method itself may throw.
   */
  call(method: string, params: unknown, caller: Caller): Promise<unknown>;
  readonly events: {
    /**
     * Hands over the events after `cursor`, at most 500 at a time, then each new one. Ends by
     * itself when the profile locks. Returns the way to stop.
     */
    subscribe(cursor: number, listener: (events: readonly EventView[]) => void): () => void;
  };
  /** Called at once when this token is revoked. Returns the way to stop. */
  onTokenEnd(id: string, listener: () => void): () => void;
  /** Called at once when windows lock and when the daemon stops. Returns the way to stop. */
  onLock(listener: () => void): () => void;
}
