/** What a contact's new keys do to the contact (docs/spec/15-trust.md, 5). */
import { equalBytes, type Millis } from '@tacet/base';
import { blobOrNull, num } from '../store/rows.ts';
import type { TrustDeps } from './deps.ts';
import { acceptsChange, type KeyChange } from './key-change.ts';
import { followInLines } from './lines.ts';

export class NewKeys {
  private readonly d: TrustDeps;

  constructor(deps: TrustDeps) {
    this.d = deps;
  }

  /** In the transaction that saved the envelope. */
  onStatement(contactId: number, change: KeyChange, now: Millis): void {
    const row = this.d.contacts.row(contactId);
    const [before, ed25519, mldsa65] = [
      blobOrNull(row, 'key_set_hash'),
      blobOrNull(row, 'ed25519'),
      blobOrNull(row, 'mldsa65'),
    ];
    if (before === null || ed25519 === null || mldsa65 === null) {
      this.refuse(contactId, now);
      return;
    }
    const known = { keySetHash: before, ed25519, mldsa65, number: num(row, 'key_number') };
    const after = acceptsChange(known, change);
    if (after === null || equalBytes(after, before) || this.isOthers(after, contactId)) {
      this.refuse(contactId, now);
      return;
    }
    this.d.store.run(
      `UPDATE contacts SET identity_key = ?, ed25519 = ?, mldsa65 = ?, key_set_hash = ?, key_number = ?
       WHERE id = ?`,
      change.identityKey,
      change.ed25519,
      change.mldsa65,
      after,
      change.number,
      contactId,
    );
    followInLines(this.d.store, before, after);
    this.d.facts.record(contactId, 'key-changed', now);
  }

  /** A message under another key than the pinned one came: it was not read. In a transaction. */
  refuse(contactId: number, now: Millis): void {
    this.d.facts.record(contactId, 'key-refused', now);
    this.d.alarm('key-refused', now);
  }

  /** Nobody becomes another contact, or this profile itself, by a statement. */
  private isOthers(keySetHash: Uint8Array, contactId: number): boolean {
    if (this.d.identities.isOwn(keySetHash)) return true;
    const sql = 'SELECT 1 AS one FROM contacts WHERE key_set_hash = ? AND id <> ?';
    return this.d.store.get(sql, keySetHash, contactId) !== undefined;
  }
}
