/** What SQLite and SQLCipher themselves say about an open database. */
import type { ProfileStore } from '@tacet/client';

/** Their findings: pages whose authentication fails, tables, indexes and references that do not fit. */
export function problemsOf(store: ProfileStore): string[] {
  // SQLCipher reads the data file alone, all of it.
  store.checkpoint();
  const pages = Number(store.get('PRAGMA page_count')?.['page_count']);
  const pragmas = ['cipher_integrity_check', 'quick_check', 'foreign_key_check'];
  return pragmas.flatMap((pragma) =>
    store
      .all(`PRAGMA ${pragma}`)
      .map((row) => String(Object.values(row)[0]))
      .filter((line) => line !== 'ok')
      // Behind the pages of the database are random bytes.
      .filter((line) => !(Number(/^HMAC .* page (\d+)$/.exec(line)?.[1]) > pages)),
  );
}
