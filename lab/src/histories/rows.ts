/** When all is delivered and quiet a store holds no more than what it needs for what may still come. */
import type { ProfileStore } from '@tacet/client';

/**
 * Rows of each table in peace. What names nobody's text is bounded by the life of boxes: a stream's
 * secrets by its look-ahead and by what was passed over.
 */
const MOST: Readonly<Record<string, number>> = {
  notices: 0,
  // The newest lone receipts and their second copies.
  ciphertexts: 4,
  progress: 4,
  puts: 4,
  fragments: 0,
  controls: 2,
  received: 0,
  dead_letters: 100,
};

/** Tables that hold more, with how much. */
export function tooManyRows(store: ProfileStore): string[] {
  return Object.entries(MOST).flatMap(([table, most]) => {
    const rows = Number(store.get(`SELECT count(*) AS n FROM ${table}`)?.['n']);
    return rows > most ? [`${rows} rows of ${table}`] : [];
  });
}
