/** A store with all tables and no rows, copied from one that was made once: its many migrations take longer than the copy. */
import { openMemoryProfile } from '@tacet/adapters/profiles-sqlcipher';
import { MIGRATIONS, migrate, type ProfileStore } from '@tacet/client';
import { copyStore } from './copy-store.ts';

let template: ProfileStore | null = null;

export function emptyStore(): ProfileStore {
  if (template === null) {
    template = openMemoryProfile();
    migrate(template, MIGRATIONS);
  }
  return copyStore(template);
}
