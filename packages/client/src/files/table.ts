/** Rows of files and cells, typed. Every change happens inside the caller's transaction. */
import { AppError, type Millis } from '@tacet/base';
import { decodeCanonical, encodeCanonical, listOf, whole } from '../content/cbor.ts';
import type { CellPlace, ProfileStore, SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, numOrNull, text, textOrNull } from '../store/rows.ts';
import { BLOCK_BYTES, type Geometry, geometryOf } from './geometry.ts';
import type { PartRange } from './words.ts';

/**
 * Of a writer: `loading` (its bytes are being brought in), `offered`, `writing`, `written`. Of a reader:
 * `offered`, `wanted`. Ends: `here`, `declined`, `withdrawn`, `lost`, `damaged`.
 */
export type FileState =
  | 'loading'
  | 'offered'
  | 'writing'
  | 'written'
  | 'wanted'
  | 'here'
  | 'declined'
  | 'withdrawn'
  | 'lost'
  | 'damaged';

export interface FileRow {
  readonly id: number;
  readonly messageId: number | null;
  readonly contactId: number | null;
  readonly direction: 'in' | 'out';
  readonly contentId: Uint8Array | null;
  readonly state: FileState;
  readonly reason: string | null;
  readonly geometry: Geometry;
  readonly secret: Uint8Array | null;
  readonly key: Uint8Array;
  readonly tree: Uint8Array | null;
  readonly list: Uint8Array | null;
  readonly round: number;
  /** Null: the whole. */
  readonly ranges: readonly PartRange[] | null;
  /** Places of the round's course that were taken up. */
  readonly next: number;
  /** Of a reader: its writer said that the round is written. */
  readonly written: boolean;
  /** Parts that are done: of a writer in boxes, of a reader here. */
  readonly done: number;
  readonly movedAt: Millis;
}

/** Columns that change. */
export interface FileChange {
  readonly state?: FileState;
  readonly reason?: string | null;
  readonly secret?: null;
  readonly list?: Uint8Array;
  readonly round?: number;
  readonly ranges?: readonly PartRange[] | null;
  readonly next?: number;
  readonly written?: boolean;
  readonly done?: number;
}

/** Where the bytes of a block are. */
export interface BlockRead {
  readonly cell: number;
  readonly place: CellPlace;
  /** How many of its bytes are the file's, and how many it has in all. */
  readonly length: number;
  readonly size: number;
}

export class FileTable {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  get(id: number): FileRow | null {
    return fileRow(this.store.get('SELECT * FROM files WHERE id = ?', id));
  }

  ofMessage(messageId: number): FileRow | null {
    return fileRow(this.store.get('SELECT * FROM files WHERE message_id = ?', messageId));
  }

  ofContent(contactId: number, direction: 'in' | 'out', contentId: Uint8Array): FileRow | null {
    const sql = 'SELECT * FROM files WHERE contact_id = ? AND direction = ? AND content_id = ?';
    return fileRow(this.store.get(sql, contactId, direction, contentId));
  }

  /** In one of these states, the one with least left to do first. */
  inState(...states: readonly FileState[]): FileRow[] {
    const marks = states.map(() => '?').join(', ');
    return this.store
      .all(`SELECT * FROM files WHERE state IN (${marks}) ORDER BY size, id`, ...states)
      .flatMap((row) => fileRow(row) ?? []);
  }

