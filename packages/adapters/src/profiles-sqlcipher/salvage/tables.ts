/** Tables as a new store has them, and rows of a damaged one put into them. */
import { isAppError } from '@tacet/base';
import type { ProfileStore, SqlValue } from '@tacet/client';
import { isStorageFault } from '../errors.ts';
import type { Pages } from './pages.ts';
import { type Row, type TreeKind, TreeReader } from './tree.ts';

/** A table that rows are put into. */
export interface Table {
  readonly name: string;
  /** `index`: without row ids. */
  readonly kind: TreeKind;
  /** In the order of a record. */
  readonly columns: readonly Column[];
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly needed: boolean;
  /** The row id itself: NULL in a record. */
  readonly isRowid: boolean;
}

/** Of a tree: a table's or an index's. */
export interface Root {
  readonly root: number;
  readonly kind: TreeKind;
}

/** Those with rows of their own: not what a search index keeps, which is made anew. */
export function tablesOf(store: ProfileStore): Table[] {
  return store
    .all("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    .map(
      (row) => ({ name: String(row['name']), kind: row['wr'] === 1 ? 'index' : 'table' }) as const,
    )
    .filter(({ name }) => !name.startsWith('sqlite_'))
    .map(({ name, kind }) => ({ name, kind, columns: columnsOf(store, name, kind) }));
}

function columnsOf(store: ProfileStore, table: string, kind: TreeKind): Column[] {
  const rows = store.all('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', table);
  const keys = rows.filter((row) => row['pk'] !== 0);
  const columns = rows.map((row) => ({
    place: Number(row['pk']),
    name: String(row['name']),
    type: String(row['type']).toUpperCase(),
    needed: row['notnull'] === 1,
    isRowid:
      kind === 'table' && keys.length === 1 && row['pk'] === 1 && String(row['type']) === 'INTEGER',
  }));
  if (kind === 'table') return columns;
  // Of a table without row ids a record has the key first.
  const key = columns.filter(({ place }) => place > 0).sort((a, b) => a.place - b.place);
  return [...key, ...columns.filter(({ place }) => place === 0)];
}

/** Trees by the name of their table or index; what cannot be read is not there. */
export function rootsOf(pages: Pages): Map<string, Root> {
  const roots = new Map<string, Root>();
  const row = ({ values: [type, name, , root, sql] }: Row): void => {
    if (typeof name !== 'string' || typeof root !== 'number' || root === 0) return;
    const rowless = typeof sql === 'string' && /\)[^)]*WITHOUT\s+ROWID[^)]*$/i.test(sql);
    roots.set(name, { root, kind: type === 'index' || rowless ? 'index' : 'table' });
  };
  new TreeReader(pages).walk(1, 'table', { row, gap: () => {} });
  return roots;
}

/** Whether a row could be of this table. */
export function fits({ columns, kind }: Table, { rowid, values }: Row): boolean {
  if ((rowid === null) !== (kind === 'index') || values.length > columns.length) return false;
  return columns.every((column, n) => {
    const value = values[n];
    if (value === undefined) return true;
    if (value === null) return column.isRowid || !column.needed;
    if (typeof value === 'string') return column.type !== 'INTEGER' && column.type !== 'BLOB';
    if (typeof value === 'number') return column.type !== 'TEXT' && column.type !== 'BLOB';
    return column.type !== 'INTEGER' && column.type !== 'TEXT';
  });
}

/** False where its key is there already, or the table does not take it. Throws what the disk says. */
export function insert(store: ProfileStore, table: Table, { rowid, values }: Row): boolean {
  const names: string[] = [];
  const given: SqlValue[] = [];
  // A record of before a column was added does not have it: its default counts.
  for (const [n, { name, isRowid }] of table.columns.slice(0, values.length).entries()) {
    names.push(`"${name}"`);
    given.push(isRowid ? rowid : (values[n] ?? null));
  }
  if (rowid !== null && !table.columns.some(({ isRowid }) => isRowid)) {
    names.push('rowid');
    given.push(rowid);
  }
  const marks = names.map(() => '?').join(', ');
  const sql = `INSERT OR IGNORE INTO "${table.name}" (${names.join(', ')}) VALUES (${marks})`;
  try {
    return store.run(sql, ...given).changes > 0;
  } catch (error) {
    if (isAppError(error) || isStorageFault(error)) throw error;
    return false;
  }
}

/**
 * What refers to rows that are gone goes, too, or forgets them, as each reference says. Returns how many rows
 * went, by table.
 */
export function keepReferences(store: ProfileStore, tables: readonly Table[]): Map<string, number> {
  const gone = new Map<string, number>();
  const references = tables.flatMap((table) => referencesOf(store, table.name));
  for (let changed = true; changed; ) {
    changed = false;
    for (const { table, hanging, columns, forget } of references) {
      const sql = forget
        ? `UPDATE "${table}" SET ${columns.map((name) => `"${name}" = NULL`).join(', ')} WHERE ${hanging}`
        : `DELETE FROM "${table}" WHERE ${hanging}`;
      const { changes } = store.run(sql);
      if (changes === 0) continue;
      changed = true;
      if (!forget) gone.set(table, (gone.get(table) ?? 0) + changes);
    }
  }
  return gone;
}

function referencesOf(store: ProfileStore, table: string) {
  const rows = store.all(
    'SELECT id, "table" AS parent, "from" AS child, "to" AS key, on_delete FROM pragma_foreign_key_list(?)',
    table,
  );
  return [...new Set(rows.map(({ id }) => id))].map((id) => {
    const own = rows.filter((row) => row['id'] === id);
    const columns = own.map(({ child }) => String(child));
    const set = columns.map((name) => `"${table}"."${name}" IS NOT NULL`).join(' AND ');
    const same = own
      .map(({ child, key }) => `p."${key ?? child}" = "${table}"."${child}"`)
      .join(' AND ');
    const parent = String(own[0]?.['parent']);
    const hanging = `${set} AND NOT EXISTS (SELECT 1 FROM "${parent}" p WHERE ${same})`;
    return { table, columns, hanging, forget: own[0]?.['on_delete'] === 'SET NULL' };
  });
}
