/**
 * Own measured delivery (docs/spec/17-levels.md, 4): for each own message how long it took from
 * writing until a copy was stored, and until its receipt was here. The second holds what is not the
 * network's: the other side's absence, and the pause it makes before a receipt.
 */
import type { Millis } from '@tacet/base';
import { MAX_DELIVERIES } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { num } from '../store/rows.ts';
import type { Level } from '../views.ts';

/** Fewer than this say nothing about the next one. */
export const LEAST_MEASURED = 5;
/** Newest ones that a figure is made of. */
const COUNTED = 200;

export interface Measured {
  /** How many the figures rest on. */
  readonly n: number;
  /** ms; null below five. */
  readonly p50: Millis | null;
  readonly p95: Millis | null;
}

export interface LevelDeliveries {
  readonly level: Level;
  /** From writing until one copy of every part was stored. */
  readonly stored: Measured;
  /** From writing until the receipt. */
  readonly receipt: Measured;
}

export interface Moved {
  readonly id: number;
  readonly contactId: number;
  readonly state: string;
  readonly sentAt: Millis;
}

type Column = 'stored_ms' | 'receipt_ms';

export class Deliveries {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  /** An own message came to another state. In its transaction. */
  note({ id, contactId, state, sentAt }: Moved, level: Level, now: Millis): void {
    const column: Column | null =
      state === 'stored' ? 'stored_ms' : state === 'delivered' ? 'receipt_ms' : null;
    if (column === null) return;
    const took = Math.max(0, Math.floor(now - sentAt));
    this.store.run(
      `INSERT INTO deliveries (message_id, contact_id, level, ${column}) VALUES (?, ?, ?, ?)
       ON CONFLICT (message_id) DO UPDATE SET ${column} = excluded.${column}`,
      id,
      contactId,
      level,
      took,
    );
  }

  /** Called now and then: old ones give way. */
  tidy(): void {
    this.store.run(
      `DELETE FROM deliveries WHERE message_id <= (
         SELECT message_id FROM deliveries ORDER BY message_id DESC LIMIT 1 OFFSET ?)`,
      MAX_DELIVERIES,
    );
  }

  of(level: Level): LevelDeliveries {
    const where = 'level = ?';
    return {
      level,
      stored: measured(this.times('stored_ms', where, level)),
      receipt: measured(this.times('receipt_ms', where, level)),
    };
  }

  /** One contact's, at every level: what `late` is judged by. */
  ofContact(contactId: number): Measured {
    return measured(this.times('receipt_ms', 'contact_id = ?', contactId));
  }

  /** Ascending. */
  private times(column: Column, where: string, value: string | number): number[] {
    const took = (row: SqlRow): number => num(row, 'took');
    return this.store
      .all(
        `SELECT ${column} AS took FROM deliveries WHERE ${where} AND ${column} IS NOT NULL
         ORDER BY message_id DESC LIMIT ${COUNTED}`,
        value,
      )
      .map(took)
      .sort((a, b) => a - b);
  }
}

function measured(ascending: readonly number[]): Measured {
  const at = (p: number): number | null => {
    if (ascending.length < LEAST_MEASURED) return null;
    return ascending[Math.min(ascending.length - 1, Math.floor(p * ascending.length))] ?? null;
  };
  return { n: ascending.length, p50: at(0.5), p95: at(0.95) };
}
