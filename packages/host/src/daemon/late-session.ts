/**
 * libsignal, which takes 40 ms to load: not before a profile is open and its conversations are shown.
 * Loading holds everything up, frames too, so it happens at a time that says nothing: so long after the
 * opening, whether there is work for it or not.
 */
import type { SessionPort } from '@tacet/client';
import { SESSION_AFTER } from './limits.ts';

export class LateSession {
  private readonly loaded = Promise.withResolvers<SessionPort>();
  private loading = false;

  /** Resolves when it is there; whoever asks changes nothing about when that is. */
  get(): Promise<SessionPort> {
    return this.loaded.promise;
  }

  /** A profile was opened. */
  soon(): void {
    setTimeout(() => void this.load(), SESSION_AFTER);
  }

  /** At once. What cannot be loaded ends the program, as an import at its start would. */
  async load(): Promise<SessionPort> {
    if (!this.loading) {
      this.loading = true;
      const { createLibsignalSession } = await import('@tacet/adapters/session-libsignal');
      this.loaded.resolve(createLibsignalSession());
    }
    return this.loaded.promise;
  }
}
