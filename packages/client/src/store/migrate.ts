/**
 * Numbered migrations of a profile's database (docs/spec/10-store.md, "Migrations"). The version
 * is SQLite's `user_version`: the number of migrations applied. It only ever goes up, one
 * transaction each; migrations are never edited or reordered once released.
 */
import { AppError } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';

/** The one at index n takes the database from version n to n + 1. */
export interface Migration {
  /** For people reading the list; stored nowhere. */
  readonly name: string;
  /** SQL text, or work over the store where SQL alone does not do. */
  readonly up: string | ((store: ProfileStore) => void);
}

export function schemaVersion(store: ProfileStore): number {
  const version = store.get('PRAGMA user_version')?.['user_version'];
  return typeof version === 'number' ? version : 0;
}

/**
 * Brings the database to `migrations.length`; returns the version it had. Throws `profile-newer`
 * when a later program wrote it, and leaves it as it is. A failing migration rolls back alone:
 * the versions before it stay applied.
 */
export function migrate(store: ProfileStore, migrations: readonly Migration[]): number {
  const from = schemaVersion(store);
  if (from > migrations.length) {
    throw new AppError(
      'profile-newer',
      'state',
      'a newer version of Tacet wrote this profile; update Tacet to open it',
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < from) continue;
    store.transaction(() => {
      if (typeof migration.up === 'string') store.exec(migration.up);
      else migration.up(store);
      // A pragma takes no parameters; index is a number of ours.
      store.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
  return from;
}
