/** An empty profile's tables, in memory. */
import { emptyProfile, MemoryStore } from '@tacet/testkit';

export function migratedStore(): MemoryStore {
  const store = new MemoryStore();
  store.restore(emptyProfile());
  return store;
}
