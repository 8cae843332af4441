/**
 * Through which SOCKS server this profile reaches its network. Kept in the profile, so that a start
 * without the option does not go around it; what it means is the host's matter.
 */
import { fromUtf8, utf8 } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { readSetting, removeSetting, writeSetting } from '../store/settings.ts';

/** Empty for none. */
export function readSocks(store: ProfileStore): string {
  const value = readSetting(store, 'socks');
  return value === null ? '' : fromUtf8(value);
}

export function writeSocks(store: ProfileStore, server: string): void {
  store.transaction(() => {
    if (server === '') removeSetting(store, 'socks');
    else writeSetting(store, 'socks', utf8(server));
  });
}
