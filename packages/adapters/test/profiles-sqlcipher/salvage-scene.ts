/** A store whose every row names itself on each page it stands on, and damage to it. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileStore } from '@tacet/client';
import { readablePages } from '@tacet/testkit/sqlcipher-pages';
import {
  createProfile,
  type OpenProfile,
  openProfile,
} from '../../src/profiles-sqlcipher/index.ts';
import { type Salvaged, salvageProfile } from '../../src/profiles-sqlcipher/recovered.ts';
import { problemsOf } from './reference.ts';
import { keyOf, options, tend } from './rolling-scene.ts';
import { digest } from './support.ts';

export const PAGE = 4_096;
const VERSION = 3;

const TABLES = `
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE lines (
  id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER REFERENCES people(id) ON DELETE CASCADE,
  text TEXT NOT NULL
);
ALTER TABLE lines ADD COLUMN number INTEGER NOT NULL DEFAULT 7;
CREATE INDEX lines_by_person ON lines (person, number);
CREATE TABLE large (n INTEGER PRIMARY KEY, v TEXT NOT NULL) STRICT;
CREATE TABLE pairs (v TEXT NOT NULL, b INTEGER NOT NULL, a TEXT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE counted (n INTEGER NOT NULL);
CREATE TRIGGER counting AFTER DELETE ON lines BEGIN INSERT INTO counted VALUES (old.id); END;
`;

const name = (kind: string, n: number) => `${kind}-${String(n).padStart(5, '0')};`;

export function makeTables(store: ProfileStore): void {
  store.exec(TABLES);
  store.exec(`PRAGMA user_version = ${VERSION}`);
}

export function addRows({ store }: OpenProfile, from: number, to: number): void {
  store.transaction(() => {
    for (let n = from; n < to; n++) {
      const long = name('l', n).repeat(7 + (n % 5));
      store.run('INSERT INTO lines (id, person, text) VALUES (?, ?, ?)', n + 1, 1 + (n % 3), long);
      if (n % 2 === 0) {
        const [a, b] = [`key ${(n * 7_919) % 1_000}`, n];
        store.run('INSERT INTO pairs (v, b, a) VALUES (?, ?, ?)', name('p', n).repeat(6), b, a);
      }
      if (n % 40 === 0) store.run('INSERT INTO large VALUES (?, ?)', n, name('b', n).repeat(1_300));
    }
  });
}

/** Made and closed, its data file without what stands behind the pages. */
export interface Scene {
  readonly dir: string;
  readonly key: Uint8Array;
  readonly data: Buffer;
  readonly rows: ReadonlyMap<string, string>;
  readonly pages: number;
}

/** @param copies makes rolling copies after so many rows, at these moments */
export async function makeScene(
  dir: string,
  rows: number,
  copies: readonly (readonly [rows: number, at: number])[] = [],
): Promise<Scene> {
  const profile = await createProfile({ ...options(dir), slot: 2 });
  makeTables(profile.store);
  for (let n = 1; n <= 3; n++) {
    profile.store.run('INSERT INTO people VALUES (?, ?)', n, name('h', n).repeat(3));
  }
  let done = 0;
  for (const [upTo, at] of copies) {
    addRows(profile, done, upTo);
    done = upTo;
    await tend(profile, at);
  }
  addRows(profile, done, rows);
  // Pages that are free again.
  profile.store.run('DELETE FROM large WHERE n % 200 = 80');
  return await finish(dir, profile);
}

export async function finish(dir: string, profile: OpenProfile): Promise<Scene> {
  const key = await keyOf(profile);
  const all = rowsOf(profile.store);
  const pages = Number(profile.store.get('PRAGMA page_count')?.['page_count']);
  profile.close();
  const data = readFileSync(dataOf(dir)).subarray(0, pages * PAGE);
  return { dir, key, data, rows: all, pages };
}

export const dataOf = (dir: string) => join(dir, 'vault/2.data');

