/**
 * The roots under which contacts would say that they were restored (docs/spec/20-recovery.md, 8): the
 * newest of each, and those it replaced in the last 60 days, which a backup of theirs may hold.
 */
import { DAY, type Millis } from '@tacet/base';
import { MAX_RECOVERY_ROOTS } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';
import { firstRoot } from './own-roots.ts';

/** A root that was replaced so long ago is forgotten. */
export const ROOT_LASTS: Millis = 60 * DAY;

export class TheirRoots {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  /** With the stream of this contact. In a transaction. @param root of that stream */
  begin(contactId: number, root: Uint8Array, now: Millis): void {
    this.add(contactId, firstRoot(root), now);
  }

  /** They told this root. In a transaction. */
  add(contactId: number, root: Uint8Array, now: Millis): void {
    const sql = 'INSERT INTO their_roots (contact_id, root) VALUES (?, ?) ON CONFLICT DO NOTHING';
    const { changes, rowId } = this.store.run(sql, contactId, root);
    if (changes === 0) return;
    this.store.run(
      'UPDATE their_roots SET replaced_at = ? WHERE contact_id = ? AND id < ? AND replaced_at IS NULL',
      Math.floor(now),
      contactId,
      rowId,
    );
    // Who tells many has the last of them.
    const rows = this.store.all(
      'SELECT id FROM their_roots WHERE contact_id = ? ORDER BY id DESC',
      contactId,
    );
    for (const row of rows.slice(MAX_RECOVERY_ROOTS)) this.forget(num(row, 'id'));
  }

  /** Hourly. */
  expire(now: Millis): void {
    const rows = this.store.all(
      'SELECT id FROM their_roots WHERE replaced_at <= ?',
      Math.floor(now - ROOT_LASTS),
    );
    if (rows.length === 0) return;
    this.store.transaction(() => {
      for (const row of rows) this.forget(num(row, 'id'));
    });
  }

  private forget(id: number): void {
    this.store.run('DELETE FROM their_roots WHERE id = ?', id);
  }
}
