/**
 * What was read, told and heard (docs/spec/14-content.md, 6): one number a direction that only ever
 * grows. Told only where the conversation's setting says so.
 */
import type { Millis } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';
import type { Messages } from './messages.ts';

export interface ReadReceiptsDeps {
  readonly store: ProfileStore;
  readonly messages: Messages;
  /** The setting of that conversation. */
  readonly tells: (contactId: number) => boolean;
}

export class ReadReceipts {
  private readonly d: ReadReceiptsDeps;

  constructor(deps: ReadReceiptsDeps) {
    this.d = deps;
  }

  /** For the next envelope; null: nothing is told. */
  toTell(contactId: number): number | null {
    if (!this.d.tells(contactId)) return null;
    const upTo = this.upTo(contactId);
    return upTo > 0 ? upTo : null;
  }

  /** Something was read. True when there is more to tell than was told. In a transaction. */
  onRead(contactId: number): boolean {
    const upTo = this.toTell(contactId);
    if (upTo === null) return false;
    const { changes } = this.d.store.run(
      'UPDATE contacts SET in_read = ? WHERE id = ? AND in_read < ?',
      upTo,
      contactId,
      upTo,
    );
    return changes > 0;
  }

  /** Everything up to here is saved, and no line of it is unread. */
  private upTo(contactId: number): number {
    const row = this.d.store.get(
      `SELECT c.in_up_to AS here, (SELECT min(seq) FROM messages WHERE contact_id = c.id
         AND direction = 'in' AND listed = 1 AND read_at IS NULL AND seq IS NOT NULL) AS unread
       FROM contacts c WHERE c.id = ?`,
      contactId,
    );
    if (row === undefined) return 0;
    const here = num(row, 'here');
    return row['unread'] === null ? here : Math.min(here, num(row, 'unread') - 1);
  }

  /** What a contact says it has read: never more than was written, never less than before. */
  onTold(contactId: number, upTo: number, now: Millis): void {
    const row = this.d.store.get('SELECT out_seq, out_read FROM contacts WHERE id = ?', contactId);
    if (row === undefined) return;
    const before = num(row, 'out_read');
    const read = Math.min(upTo, num(row, 'out_seq'));
    if (read <= before) return;
    this.d.store.run('UPDATE contacts SET out_read = ? WHERE id = ?', read, contactId);
    for (const { id } of this.d.store.all(
      `SELECT id FROM messages WHERE contact_id = ? AND direction = 'out' AND seq > ? AND seq <= ?
       AND listed = 1`,
      contactId,
      before,
      read,
    )) {
      this.d.messages.note(Number(id), 'read', 0, 0, now);
      this.d.messages.advance(Number(id), 'delivered', now);
      this.d.messages.advance(Number(id), 'read', now);
    }
  }
}
