/**
 * Days of forms in which the database held more: the table of marks and lists of changes to it
 * (docs/decisions/0103), and what is left of erased records (docs/decisions/0105).
 */
import type { DatabaseSync } from 'node:sqlite';
import { CHUNK_BYTES, chunksFor, ENTRY_WORDS, Places } from './places.ts';

/** Versions with the table; the first of them without lists. */
export const TABLE_VERSIONS: readonly number[] = [2, 3];
/** The version with what is left of erased records and no table; those before have both. */
export const WITH_REMNANTS = 4;

const ID = 32;
const HASH = 32;

export interface Remnant {
  /** 8 bytes. */
  readonly mark: Uint8Array;
  /** Of the record, 32 bytes. */
  readonly hash: Uint8Array;
}

/** What such a database says; null when it lacks something. */
export function placesOfEarlier(db: DatabaseSync, version: number): Places | null {
  const size = Number(rows(db, 'SELECT places FROM size')[0]?.[0] ?? 0);
  const chunks = rows(db, 'SELECT marks FROM place ORDER BY chunk').map(([bytes]) => bytes);
  const changes =
    version === 2 ? [] : rows(db, 'SELECT places, entries FROM change ORDER BY number');
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

export const DROP_TABLE = `
  DROP TABLE IF EXISTS change; DROP TABLE place; DROP TABLE size;
`;

/** Null when a row is not what was written. A crash may have left rows of records that are there. */
export function remnantsOfEarlier(db: DatabaseSync): readonly Remnant[] | null {
  const remnants: Remnant[] = [];
  for (const [mark, left] of rows(db, 'SELECT mark, remnant FROM gone')) {
    if (!(mark instanceof Uint8Array) || mark.length !== 8) return null;
    if (!(left instanceof Uint8Array) || left.length !== ID + HASH) return null;
    remnants.push({ mark, hash: left.subarray(ID) });
  }
  return remnants;
}

export const DROP_REMNANTS = 'DROP TABLE gone;';

function rows(db: DatabaseSync, sql: string): unknown[][] {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement.all() as unknown as unknown[][];
}
