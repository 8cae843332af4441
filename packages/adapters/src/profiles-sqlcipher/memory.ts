/** A database that lives as long as the process: tests and the simulator. */
import type { ProfileStore } from '@tacet/client';
import { openMemoryDatabase } from './database.ts';
import { SqlcipherStore } from './store.ts';

export function openMemoryProfile(): ProfileStore {
  return new SqlcipherStore(openMemoryDatabase());
}
