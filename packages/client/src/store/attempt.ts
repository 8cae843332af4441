/**
 * Work that may fail because of what somebody sent, and then leaves nothing behind: not in the
 * store, and not in what is kept in memory of it (docs/spec/18-conversations.md, 8).
 */
import { isAppError } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';

/** What was thrown; wrapped, as anything can be. */
export interface Failure {
  readonly error: unknown;
}

/** Takes note of what is kept in memory; what it answers puts it back as the store has it. */
export type Remember = () => () => void;

const NOTHING: Remember = () => () => undefined;

export class Attempts {
  private readonly store: ProfileStore;
  private readonly remember: Remember;

  constructor(store: ProfileStore, remember: Remember = NOTHING) {
    this.store = store;
    this.remember = remember;
  }

  /**
   * In a transaction of its own, or in a savepoint of the one that is open. Null: it is saved.
   * Throws what the machine is to blame for: a disk that fails does no better a second time.
   */
  saved(work: () => void): Failure | null {
    return this.tried(() => this.store.transaction(work));
  }

  /** The same with work that has transactions of its own: those that ended well stay. */
  tried(work: () => unknown): Failure | null {
    const restore = this.remember();
    try {
      work();
      return null;
    } catch (error) {
      if (isOfMachine(error)) throw error;
      restore();
      return { error };
    }
  }
}

/** SQLite's words for a statement or a value that it does not take. */
const OF_STATEMENT = /^SQLITE_(ERROR|CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

/** Disk, memory or database failed, whatever was to be done. */
export function isOfMachine(error: unknown): boolean {
  if (isAppError(error)) return error.kind === 'storage';
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && code.startsWith('SQLITE_') && !OF_STATEMENT.test(code);
}
