/** A second store with the same rows: what copying a profile's file gives. */
import { openMemoryProfile } from '@tacet/adapters/profiles-sqlcipher';
import type { ProfileStore, SqlRow, SqlValue } from '@tacet/client';

export function copyStore(from: ProfileStore): ProfileStore {
  const to = openMemoryProfile();
  const made = from.all(
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'table' DESC",
  );
  const schema = made.filter(({ name }) => !String(name).startsWith('sqlite_'));
  const indexes = schema.filter(({ sql }) => String(sql).startsWith('CREATE VIRTUAL'));
  /** Tables that a search index keeps for itself: made with it. */
  const isInner = ({ type, name }: SqlRow): boolean =>
    type === 'table' && indexes.some((index) => String(name).startsWith(`${index['name']}_`));
  to.exec('PRAGMA foreign_keys = OFF');
  to.transaction(() => {
    for (const one of schema) if (!isInner(one)) to.exec(String(one['sql']));
    const tables = schema
      .filter((one) => one['type'] === 'table' && !indexes.includes(one))
      .map(({ name }) => String(name));
    for (const table of [...tables, 'sqlite_sequence']) {
      for (const row of from.all(`SELECT * FROM ${table}`)) {
        const columns = Object.keys(row);
        to.run(
          `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          ...columns.map((column) => row[column] as SqlValue),
        );
      }
    }
    // A copied row is none of an index's options: it has read them already, and wants whole numbers, which a
    // number bound to a statement is not.
    for (const { name, sql } of indexes) {
      if (!/USING fts5\s*\(/i.test(String(sql))) continue;
      for (const { k, v } of from.all(`SELECT k, v FROM ${name}_config WHERE k <> 'version'`)) {
        to.exec(`INSERT INTO ${name} (${name}, rank) VALUES ('${String(k)}', ${Number(v)})`);
      }
    }
    to.exec(`PRAGMA user_version = ${Number(from.get('PRAGMA user_version')?.['user_version'])}`);
  });
  to.exec('PRAGMA foreign_keys = ON');
  return to;
}
