/**
 * Messages of both directions as stored facts. A state only ever moves forward; each fact
 * that moved it is kept as evidence.
 */
import { AppError, type Millis } from '@tacet/base';
import type { Content } from '../content/content.ts';
import type { EventLog } from '../events/log.ts';
import type { Moved } from '../levels/deliveries.ts';
import { MAX_EVIDENCE_ROWS, MAX_PAGE } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { Attempts } from '../store/attempt.ts';
import { blob, num, numOrNull, text, textOrNull } from '../store/rows.ts';
import type { Evidence, MessageState, MessageView } from '../views.ts';
import { Contents, isAct, type NewRow, typeOf } from './contents.ts';
import { LINES } from './places.ts';
import { Removal } from './removal.ts';
import { Show } from './show.ts';

const RANK: Readonly<Record<MessageState, number>> = {
  queued: 0,
  sending: 1,
  unconfirmed: 2,
  stored: 3,
  delivered: 4,
  failed: 4,
  received: 4,
  read: 5,
};

/** Rows of a conversation among which the line that was saved last is looked for. */
const MAX_SAVED_LOOK = 64;

/** Of the other side, or with nothing more to come. */
const LAST: ReadonlySet<MessageState> = new Set(['delivered', 'failed', 'read']);

export class Messages {
  private readonly store: ProfileStore;
  readonly events: EventLog;
  private readonly onMoved: (moved: Moved, now: Millis) => void;
  private readonly contents: Contents;
  readonly removal: Removal;
  readonly show: Show;

  /** @param onMoved an own message came to another state; in its transaction */
  constructor(
    store: ProfileStore,
    events: EventLog,
    onMoved: (moved: Moved, now: Millis) => void = () => undefined,
    attempts = new Attempts(store),
  ) {
    this.store = store;
    this.events = events;
    this.onMoved = onMoved;
    this.contents = new Contents(store);
    this.removal = new Removal(store, events, attempts);
    this.show = new Show(store);
  }

  /** Saves a content; null when it is here already. A line is an event. In a transaction. */
  add(row: NewRow, now: Millis): number | null {
    const id = this.contents.add(row, now);
    if (id === null) return null;
    if (row.direction === 'out') this.note(id, 'saved', 0, 0, now);
    if (!isAct(row.content.type)) this.events.append(now, 'message', String(id));
    return id;
  }

  /** Saves a text of our own. In a transaction. */
  addOwn(
    contactId: number,
    contentId: Uint8Array,
    clientId: string | null,
    body: string,
    now: Millis,
  ): number {
    const content = { type: 'text', contentId, sentAt: now, text: body } as const;
    const id = this.add({ contactId, direction: 'out', content, state: 'queued', clientId }, now);
    if (id === null) throw new AppError('content-twice', 'bug', 'a content id was drawn twice');
    return id;
  }

  /** Saves what a contact sent; false when this content is here already. In a transaction. */
  addReceived(contactId: number, content: Content, raw: Uint8Array | null, now: Millis): boolean {
    const row: NewRow = { contactId, direction: 'in', content, state: 'received', raw };
    return this.add(row, now) !== null;
  }

  byClientId(clientId: string): SqlRow | undefined {
    return this.store.get('SELECT * FROM messages WHERE client_id = ?', clientId);
  }

  row(id: number): SqlRow {
    const row = this.store.get('SELECT * FROM messages WHERE id = ?', id);
    if (row === undefined) throw unknown();
    return row;
  }

  /** Moves forward only; a step back or sideways changes nothing. In a transaction. */
  advance(id: number, state: MessageState, now: Millis, reason: string | null = null): void {
    const row = this.row(id);
    const had = text(row, 'state') as MessageState;
    if (RANK[state] <= RANK[had]) return;
    const at = Math.floor(now);
    this.store.run(
      `UPDATE messages SET state = ?, reason = ?,
         delivered_at = coalesce(?, delivered_at), read_at = coalesce(?, read_at) WHERE id = ?`,
      state,
      reason,
      state === 'delivered' ? at : null,
      state === 'read' ? at : null,
      id,
    );
    const contactId = num(row, 'contact_id');
    this.onMoved({ id, contactId, state, sentAt: num(row, 'sent_at') }, now);
    if (state === 'failed') this.note(id, 'failed', 0, 0, now);
    if (LAST.has(state)) this.removal.settled(id, now);
    this.changed(row, now);
  }

