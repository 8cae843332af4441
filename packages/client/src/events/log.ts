/**
 * The durable event log (docs/spec/11-api.md, 5). An event is written in the transaction of the
 * fact it reports; what the host pushes to windows is only a hint to read here. Consumers
 * acknowledge cursors.
 */
import type { Millis } from '@tacet/base';
import { MAX_EVENTS, MAX_PAGE } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { num, text } from '../store/rows.ts';
import type { ClientEvent } from '../views.ts';

export class EventLog {
  private readonly store: ProfileStore;
  private readonly onEvent: (event: ClientEvent) => void;
  private sincePrune = 0;

  constructor(store: ProfileStore, onEvent: (event: ClientEvent) => void) {
    this.store = store;
    this.onEvent = onEvent;
  }

  append(at: Millis, kind: ClientEvent['kind'], subject: string): void {
    const time = Math.floor(at);
    const { rowId } = this.store.run(
      'INSERT INTO events (at, kind, subject) VALUES (?, ?, ?)',
      time,
      kind,
      subject,
    );
    if (++this.sincePrune >= 1_000) {
      this.sincePrune = 0;
      this.store.run('DELETE FROM events WHERE cursor <= ?', rowId - MAX_EVENTS);
    }
    this.onEvent({ cursor: rowId, at: time, kind, subject });
  }

  /** Events after `cursor`, oldest first. */
  read(cursor: number, max: number): ClientEvent[] {
    const rows = this.store.all(
      'SELECT cursor, at, kind, subject FROM events WHERE cursor > ? ORDER BY cursor LIMIT ?',
      cursor,
      Math.max(1, Math.min(max, MAX_PAGE)),
    );
    return rows.map((row) => ({
      cursor: num(row, 'cursor'),
      at: num(row, 'at'),
      kind: text(row, 'kind') as ClientEvent['kind'],
      subject: text(row, 'subject'),
    }));
  }

  newest(): number {
    const row = this.store.get('SELECT max(cursor) AS cursor FROM events');
    return typeof row?.['cursor'] === 'number' ? row['cursor'] : 0;
  }

  /** Moves a consumer forward, never back. */
  acknowledge(consumer: string, cursor: number): void {
    this.store.run(
      `INSERT INTO consumers (name, cursor) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET cursor = max(cursor, excluded.cursor)`,
      consumer,
      cursor,
    );
  }

  acknowledged(consumer: string): number {
    const row = this.store.get('SELECT cursor FROM consumers WHERE name = ?', consumer);
    return row === undefined ? 0 : num(row, 'cursor');
  }
}
