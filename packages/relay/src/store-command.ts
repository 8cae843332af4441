/** Carries one command of a machine to a store and brings back the result; never rejects. */
import type { BoxStore, StoreCommand, StoreResult } from './ports.ts';

export async function runStoreCommand(
  store: BoxStore,
  command: StoreCommand,
): Promise<StoreResult> {
  try {
    switch (command.kind) {
      case 'put':
        return { kind: 'put', result: await store.put(command.box) };
      case 'get':
        return { kind: 'get', records: await store.get(command.marks) };
      case 'tombstone':
        await store.tombstone(command.mark, command.id, command.effectDay);
        return { kind: 'tombstone' };
      case 'expire':
        await store.expire(command.today);
        return { kind: 'expire' };
      case 'count':
        return { kind: 'count', count: await store.count() };
    }
  } catch {
    return { kind: 'failed' };
  }
}
