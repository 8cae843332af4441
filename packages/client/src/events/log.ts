/**
 * The durable event log (docs/spec/18-conversations.md, 4). An event is written in the transaction
 * of the fact it reports; what the host pushes to windows is only a hint to read here. Consumers
 * acknowledge cursors; what all of them have is forgotten first, and who fell behind what is kept
 * is told how much is lost.
 */
import { AppError, type Millis } from '@tacet/base';
import { letterContact } from '../letters/id.ts';
import {
  MAX_CONSUMERS,
  MAX_EVENTS,
  MAX_KEPT_EVENTS,
  MAX_PAGE,
  MAX_PRUNED_EVENTS,
} from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { num, rowIdOf, text } from '../store/rows.ts';
import type { ClientEvent, EventPage } from '../views.ts';

/** Events between two looks at what can be forgotten. */
const PRUNE_EVERY = 1_000;

export interface EventRange {
  readonly cursor: number;
  readonly max: number;
}

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
    const contactId = this.contactOf(kind, subject);
    const tokens = contactId === null ? [] : this.tokensOf(contactId);
    const write = (): number => {
      const { rowId } = this.store.run(
        'INSERT INTO events (at, kind, subject, contact_id) VALUES (?, ?, ?, ?)',
        time,
        kind,
        subject,
        contactId,
      );
      for (const token of tokens) this.number(token, rowId);
      return rowId;
    };
    const rowId = tokens.length === 0 ? write() : this.store.transaction(write);
    if (++this.sincePrune >= PRUNE_EVERY) {
      this.sincePrune = 0;
      this.prune(rowId);
    }
    this.onEvent({ cursor: rowId, at: time, kind, subject });
  }

  /** Limited tokens that see what is about this contact. */
  private tokensOf(contactId: number): readonly number[] {
    const sql = 'SELECT token_id FROM token_contacts WHERE contact_id = ?';
    return this.store.all(sql, contactId).map((row) => num(row, 'token_id'));
  }

  /** The next number of the token's own count. */
  private number(token: number, cursor: number): void {
    this.store.run('UPDATE tokens SET events_count = events_count + 1 WHERE id = ?', token);
    this.store.run(
      'INSERT INTO token_events SELECT id, events_count, ? FROM tokens WHERE id = ?',
      cursor,
      token,
    );
  }

  private contactOf(kind: ClientEvent['kind'], subject: string): number | null {
    if (kind === 'contact') return rowIdOf(subject);
    if (kind === 'letter') return letterContact(this.store, subject);
    if (kind !== 'message' && kind !== 'message-state') return null;
    const row = this.store.get('SELECT contact_id FROM messages WHERE id = ?', rowIdOf(subject));
    return row === undefined ? null : num(row, 'contact_id');
  }

  /** What every consumer has goes first; more than the cap is kept for nobody. A piece at a time. */
  private prune(newest: number): void {
    const seen = this.store.get('SELECT min(cursor) AS cursor FROM consumers');
    const everyone = typeof seen?.['cursor'] === 'number' ? seen['cursor'] : 0;
    const upTo = Math.max(newest - MAX_EVENTS, Math.min(everyone, newest - MAX_KEPT_EVENTS));
    const most = this.oldest(newest) - 1 + MAX_PRUNED_EVENTS;
    const last = Math.min(upTo, most);
    this.store.run(
      `DELETE FROM token_events
       WHERE token_id IN (SELECT id FROM tokens WHERE limited = 1) AND cursor <= ?`,
      last,
    );
    this.store.run('DELETE FROM events WHERE cursor <= ?', last);
  }

  /** Events after `cursor`, oldest first. Throws `cursor-ahead` for a place not reached yet. */
  read({ cursor, max }: EventRange): EventPage {
    const newest = this.newest();
    this.check(cursor, newest);
    const oldest = this.oldest(newest);
    const limit = Math.max(1, Math.min(max, MAX_PAGE));
    const events = this.store
      .all(
        'SELECT cursor, at, kind, subject FROM events WHERE cursor > ? ORDER BY cursor LIMIT ?',
        cursor,
        limit,
      )
      .map(eventOf);
    return {
      events,
      cursor: events.length === limit ? (events.at(-1)?.cursor ?? newest) : newest,
      oldest,
      lost: Math.max(0, oldest - 1 - cursor),
    };
  }

  newest(): number {
    const row = this.store.get("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
    return row === undefined ? 0 : num(row, 'seq');
  }

  /** The first one kept; where none is, the next that comes. */
  private oldest(newest: number): number {
    const row = this.store.get('SELECT min(cursor) AS cursor FROM events');
    return typeof row?.['cursor'] === 'number' ? row['cursor'] : newest + 1;
  }

  /** Moves a consumer forward, never back. Throws `cursor-ahead`, `consumers-full`. */
  acknowledge(consumer: string, cursor: number): void {
    this.check(cursor, this.newest());
    const { changes } = this.store.run(
      'UPDATE consumers SET cursor = max(cursor, ?) WHERE name = ?',
      cursor,
      consumer,
    );
    if (changes > 0) return;
    const count = this.store.get('SELECT count(*) AS n FROM consumers');
    if (count !== undefined && num(count, 'n') >= MAX_CONSUMERS) {
      throw new AppError('consumers-full', 'refused', 'too many consumers; forget one first');
    }
    this.store.run('INSERT INTO consumers (name, cursor) VALUES (?, ?)', consumer, cursor);
  }

  acknowledged(consumer: string): number {
    const row = this.store.get('SELECT cursor FROM consumers WHERE name = ?', consumer);
    return row === undefined ? 0 : num(row, 'cursor');
  }

  /** Nothing is kept for it any more. True if it was there. */
  forget(consumer: string): boolean {
    return this.store.run('DELETE FROM consumers WHERE name = ?', consumer).changes > 0;
  }

  private check(cursor: number, newest: number): void {
    if (cursor > newest) throw cursorAhead();
  }
}

export function cursorAhead(): AppError {
  return new AppError('cursor-ahead', 'input', 'that cursor is ahead of the event log');
}

export function eventOf(row: SqlRow): ClientEvent {
  return {
    cursor: num(row, 'cursor'),
    at: num(row, 'at'),
    kind: text(row, 'kind') as ClientEvent['kind'],
    subject: text(row, 'subject'),
  };
}
