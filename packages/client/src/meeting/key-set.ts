/**
 * The guest's key set arrives in the stream and must match the hash of its first words
 * (docs/spec/09-meeting.md, 1).
 */
import { equalBytes } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { blobOrNull } from '../store/rows.ts';
import { keySetHash } from './boxes.ts';

/** Saves the keys; an error code when they do not match. In a transaction. */
export function onKeySet(
  store: ProfileStore,
  contactId: number,
  keys: { readonly ed25519: Uint8Array; readonly mldsa65: Uint8Array },
): 'key-set-mismatch' | null {
  const row = store.get('SELECT identity_key, key_set_hash FROM contacts WHERE id = ?', contactId);
  const identityKey = row === undefined ? null : blobOrNull(row, 'identity_key');
  const expected = row === undefined ? null : blobOrNull(row, 'key_set_hash');
  if (identityKey === null || expected === null) return 'key-set-mismatch';
  if (!equalBytes(keySetHash(identityKey, keys.ed25519, keys.mldsa65), expected)) {
    return 'key-set-mismatch';
  }
  store.run(
    'UPDATE contacts SET ed25519 = ?, mldsa65 = ? WHERE id = ?',
    keys.ed25519,
    keys.mldsa65,
    contactId,
  );
  return null;
}
