/** The tables of a profile without anything in them, as a copy of a `MemoryStore`. */
import { MIGRATIONS, migrate } from '@tacet/client';
import { MemoryStore } from './memory-store.ts';

let empty: Uint8Array | null = null;

/** Made once a process and put into each store, because the migrations take 20 ms each time. */
export function emptyProfile(): Uint8Array {
  if (empty === null) {
    const store = new MemoryStore();
    migrate(store, MIGRATIONS);
    empty = store.copy();
    store.close();
  }
  return empty;
}
