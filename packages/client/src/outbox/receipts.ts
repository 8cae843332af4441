/**
 * When receipts leave (docs/spec/07-streams.md, 5): with the next envelope to that contact, else
 * alone after an exponential pause. The due time is saved, so that a restart neither forgets nor
 * hurries one.
 */
import { MINUTE, type Millis, type Rng, randomExponential } from '@tacet/base';
import type { Parameters } from '@tacet/directory';
import type { ProfileStore } from '../ports.ts';
import { NONE_RESTS, type Resting } from '../sessions/jobs.ts';
import { num } from '../store/rows.ts';
import type { Level } from '../views.ts';

/** A conversation counts as in use this long after its last message or opening. */
const IN_USE: Millis = 5 * MINUTE;

/** Contacts to whom anything can be sent. */
const ABLE = "out_chain IS NOT NULL AND state <> 'ended' AND blocked_at IS NULL";

export function receiptKey(contactId: number): string {
  return `receipt/${contactId}`;
}

export class ReceiptClock {
  private readonly store: ProfileStore;
  private readonly rng: Rng;
  private nextDue: Millis | null;
  private resting: Resting = NONE_RESTS;

  constructor(store: ProfileStore, rng: Rng) {
    this.store = store;
    this.rng = rng;
    this.nextDue = this.earliest();
  }

  private earliest(): Millis | null {
    if (this.resting.size === 0) {
      const due = this.store.get(`SELECT min(receipt_due) AS due FROM contacts WHERE ${ABLE}`);
      return typeof due?.['due'] === 'number' ? due['due'] : null;
    }
    const rows = this.store.all(
      `SELECT id, receipt_due FROM contacts WHERE receipt_due IS NOT NULL AND ${ABLE}
       ORDER BY receipt_due LIMIT ?`,
      1 + this.resting.size,
    );
    const row = rows.find((one) => !this.resting.has(receiptKey(num(one, 'id'))));
    return row === undefined ? null : num(row, 'receipt_due');
  }

  /** As the store has it, where a transaction was taken back. */
  restore(): void {
    this.nextDue = this.earliest();
  }

  /** Earliest due receipt, or null. */
  get deadline(): Millis | null {
    return this.nextDue;
  }

  /** Something was saved: a receipt is owed. In that transaction. */
  owe(contactId: number, parameters: Parameters | null, level: Level, now: Millis): void {
    const row = this.store.get('SELECT touched_at FROM contacts WHERE id = ?', contactId);
    const inUse = row !== undefined && num(row, 'touched_at') > now - IN_USE;
    const mean =
      parameters === null
        ? MINUTE
        : level === 'strong'
          ? parameters.receiptStrongMs
          : inUse
            ? parameters.receiptInUseMs
            : parameters.receiptMs;
    const due = Math.floor(now + randomExponential(this.rng, mean));
    this.store.run(
      'UPDATE contacts SET receipt_due = ? WHERE id = ? AND receipt_due IS NULL',
      due,
      contactId,
    );
    this.nextDue = this.earliest();
  }

  /** The receipt rides on an envelope that is being saved. In that transaction. */
  paid(contactId: number): void {
    this.store.run('UPDATE contacts SET receipt_due = NULL WHERE id = ?', contactId);
    this.nextDue = this.earliest();
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.store.run(
      'UPDATE contacts SET receipt_due = max(0, receipt_due - ?) WHERE receipt_due IS NOT NULL',
      Math.floor(by),
    );
    this.nextDue = this.earliest();
  }

  /** A contact whose receipt is due alone, or null. */
  dueContact(now: Millis, resting: Resting): number | null {
    this.resting = resting;
    if (this.nextDue === null || this.nextDue > now) return null;
    const rows = this.store.all(
      `SELECT id FROM contacts WHERE receipt_due <= ? AND ${ABLE} ORDER BY receipt_due LIMIT ?`,
      Math.floor(now),
      1 + resting.size,
    );
    const row = rows.find((one) => !resting.has(receiptKey(num(one, 'id'))));
    // The contact it was owed to is gone meanwhile: never a deadline that stays in the past.
    if (row === undefined) this.nextDue = this.earliest();
    return row === undefined ? null : num(row, 'id');
  }
}
