/** Looking a database over. Finding something changes nothing. */
import type { ProfileStore } from '@tacet/client';

export interface ProfileCheck {
  readonly ok: boolean;
  /** Lines of SQLite and SQLCipher: page numbers and table names, no content. */
  readonly problems: readonly string[];
}

const PROBLEMS_MAX = 20;

/**
 * `pages` verifies the authentication code of every page (80 ms for 35 MB); `full` also walks
 * every table and index (500 ms). Both are for the background, not for the start.
 */
export function checkProfile(store: ProfileStore, depth: 'pages' | 'full' = 'pages'): ProfileCheck {
  const problems = lines(store, 'PRAGMA cipher_integrity_check');
  if (depth === 'full') {
    problems.push(...lines(store, `PRAGMA quick_check(${PROBLEMS_MAX})`));
    problems.push(...lines(store, 'PRAGMA foreign_key_check').map(() => 'foreign key'));
  }
  const real = problems.filter((line) => line !== 'ok').slice(0, PROBLEMS_MAX);
  return { ok: real.length === 0, problems: real };
}

function lines(store: ProfileStore, pragma: string): string[] {
  try {
    return store.all(pragma).map((row) => String(Object.values(row)[0]));
  } catch {
    return ['unreadable'];
  }
}
