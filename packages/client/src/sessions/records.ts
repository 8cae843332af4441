/**
 * The ratchet's records as one identity of the profile sees them: `identity` is that identity's own
 * key (docs/spec/08-sessions.md, 4). All else is apart by itself: peers are contacts, each met by
 * one identity, and prekey ids are random.
 */
import type { ProfileStore, SessionRecords } from '../ports.ts';
import { blob, num, numOrNull } from '../store/rows.ts';

/** The record of an identity's key; null: the profile's own. */
export function identityRecord(id: number | null): string {
  return id === null ? 'identity' : `identity/${id}`;
}

/** @param identity null: the profile's own, and what only has another name for its keys */
export function sessionRecords(
  store: ProfileStore,
  identity: number | null = null,
): SessionRecords {
  return {
    get(key) {
      const name = key === identityRecord(null) ? identityRecord(identity) : key;
      const row = store.get('SELECT value FROM session_records WHERE name = ?', name);
      return row === undefined ? null : blob(row, 'value');
    },
  };
}

/** The same as they will be when `made` is saved. No identity key is ever in it. */
export function written(
  records: SessionRecords,
  made: ReadonlyMap<string, Uint8Array | null>,
): SessionRecords {
  return {
    get(key) {
      const value = made.get(key);
      return value === undefined ? records.get(key) : value;
    },
  };
}

/** Of this identity the ratchet needs this record: null where it shares the profile's keys. */
export function keysOf(store: ProfileStore, identity: number | null): number | null {
  if (identity === null) return null;
  const row = store.get('SELECT own_keys FROM identities WHERE id = ?', identity);
  return row !== undefined && num(row, 'own_keys') === 1 ? identity : null;
}

export function identityOfContact(store: ProfileStore, contactId: number): number | null {
  const row = store.get('SELECT identity_id FROM contacts WHERE id = ?', contactId);
  return row === undefined ? null : numOrNull(row, 'identity_id');
}