  /**
   * The one way back: a failed one is tried again, as the content it was. Its clock begins anew. In
   * a transaction.
   */
  again(id: number, now: Millis): void {
    const row = this.row(id);
    if (text(row, 'state') !== 'failed') return;
    this.store.run(
      `UPDATE messages SET state = 'queued', reason = NULL, seq = NULL,
         parts = 0, parts_sent = 0, copies = 0,
         expires_at = iif(lifetime IS NOT NULL AND type <> 7, NULL, expires_at) WHERE id = ?`,
      id,
    );
    this.removal.changed();
    this.note(id, 'retried', 0, 0, now);
    this.changed(row, now);
  }

  /** An act shows in its line. */
  private changed(row: SqlRow, now: Millis): void {
    const type = typeOf(row);
    if (type === null || !isAct(type)) {
      this.events.append(now, 'message-state', String(num(row, 'id')));
      return;
    }
    const line = this.lineOf(row);
    if (line !== undefined) this.events.append(now, 'message-state', String(num(line, 'id')));
  }

  /** The line an act is about. */
  lineOf(act: SqlRow): SqlRow | undefined {
    return this.store.get(
      `SELECT * FROM messages WHERE contact_id = ? AND direction = ? AND content_id = ? AND ${LINES}`,
      num(act, 'contact_id'),
      text(act, 'target_direction'),
      act['target_id'] ?? null,
    );
  }

  /** What is kept of a content beside its text. In a transaction. */
  setDetail(id: number, detail: Uint8Array): void {
    this.store.run('UPDATE messages SET detail = ? WHERE id = ?', detail, id);
  }

  /** The file of a line went on. In a transaction. */
  fileMoved(id: number, now: Millis): void {
    this.events.append(now, 'message-state', String(id));
  }

  /** The number of the envelope it leaves in. */
  numbered(id: number, seq: number): void {
    this.store.run('UPDATE messages SET seq = ? WHERE id = ?', seq, id);
  }

  /** How far the parts are; a change is an event. In a transaction. */
  progress(id: number, parts: number, sent: number, copies: number, now: Millis): void {
    const { changes } = this.store.run(
      `UPDATE messages SET parts = ?, parts_sent = max(parts_sent, ?), copies = max(copies, ?)
       WHERE id = ? AND (parts <> ? OR parts_sent < ? OR copies < ?)`,
      parts,
      sent,
      copies,
      id,
      parts,
      sent,
      copies,
    );
    if (changes > 0) this.changed(this.row(id), now);
  }

  note(id: number, what: string, part: number, parts: number, now: Millis): void {
    this.store.run(
      'INSERT INTO evidence (message_id, at, what, part, parts) VALUES (?, ?, ?, ?, ?)',
      id,
      Math.floor(now),
      what,
      part,
      parts,
    );
    // How it began and how it stands; what a long trouble repeated in between gives way.
    this.store.run(
      `DELETE FROM evidence WHERE rowid IN (
         SELECT rowid FROM evidence WHERE message_id = ? ORDER BY rowid
         LIMIT max(0, (SELECT count(*) FROM evidence WHERE message_id = ?) - ${MAX_EVIDENCE_ROWS})
         OFFSET ${MAX_EVIDENCE_ROWS / 8})`,
      id,
      id,
    );
  }

  evidence(id: number): Evidence[] {
    return this.store
      .all('SELECT at, what, part, parts FROM evidence WHERE message_id = ? ORDER BY rowid', id)
      .map((row) => ({
        at: num(row, 'at'),
        what: text(row, 'what'),
        part: num(row, 'part'),
        parts: num(row, 'parts'),
      }));
  }

  /** A line by its id; throws `message-unknown`, also for what is no line (any more). */
  line(id: number): SqlRow {
    const row = this.row(id);
    if (num(row, 'listed') === 0) throw unknown();
    return row;
  }

