/** What SQLite and SQLCipher themselves say about an open database. */
import type { ProfileStore } from '@tacet/client';

/** Their findings: pages whose authentication fails, tables, indexes and references that do not fit. */
export function problemsOf(store: ProfileStore): string[] {
  const pragmas = ['cipher_integrity_check', 'quick_check', 'foreign_key_check'];
  return pragmas.flatMap((pragma) =>
    store
      .all(`PRAGMA ${pragma}`)
      .map((row) => String(Object.values(row)[0]))
      .filter((line) => line !== 'ok'),
  );
}
