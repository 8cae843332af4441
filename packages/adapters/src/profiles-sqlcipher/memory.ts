import { Database } from '@signalapp/sqlcipher';
/** A database that lives as long as the process: tests and the simulator. */
import type { ProfileStore } from '@tacet/client';
import { configure, SqlcipherStore } from './store.ts';

export function openMemoryProfile(): ProfileStore {
  const database = new Database(':memory:');
  configure(database);
  return new SqlcipherStore(database);
}
