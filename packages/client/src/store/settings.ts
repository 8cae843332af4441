/** Small named values of a profile: keys, card, guard edge, level. */
import type { ProfileStore } from '../ports.ts';
import { blob } from './rows.ts';

export type Setting =
  | 'profile-name'
  | 'identity-key'
  | 'signing-seed'
  | 'root-secret'
  | 'key-set-hash'
  | 'network-card'
  | 'echo-address'
  /** Of daemons of one profile the higher goes on: 8 bytes. */
  | 'restore-counter'
  | 'guards'
  | 'socks'
  /** Minutes after which windows lock by themselves. */
  | 'lock-after'
  | 'resume'
  | 'level'
  /** A level chosen and not begun; how long the line stays as it was; periods of use. */
  | 'level-next'
  | 'level-trail'
  | 'in-use'
  /** The block of Transfer under way: when it began, when it ends. */
  | 'transfer'
  | 'last-digest'
  /** Highest ids that were deleted; see `ids.ts`. */
  | 'last-contact'
  | 'last-message'
  | 'last-letter';

export function readSetting(store: ProfileStore, name: Setting): Uint8Array | null {
  const row = store.get('SELECT value FROM settings WHERE name = ?', name);
  return row === undefined ? null : blob(row, 'value');
}

export function writeSetting(store: ProfileStore, name: Setting, value: Uint8Array): void {
  store.run(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  );
}

export function removeSetting(store: ProfileStore, name: Setting): void {
  store.run('DELETE FROM settings WHERE name = ?', name);
}
