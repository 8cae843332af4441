/**
 * Keys of people who were blocked (docs/spec/16-addresses.md, 5): their requests are dropped
 * unseen, and nothing they answer is taken.
 */
import type { Millis } from '@tacet/base';
import { MAX_BLOCKED_KEYS } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';

export class Blocklist {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  /** @param identityKey where it is known: a key-set hash alone is only a claim */
  has(keySetHash: Uint8Array, identityKey: Uint8Array | null): boolean {
    const found = this.store.get(
      'SELECT 1 AS one FROM blocked_keys WHERE key_set_hash = ? OR identity_key = ? LIMIT 1',
      keySetHash,
      identityKey,
    );
    return found !== undefined;
  }

  /** In a transaction. */
  add(keySetHash: Uint8Array, identityKey: Uint8Array | null, now: Millis): void {
    this.store.run(
      `INSERT INTO blocked_keys (key_set_hash, identity_key, at) VALUES (?, ?, ?)
       ON CONFLICT (key_set_hash) DO UPDATE SET identity_key = coalesce(excluded.identity_key, identity_key)`,
      keySetHash,
      identityKey,
      Math.floor(now),
    );
    this.store.run(
      `DELETE FROM blocked_keys WHERE rowid NOT IN
         (SELECT rowid FROM blocked_keys ORDER BY at DESC, rowid DESC LIMIT ?)`,
      MAX_BLOCKED_KEYS,
    );
  }

  /** In a transaction. */
  remove(keySetHash: Uint8Array): void {
    this.store.run('DELETE FROM blocked_keys WHERE key_set_hash = ?', keySetHash);
  }
}
