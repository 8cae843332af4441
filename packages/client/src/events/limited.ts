/**
 * The event log as a token sees it that is limited to some contacts (docs/spec/18-conversations.md,
 * 6). Its cursors count what it may see and nothing else, so that they do not tell how much happens
 * with others. The log numbers each event as it is written, a trigger of the store what is lost with a contact
 * (store/tables/events.ts).
 */
import { MAX_PAGE } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { num, rowIdOf } from '../store/rows.ts';
import type { EventPage } from '../views.ts';
import { cursorAhead, type EventLog, type EventRange, eventOf } from './log.ts';

export class LimitedEvents {
  private readonly store: ProfileStore;
  private readonly log: EventLog;
  private readonly tokenId: number;

  constructor(store: ProfileStore, log: EventLog, tokenId: string) {
    this.store = store;
    this.log = log;
    this.tokenId = rowIdOf(tokenId);
  }

  newest(): number {
    return this.one('SELECT events_count AS n FROM tokens WHERE id = ?') ?? 0;
  }

  /** As the log itself answers: what comes after, and how many of its own are gone. */
  read({ cursor, max }: EventRange): EventPage {
    const newest = this.newest();
    if (cursor > newest) throw cursorAhead();
    const limit = Math.max(1, Math.min(max, MAX_PAGE));
    const events = this.store
      .all(
        `SELECT t.n AS cursor, e.at, e.kind, e.subject FROM token_events t
         JOIN events e ON e.cursor = t.cursor
         WHERE t.token_id = ? AND t.n > ? ORDER BY t.n LIMIT ?`,
        this.tokenId,
        cursor,
        limit,
      )
      .map(eventOf);
    const oldest = this.one('SELECT min(n) AS n FROM token_events WHERE token_id = ?');
    return {
      events,
      cursor: events.length === limit ? (events.at(-1)?.cursor ?? newest) : newest,
      oldest: oldest ?? newest + 1,
      lost: Math.max(0, (oldest ?? newest + 1) - 1 - cursor),
    };
  }

  /** Kept as a place of the whole log. Throws `cursor-ahead`, `consumers-full`. */
  acknowledge(consumer: string, cursor: number): void {
    const newest = this.newest();
    if (cursor > newest) throw cursorAhead();
    this.log.acknowledge(consumer, cursor === newest ? this.log.newest() : this.place(cursor));
  }

  acknowledged(consumer: string): number {
    const place = this.log.acknowledged(consumer);
    const sql = `SELECT n FROM token_events WHERE token_id = ? AND cursor <= ?
      ORDER BY cursor DESC LIMIT 1`;
    return this.one(sql, place) ?? this.before(place);
  }

  /** Of what is not kept: all of it, once the place is beyond its end. */
  private before(place: number): number {
    if (place === 0) return 0;
    const next = this.one('SELECT min(n) AS n FROM token_events WHERE token_id = ?');
    return next === null ? this.newest() : next - 1;
  }

  /** Where the whole log stands at one of these cursors; 0: before what is kept. */
  private place(cursor: number): number {
    const sql = `SELECT cursor AS n FROM token_events WHERE token_id = ? AND n <= ?
      ORDER BY token_events.n DESC LIMIT 1`;
    return this.one(sql, cursor) ?? 0;
  }

  private one(sql: string, ...more: readonly number[]): number | null {
    const row = this.store.get(sql, this.tokenId, ...more);
    return row === undefined || row['n'] === null ? null : num(row, 'n');
  }
}

/** A new token with its contacts: what is kept of them is numbered, too. In a transaction. */
export function numberEvents(store: ProfileStore, tokenId: number): void {
  store.run(
    `INSERT INTO token_events
       SELECT c.token_id, row_number() OVER (ORDER BY e.cursor), e.cursor
       FROM token_contacts c JOIN events e ON e.contact_id = c.contact_id WHERE c.token_id = ?`,
    tokenId,
  );
  store.run(
    'UPDATE tokens SET events_count = (SELECT count(*) FROM token_events WHERE token_id = ?) WHERE id = ?',
    tokenId,
    tokenId,
  );
}
