/** Days of the form in which the database held the table of marks too, and lists of changes to it. */
import type { DatabaseSync } from 'node:sqlite';
import { CHUNK_BYTES, chunksFor, ENTRY_WORDS, Places } from './places.ts';

/** The version of that form, and of the one before, without lists. */
export const EARLIER_VERSIONS: readonly number[] = [2, 3];

/** What such a database says; null when it lacks something. */
export function placesOfEarlier(db: DatabaseSync, version: number): Places | null {
  const rows = (sql: string): unknown[][] => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all() as unknown as unknown[][];
  };
  const size = Number(rows('SELECT places FROM size')[0]?.[0] ?? 0);
  const chunks = rows('SELECT marks FROM place ORDER BY chunk').map(([bytes]) => bytes);
  const changes = version === 2 ? [] : rows('SELECT places, entries FROM change ORDER BY number');
  const table = new Uint8Array(chunks.length * CHUNK_BYTES);
  if (chunks.length !== chunksFor(size)) return null;
  for (const [i, chunk] of chunks.entries()) {
    if (!(chunk instanceof Uint8Array) || chunk.length !== CHUNK_BYTES) return null;
    table.set(chunk, i * CHUNK_BYTES);
  }
  const lists: Int32Array[] = [];
  for (const [, entries] of changes) {
    if (!(entries instanceof Uint8Array) || entries.length % (4 * ENTRY_WORDS) !== 0) return null;
    lists.push(new Int32Array(entries.slice().buffer));
  }
  return Places.load(0, table, lists, Number(changes.at(-1)?.[0] ?? size));
}

export const DROP_EARLIER = `
  DROP TABLE IF EXISTS change; DROP TABLE place; DROP TABLE size;
`;
