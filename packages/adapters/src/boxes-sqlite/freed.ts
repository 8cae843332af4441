/**
 * What the store's thread frees is overwritten (docs/decisions/0102), where it cannot be by who made
 * it: SQLite frees pages and values as they are, the engine numbers and small arrays.
 */
import { DatabaseSync } from 'node:sqlite';
import { runInNewContext } from 'node:vm';
import { LIMITS } from './limits.ts';

/**
 * After a database was closed: its pages are had again by one in memory that needs twice as many,
 * all of them zeros. About 2 ms.
 */
export function overwriteFreedPages(): void {
  const db = new DatabaseSync(':memory:');
  try {
    db.exec(`
      PRAGMA page_size = ${LIMITS.pageBytes};
      CREATE TABLE zeros(bytes BLOB NOT NULL) STRICT;
      INSERT INTO zeros VALUES(zeroblob(${2 * LIMITS.writeCacheKiB * 1_024}));`);
  } finally {
    db.close();
  }
}

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

let collect: Collect | undefined;

/** Where the host has the engine overwrite what it collects: collects all that is dead now. */
export function collectDead(): void {
  // The host may have said so after this thread had begun: then its own context has no such function.
  collect ??= runInNewContext('globalThis.gc') as Collect | undefined;
  collect?.({ type: 'major', flavor: 'last-resort' });
}
