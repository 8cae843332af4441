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
    if (seq <= this.upTo(contactId)) return true;
    return (
      this.store.get(
        'SELECT 1 AS one FROM received WHERE contact_id = ? AND seq = ?',
        contactId,
        seq,
      ) !== undefined
    );
  }

  /** In the transaction that saves the content. */
  add(contactId: number, seq: number): void {
    this.store.run(
      'INSERT INTO received (contact_id, seq) VALUES (?, ?) ON CONFLICT DO NOTHING',
      contactId,
      seq,
    );
    let upTo = this.upTo(contactId);
    const before = upTo;
    for (const row of this.store.all(
      'SELECT seq FROM received WHERE contact_id = ? AND seq > ? ORDER BY seq',
      contactId,
      upTo,
    )) {
      if (num(row, 'seq') !== upTo + 1) break;
      upTo++;
    }
    if (upTo === before) return;
    this.store.run('UPDATE contacts SET in_up_to = ? WHERE id = ?', upTo, contactId);
    this.store.run('DELETE FROM received WHERE contact_id = ? AND seq <= ?', contactId, upTo);
  }

  /** The receipt as it stands; the lowest ranges first when there are too many. */
  receipt(contactId: number): Receipt {
    const ranges: [number, number][] = [];
    for (const row of this.store.all(
      'SELECT seq FROM received WHERE contact_id = ? ORDER BY seq',
      contactId,
    )) {
      const seq = num(row, 'seq');
      const last = ranges.at(-1);
      if (last !== undefined && last[1] === seq - 1) last[1] = seq;
      else if (ranges.length < MAX_RECEIPT_RANGES) ranges.push([seq, seq]);
      else break;
    }
    return { upTo: this.upTo(contactId), ranges };
  }
}