  add(
    file: {
      readonly direction: 'in' | 'out';
      readonly state: FileState;
      readonly size: number;
      readonly secret: Uint8Array;
      readonly key: Uint8Array;
      readonly tree: Uint8Array | null;
    },
    now: Millis,
  ): number {
    const { direction, state, size, secret, key, tree } = file;
    return this.store.run(
      `INSERT INTO files (direction, state, size, secret, cell_key, tree, moved_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      direction,
      state,
      size,
      secret,
      key,
      tree,
      Math.floor(now),
    ).rowId;
  }

  /** The line it belongs to. */
  belongs(
    id: number,
    line: {
      readonly messageId: number;
      readonly contactId: number;
      readonly contentId: Uint8Array;
      readonly tree: Uint8Array;
    },
  ): void {
    const { messageId, contactId, contentId, tree } = line;
    this.store.run(
      'UPDATE files SET message_id = ?, contact_id = ?, content_id = ?, tree = ? WHERE id = ?',
      ...[messageId, contactId, contentId, tree, id],
    );
  }

  change(id: number, change: FileChange, now: Millis): void {
    const { ranges, written, ...plain } = change;
    const columns = new Map<string, number | string | Uint8Array | null>(Object.entries(plain));
    if (ranges !== undefined) columns.set('ranges', ranges === null ? null : encodeRanges(ranges));
    if (written !== undefined) columns.set('written', written ? 1 : 0);
    columns.set('moved_at', Math.floor(now));
    const sets = [...columns.keys()].map((name) => `${name} = ?`).join(', ');
    this.store.run(`UPDATE files SET ${sets} WHERE id = ?`, ...columns.values(), id);
  }

  remove(id: number): void {
    this.store.run('DELETE FROM files WHERE id = ?', id);
  }

  // Cells ----------------------------------------------------------------------------------

  /** The cell of a block: the one it has, or the lowest that is free. */
  cellFor(id: number, block: number): number {
    const had = this.cellOf(id, block);
    if (had !== null) return had.cell;
    const cell = this.lowestFree();
    this.store.run(
      'INSERT INTO file_cells (cell, file_id, block) VALUES (?, ?, ?)',
      ...[cell, id, block],
    );
    return cell;
  }

  cellOf(id: number, block: number): { readonly cell: number; readonly held: boolean } | null {
    const sql = 'SELECT cell, held FROM file_cells WHERE file_id = ? AND block = ?';
    const row = this.store.get(sql, id, block);
    return row === undefined ? null : { cell: num(row, 'cell'), held: num(row, 'held') === 1 };
  }

  /** Its bytes are on the disk. */
  held(id: number, block: number): void {
    this.store.run('UPDATE file_cells SET held = 1 WHERE file_id = ? AND block = ?', id, block);
  }

  heldBlocks(id: number): number {
    const sql = 'SELECT count(*) AS n FROM file_cells WHERE file_id = ? AND held = 1';
    const row = this.store.get(sql, id);
    return row === undefined ? 0 : num(row, 'n');
  }

  /** Null: it is not on the disk, or the file has no such block. */
  readOf(file: Pick<FileRow, 'id' | 'key' | 'geometry'>, block: number): BlockRead | null {
    const held = this.cellOf(file.id, block);
    const { size, blocks } = file.geometry;
    if (held?.held !== true || block >= blocks) return null;
    const length = Math.min(BLOCK_BYTES, size - block * BLOCK_BYTES);
    return { cell: held.cell, place: this.place(file, block), length, size };
  }

  place(file: Pick<FileRow, 'id' | 'key'>, block: number): CellPlace {
    return { key: file.key, file: file.id, block };
  }

  private lowestFree(): number {
    const row = this.store.get(
      `SELECT min(cell) AS cell FROM (
         SELECT 0 AS cell UNION ALL SELECT cell + 1 FROM file_cells UNION ALL SELECT cell + 1 FROM freed_cells
       ) WHERE cell NOT IN (SELECT cell FROM file_cells) AND cell NOT IN (SELECT cell FROM freed_cells)`,
    );
    if (row === undefined) throw new AppError('cell-none', 'bug', 'no free cell was found');
    return num(row, 'cell');
  }

  freed(most: number): number[] {
    return this.store
      .all('SELECT cell FROM freed_cells ORDER BY cell LIMIT ?', most)
      .map((row) => num(row, 'cell'));
  }

  overwritten(cells: readonly number[]): void {
    for (const cell of cells) this.store.run('DELETE FROM freed_cells WHERE cell = ?', cell);
  }

  // Parts of a reader ----------------------------------------------------------------------

  keepPart(id: number, part: number, data: Uint8Array): boolean {
    const { changes } = this.store.run(
      'INSERT INTO file_parts (file_id, part, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      ...[id, part, data],
    );
    return changes > 0;
  }

  countParts(id: number, from: number, to: number): number {
    const sql = 'SELECT count(*) AS n FROM file_parts WHERE file_id = ? AND part >= ? AND part < ?';
    const row = this.store.get(sql, id, from, to);
    return row === undefined ? 0 : num(row, 'n');
  }

  /** In order. */
  parts(id: number, from: number, to: number): Uint8Array[] {
    const sql =
      'SELECT data FROM file_parts WHERE file_id = ? AND part >= ? AND part < ? ORDER BY part';
    return this.store.all(sql, id, from, to).map((row) => blob(row, 'data'));
  }

  hasPart(id: number, part: number): boolean {
    const sql = 'SELECT 1 AS one FROM file_parts WHERE file_id = ? AND part = ?';
    return this.store.get(sql, id, part) !== undefined;
  }

  dropParts(id: number, from: number, to: number): void {
    const sql = 'DELETE FROM file_parts WHERE file_id = ? AND part >= ? AND part < ?';
    this.store.run(sql, id, from, to);
  }

  // Parts of a writer that no box took -----------------------------------------------------

  failPart(id: number, part: number): void {
    this.store.run('INSERT OR IGNORE INTO file_failed (file_id, part) VALUES (?, ?)', id, part);
  }

  takeFailed(id: number): number[] {
    const rows = this.store.all('SELECT part FROM file_failed WHERE file_id = ? ORDER BY part', id);
    this.store.run('DELETE FROM file_failed WHERE file_id = ?', id);
    return rows.map((row) => num(row, 'part'));
  }
}

function fileRow(row: SqlRow | undefined): FileRow | null {
  if (row === undefined) return null;
  const ranges = blobOrNull(row, 'ranges');
  return {
    id: num(row, 'id'),
    messageId: numOrNull(row, 'message_id'),
    contactId: numOrNull(row, 'contact_id'),
    direction: text(row, 'direction') === 'out' ? 'out' : 'in',
    contentId: blobOrNull(row, 'content_id'),
    state: text(row, 'state') as FileState,
    reason: textOrNull(row, 'reason'),
    geometry: geometryOf(num(row, 'size')),
    secret: blobOrNull(row, 'secret'),
    key: blob(row, 'cell_key'),
    tree: blobOrNull(row, 'tree'),
    list: blobOrNull(row, 'list'),
    round: num(row, 'round'),
    ranges: ranges === null ? null : decodeRanges(ranges),
    next: num(row, 'next'),
    written: num(row, 'written') === 1,
    done: num(row, 'done'),
    movedAt: num(row, 'moved_at'),
  };
}

function encodeRanges(ranges: readonly PartRange[]): Uint8Array {
  return encodeCanonical(ranges.map((range) => [...range]));
}

function decodeRanges(bytes: Uint8Array): PartRange[] {
  return listOf(decodeCanonical(bytes), 0, 1_000).map((range): PartRange => {
    const [from, to] = listOf(range, 2, 2);
    return [whole(from), whole(to)];
  });
}