  /** By place, lowest last; `before` is the id of a message with them, else `message-unknown`. */
  list(contactId: number, before: number | null, limit: number): readonly SqlRow[] {
    const most = Math.max(1, Math.min(limit, MAX_PAGE));
    const from = before === null ? null : this.row(before);
    // A place in another conversation is none here, and nobody's to compare with.
    if (from !== null && num(from, 'contact_id') !== contactId) throw unknown();
    const rows =
      from === null
        ? this.store.all(`${LISTED} ${DOWN} LIMIT ?`, contactId, most)
        : this.store.all(
            `${LISTED} AND (place_at, place_sub, content_id, direction) < (?, ?, ?, ?)
             ${DOWN} LIMIT ?`,
            contactId,
            num(from, 'place_at'),
            num(from, 'place_sub'),
            blob(from, 'content_id'),
            text(from, 'direction'),
            most,
          );
    return [...rows].reverse();
  }

  /** Lines below the place of one, the nearest first. */
  below(row: SqlRow, limit: number): readonly SqlRow[] {
    return this.store.all(
      `${LISTED} AND (place_at, place_sub, content_id, direction) > (?, ?, ?, ?) ${UP} LIMIT ?`,
      num(row, 'contact_id'),
      num(row, 'place_at'),
      num(row, 'place_sub'),
      blob(row, 'content_id'),
      text(row, 'direction'),
      Math.max(1, Math.min(limit, MAX_PAGE)),
    );
  }

  /** The line of the last place. */
  last(contactId: number): SqlRow | undefined {
    return this.list(contactId, null, 1)[0];
  }

  /** When a line was saved here last, whatever its place; null: none of the newest rows is one. */
  savedAt(contactId: number): Millis | null {
    // What is no line any more may stand behind it, for 100 days: only so much of it is looked at.
    const row = this.store.get(
      `SELECT coalesce(arrived_at, sent_at) AS at FROM (SELECT id, listed, arrived_at, sent_at
         FROM messages WHERE contact_id = ? ORDER BY id DESC LIMIT ${MAX_SAVED_LOOK})
       WHERE listed = 1 ORDER BY id DESC LIMIT 1`,
      contactId,
    );
    return row === undefined ? null : num(row, 'at');
  }

  /** Content id of the last line that somebody wrote: what the other side may know, too. */
  lastSaid(contactId: number): Uint8Array | null {
    const row = this.store.get(`${LISTED} AND type >= 0 ${DOWN} LIMIT 1`, contactId);
    return row === undefined ? null : blob(row, 'content_id');
  }

  /** Highest row of a conversation: what is read is kept by arrival. */
  newest(contactId: number): number {
    const row = this.store.get(
      'SELECT coalesce(max(id), 0) AS id FROM messages WHERE contact_id = ?',
      contactId,
    );
    return row === undefined ? 0 : num(row, 'id');
  }

  unread(contactId: number, readId: number): number {
    const row = this.store.get(
      `SELECT count(*) AS n FROM messages INDEXED BY messages_unread
       WHERE contact_id = ? AND direction = 'in' AND listed = 1 AND read_at IS NULL AND id > ?`,
      contactId,
      readId,
    );
    return row === undefined ? 0 : num(row, 'n');
  }

  /** @param usual the contact's own p95 in ms, null when too few were seen. */
  view(row: SqlRow, usual: Millis | null, now: Millis): MessageView {
    const state = text(row, 'state') as MessageState;
    const sentAt = num(row, 'sent_at');
    const open =
      state === 'queued' || state === 'sending' || state === 'stored' || state === 'unconfirmed';
    return {
      id: String(num(row, 'id')),
      contactId: String(num(row, 'contact_id')),
      direction: text(row, 'direction') === 'out' ? 'out' : 'in',
      ...this.show.line(row),
      sentAt,
      arrivedAt: numOrNull(row, 'arrived_at'),
      deliveredAt: numOrNull(row, 'delivered_at'),
      state,
      late: open && usual !== null && now - sentAt > usual,
      partsSent: num(row, 'parts_sent'),
      parts: num(row, 'parts'),
      copies: num(row, 'copies'),
      reason: textOrNull(row, 'reason'),
    };
  }
}

const LISTED = 'SELECT * FROM messages WHERE contact_id = ? AND listed = 1';
const UP = 'ORDER BY place_at, place_sub, content_id, direction';
const DOWN = 'ORDER BY place_at DESC, place_sub DESC, content_id DESC, direction DESC';

function unknown(): AppError {
  return new AppError('message-unknown', 'missing', 'no such message');
}
