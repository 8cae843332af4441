/**
 * Rows of a damaged store, table by table, into a new one whose tables are there and empty of them
 * (docs/spec/20-recovery.md, 12): what its own pages hold first, then what only a rolling copy has.
 */
import type { ProfileStore } from '@tacet/client';
import type { DamagedStore, Pages } from './pages.ts';
import { fits, insert, type Root, rootsOf, type Table, tablesOf } from './tables.ts';
import { type Gap, type Row, TreeReader } from './tree.ts';

/** Row ids above `after`, up to `upTo`; null where that is not known, or there are none. */
export type Missing = Pick<Gap, 'after' | 'upTo'>;

/** What became of one table. */
export interface SalvagedTable {
  readonly name: string;
  /** Rows from the store's own pages, and those that only a copy had. */
  readonly own: number;
  readonly copied: number;
  /** Where its own rows were lost; empty for a table that is whole. */
  readonly missing: readonly Missing[];
}

export interface Loaded {
  readonly tables: readonly SalvagedTable[];
  /** Rows on pages that nothing leads to, of which nobody can say what they were. */
  readonly unplaced: number;
}

interface Loading {
  readonly table: Table;
  readonly gaps: Gap[];
  own: number;
  copied: number;
}

/** One transaction. */
export function loadRows(store: ProfileStore, damaged: DamagedStore): Loaded {
  return store.transaction(() => {
    const tables = tablesOf(store);
    for (const { name } of tables) store.run(`DELETE FROM "${name}"`);
    const copies = damaged.earlier.map((pages) => ({ pages, roots: rootsOf(pages) }));
    const roots = withCopied(rootsOf(damaged), copies);
    const reader = new TreeReader(damaged);
    // The list of tables itself.
    reader.walk(1, 'table', { row: () => {}, gap: () => {} });
    const all = tables.map((table) => loadOwn(store, reader, roots, table));
    const unplaced = loadStray(store, damaged, { reader, roots, copies }, all);
    for (const one of all) loadCopied(store, copies, one);
    for (const { pages, roots: own } of [{ pages: damaged, roots }, ...copies]) {
      keepSequences(store, pages, own);
    }
    return {
      tables: all.map(({ table, own, copied, gaps }) => ({
        name: table.name,
        own,
        copied,
        missing: gaps.map(({ after, upTo }) => ({ after, upTo })),
      })),
      unplaced,
    };
  });
}

interface Copy {
  readonly pages: Pages;
  readonly roots: ReadonlyMap<string, Root>;
}

interface Ways {
  readonly reader: TreeReader;
  readonly roots: ReadonlyMap<string, Root>;
  readonly copies: readonly Copy[];
}

/** Where a tree begins changes with a new version of the program only: a copy says it as well. */
function withCopied(own: Map<string, Root>, copies: readonly Copy[]): Map<string, Root> {
  for (const { roots } of copies) {
    for (const [name, root] of roots) if (!own.has(name)) own.set(name, root);
  }
  return own;
}

function loadOwn(
  store: ProfileStore,
  reader: TreeReader,
  roots: ReadonlyMap<string, Root>,
  table: Table,
): Loading {
  const loading: Loading = { table, gaps: [], own: 0, copied: 0 };
  const place = roots.get(table.name);
  if (place === undefined) {
    loading.gaps.push({ page: 0, after: null, upTo: null });
    return loading;
  }
  reader.walk(place.root, table.kind, {
    row(row) {
      if (insert(store, table, row)) loading.own += 1;
    },
    gap: (gap) => void loading.gaps.push(gap),
  });
  return loading;
}

/**
 * Pages whose way is damaged, or leads elsewhere since a page of an earlier day was put there. Freed ones hold
 * zeros, and are none.
 */
function loadStray(
  store: ProfileStore,
  damaged: DamagedStore,
  { reader, roots, copies }: Ways,
  all: readonly Loading[],
): number {
  const known = new Set(all.map(({ table }) => table.name));
  // Of what else there is, indexes above all, pages may be astray as well.
  const others = new Set<string>();
  for (const [name, { root, kind }] of roots) {
    if (!known.has(name))
      reader.walk(root, kind, { row: () => {}, gap: () => void others.add(kind) });
  }
  let ownersThen: Map<number, string>[] | null = null;
  let unplaced = 0;
  for (let number = 1; number <= damaged.count; number++) {
    if (reader.reached.has(number)) continue;
    const rows = [...reader.stray(number, 'table'), ...reader.stray(number, 'index')];
    if (rows.length === 0) continue;
    const like = all.filter(({ table }) => rows.every((row) => fits(table, row)));
    if (like.length === 0) continue;
    const missing = like.filter(({ gaps }) => rows.every((row) => isMissing(gaps, row)));
    ownersThen ??= copies.map((copy) => ownersOf(copy, all));
    const then = ownersThen.map((owners) => owners.get(number)).find((name) => name !== undefined);
    const [only, more] = missing;
    const sure = more === undefined && only !== undefined && !others.has(only.table.kind);
    const owner = sure ? only : like.find(({ table }) => table.name === then);
    if (owner === undefined) {
      unplaced += rows.length;
      continue;
    }
    for (const row of rows) if (insert(store, owner.table, row)) owner.own += 1;
  }
  return unplaced;
}

/** Which of these tables each page was of when the copy was made. */
function ownersOf({ pages, roots }: Copy, wanting: readonly Loading[]): Map<number, string> {
  const owners = new Map<number, string>();
  for (const { table } of wanting) {
    const place = roots.get(table.name);
    if (place === undefined) continue;
    const reader = new TreeReader(pages);
    reader.walk(place.root, table.kind, { row: () => {}, gap: () => {} });
    for (const number of reader.reached) owners.set(number, table.name);
  }
  return owners;
}

function loadCopied(store: ProfileStore, copies: readonly Copy[], loading: Loading): void {
  const { table, gaps } = loading;
  if (gaps.length === 0) return;
  for (const { pages, roots } of copies) {
    const place = roots.get(table.name);
    if (place === undefined) continue;
    let whole = true;
    new TreeReader(pages).walk(place.root, table.kind, {
      row(row) {
        if (isMissing(gaps, row) && insert(store, table, row)) loading.copied += 1;
      },
      gap() {
        whole = false;
      },
    });
    // An older one would only bring back what was deleted before this one.
    if (whole) return;
  }
}

function isMissing(gaps: readonly Gap[], { rowid }: Row): boolean {
  if (rowid === null) return true;
  return gaps.some(
    ({ after, upTo }) => (after === null || rowid > after) && (upTo === null || rowid <= upTo),
  );
}

/** Numbers given out once are not given again. */
function keepSequences(store: ProfileStore, pages: Pages, roots: ReadonlyMap<string, Root>): void {
  const place = roots.get('sqlite_sequence');
  if (place === undefined) return;
  const row = ({ values: [name, seq] }: Row): void => {
    if (typeof name !== 'string' || typeof seq !== 'number') return;
    const known = store.get('SELECT 1 AS one FROM sqlite_sequence WHERE name = ?', name);
    if (known === undefined) {
      store.run('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', name, seq);
    } else {
      store.run('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?', seq, name);
    }
  };
  new TreeReader(pages).walk(place.root, 'table', { row, gap: () => {} });
}
