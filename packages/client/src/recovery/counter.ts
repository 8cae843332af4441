/**
 * The restore counter of this profile's daemon (docs/spec/20-recovery.md, 9): of two daemons of one
 * profile the higher goes on. 0 for one that never began anew.
 */
import { ByteReader, ByteWriter, type Millis, SECOND } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { readSetting, writeSetting } from '../store/settings.ts';

export function restoreCounter(store: ProfileStore): number {
  const saved = readSetting(store, 'restore-counter');
  return saved === null ? 0 : new ByteReader(saved, 'restore counter').u64();
}

/**
 * The second of the network's time, and more than any that is known. In a transaction.
 * @param known of another daemon of this profile
 */
export function takeCounter(store: ProfileStore, known: number, networkNow: Millis): number {
  const least = Math.max(restoreCounter(store), known) + 1;
  const counter = Math.max(least, Math.floor(networkNow / SECOND));
  writeSetting(store, 'restore-counter', new ByteWriter(8).u64(counter).bytes);
  return counter;
}