/** Every row by its name, as text. */
export function rowsOf(store: ProfileStore): Map<string, string> {
  const rows = new Map<string, string>();
  for (const table of ['people', 'lines', 'large', 'pairs']) {
    for (const row of store.all(`SELECT * FROM ${table}`)) {
      const text = JSON.stringify(row);
      if (row['name'] === 'lost') continue;
      const id = /([hlbp]-\d{5});/.exec(text)?.[1];
      assert.ok(id !== undefined && !rows.has(id), text);
      rows.set(id, text);
    }
  }
  return rows;
}

/** Names of rows that stand on each page, from 1: of tables, as no index has them. */
export function namesByPage(dir: string, key: Uint8Array): Set<string>[] {
  const { data } = readablePages(dataOf(dir), key);
  const used = [
    PAGE - 16 - 80,
    ...new Array(Math.floor(data.length / (PAGE - 80))).fill(PAGE - 80),
  ];
  const pages: Set<string>[] = [new Set()];
  let at = 0;
  for (const length of used) {
    const text = data.toString('latin1', at, at + length);
    // A name may be cut by the page's end.
    const cut = [...text.matchAll(/([hlbp]-\d{5});/g)].map(([, id]) => String(id));
    pages.push(new Set(cut));
    at += length;
  }
  return pages;
}

export interface Outcome {
  readonly salvaged: Salvaged;
  readonly rows: Map<string, string>;
  readonly store: OpenProfile;
}

let made = 0;

/** A damaged twin is salvaged: nothing of it changed, and what came of it is whole. */
export async function salvage(
  scene: Scene,
  damage: (dir: string) => void,
): Promise<{ readonly salvaged: Salvaged; readonly rows: Map<string, string> }> {
  const [from, to] = [`${scene.dir}-d${made}`, `${scene.dir}-s${made++}`];
  cpSync(scene.dir, from, { recursive: true });
  try {
    damage(from);
    const before = digest(from);
    const salvaged = await salvageTo(from, to);
    assert.equal(digest(from), before, 'nothing of the damaged one changed');
    const profile = await openProfile(options(to, 'new'));
    await profile.checked();
    assert.deepEqual(problemsOf(profile.store), []);
    assert.deepEqual(profile.store.all('PRAGMA foreign_key_check'), []);
    assert.deepEqual(profile.store.get('SELECT count(*) AS n FROM counted'), { n: 0 });
    const triggers = profile.store.all("SELECT name FROM sqlite_schema WHERE type = 'trigger'");
    assert.deepEqual(triggers, [{ name: 'counting' }]);
    const rows = rowsOf(profile.store);
    profile.close();
    return { salvaged, rows };
  } finally {
    for (const dir of [from, to]) rmSync(dir, { recursive: true, force: true });
  }
}

export function salvageTo(from: string, to: string): Promise<Salvaged> {
  const { cost, first } = options('');
  return salvageProfile({
    from: options(from),
    to: options(to, 'new'),
    cost,
    first,
    tables: makeTables,
    // As the client does for conversations whose contact is lost.
    mend: (store) =>
      store.exec("INSERT OR IGNORE INTO people SELECT DISTINCT person, 'lost' FROM lines"),
    prepare: () => {},
  });
}

/** Deleted behind the copies: where damage is, nothing says so any more. */
const mayComeBack = (id: string) => id.startsWith('b-') && Number(id.slice(2)) % 200 === 80;

/**
 * What is missing of what was there; the rest is as it was.
 * @param strange rows that may be otherwise
 */
export function lossOf(
  scene: Scene,
  rows: ReadonlyMap<string, string>,
  strange: (id: string) => boolean = mayComeBack,
): string[] {
  for (const [id, text] of rows) {
    const same = text === scene.rows.get(id);
    assert.ok(same || strange(id), `${id} is as it was`);
  }
  return [...scene.rows.keys()].filter((id) => !rows.has(id));
}

export const overPage = (page: number, bytes: Uint8Array) => (dir: string) => {
  const data = readFileSync(dataOf(dir));
  data.set(bytes, (page - 1) * PAGE);
  writeFileSync(dataOf(dir), data);
};
