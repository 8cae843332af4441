/**
 * Which numbered ciphertexts of a contact have been saved: a cumulative point and the sequences
 * above it. What a receipt says is made from this and nothing else.
 */
import type { Receipt } from '../content/envelope.ts';
import { MAX_RECEIPT_RANGES } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';

export class ReceivedSet {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  private upTo(contactId: number): number {
    const row = this.store.get('SELECT in_up_to FROM contacts WHERE id = ?', contactId);
    return row === undefined ? 0 : num(row, 'in_up_to');
  }

  has(contactId: number, seq: number): boolean {
    return seq <= this.upTo(contactId) || this.above(contactId, seq);
  }

  private above(contactId: number, seq: number): boolean {
    const sql = 'SELECT 1 AS one FROM received WHERE contact_id = ? AND seq = ?';
    return this.store.get(sql, contactId, seq) !== undefined;
  }

  /** In the transaction that saves the content. */
  add(contactId: number, seq: number): void {
    const before = this.upTo(contactId);
    if (seq <= before) return;
    if (seq > before + 1) {
      this.store.run(
        'INSERT INTO received (contact_id, seq) VALUES (?, ?) ON CONFLICT DO NOTHING',
        contactId,
        seq,
      );
      return;
    }
    // In order, as nearly all come: no row is written that would go again. By its whole key, as a
    // range of rows to delete is gathered in a table first.
    const one = 'DELETE FROM received WHERE contact_id = ? AND seq = ?';
    let upTo = seq;
    while (this.store.run(one, contactId, upTo + 1).changes > 0) upTo++;
    this.store.run('UPDATE contacts SET in_up_to = ? WHERE id = ?', upTo, contactId);
  }

  /** Its sender says that up to `seq` nothing comes any more. In a transaction. */
  close(contactId: number, seq: number): void {
    if (seq <= this.upTo(contactId)) return;
    this.store.run('DELETE FROM received WHERE contact_id = ? AND seq <= ?', contactId, seq);
    let upTo = seq;
    while (this.above(contactId, upTo + 1)) upTo++;
    this.store.run('UPDATE contacts SET in_up_to = ? WHERE id = ?', upTo, contactId);
    this.store.run('DELETE FROM received WHERE contact_id = ? AND seq <= ?', contactId, upTo);
    this.store.run('DELETE FROM fragments WHERE contact_id = ? AND seq <= ?', contactId, seq);
  }

  /** The receipt as it stands; the lowest ranges first when there are too many. */
  receipt(contactId: number): Receipt {
    // Sequences that follow each other have the same distance to their rank.
    const rows = this.store.all(
      `SELECT min(seq) AS low, max(seq) AS high FROM
         (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS run FROM received WHERE contact_id = ?)
       GROUP BY run ORDER BY low LIMIT ${MAX_RECEIPT_RANGES}`,
      contactId,
    );
    const ranges = rows.map((row): [number, number] => [num(row, 'low'), num(row, 'high')]);
    return { upTo: this.upTo(contactId), ranges };
  }
}
