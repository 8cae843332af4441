/**
 * Messages of both directions as stored facts. A state only ever moves forward; each fact
 * that moved it is kept as evidence.
 */
import { AppError, type Millis } from '@tacet/base';
import type { Content } from '../content/content.ts';
import { unknownLine } from '../content/shown.ts';
import type { EventLog } from '../events/log.ts';
import type { Moved } from '../levels/deliveries.ts';
import { MAX_EVIDENCE_ROWS, MAX_PAGE } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { nextId } from '../store/ids.ts';
import { num, numOrNull, text, textOrNull } from '../store/rows.ts';
import type { Evidence, MessageState, MessageView } from '../views.ts';

const RANK: Readonly<Record<MessageState, number>> = {
  queued: 0,
  sending: 1,
  unconfirmed: 2,
  stored: 3,
  delivered: 4,
  failed: 4,
  received: 4,
};

export class Messages {
  private readonly store: ProfileStore;
  private readonly events: EventLog;
  private readonly onMoved: (moved: Moved, now: Millis) => void;

  /** @param onMoved an own message came to another state; in its transaction */
  constructor(
    store: ProfileStore,
    events: EventLog,
    onMoved: (moved: Moved, now: Millis) => void = () => undefined,
  ) {
    this.store = store;
    this.events = events;
    this.onMoved = onMoved;
  }

  /** Saves a text of our own: to be sent, or a note that is where it belongs. In a transaction. */
  addOwn(
    contactId: number,
    contentId: Uint8Array,
    clientId: string | null,
    body: string,
    now: Millis,
    state: 'queued' | 'received' = 'queued',
  ): number {
    const rowId = nextId(this.store, 'messages');
    this.store.run(
      `INSERT INTO messages (id, contact_id, content_id, client_id, direction, type, text, sent_at, state)
       VALUES (?, ?, ?, ?, 'out', 1, ?, ?, ?)`,
      rowId,
      contactId,
      contentId,
      clientId,
      body,
      Math.floor(now),
      state,
    );
    this.note(rowId, 'saved', 0, 0, now);
    this.events.append(now, 'message', String(rowId));
    return rowId;
  }

  /** Saves what a contact sent; false when this content is here already. In a transaction. */
  addReceived(
    contactId: number,
    content: Content,
    /** The envelope as it came, where more stands in it than is read; else null. */
    raw: Uint8Array | null,
    now: Millis,
  ): boolean {
    const shown =
      content.type === 'text'
        ? content.text
        : content.type === 'unknown'
          ? unknownLine(content)
          : content.shown;
    const rowId = nextId(this.store, 'messages');
    const { changes } = this.store.run(
      `INSERT INTO messages
         (id, contact_id, content_id, direction, type, text, raw, sent_at, arrived_at, state)
       VALUES (?, ?, ?, 'in', ?, ?, ?, ?, ?, 'received')
       ON CONFLICT (contact_id, direction, content_id) DO NOTHING`,
      rowId,
      contactId,
      content.contentId,
      content.type === 'text' ? 1 : 0,
      shown,
      raw,
      // Their clock cannot place a message in our future.
      Math.floor(Math.min(content.sentAt, now)),
      Math.floor(now),
    );
    if (changes === 0) return false;
    this.events.append(now, 'message', String(rowId));
    return true;
  }

  byClientId(clientId: string): SqlRow | undefined {
    return this.store.get('SELECT * FROM messages WHERE client_id = ?', clientId);
  }

  row(id: number): SqlRow {
    const row = this.store.get('SELECT * FROM messages WHERE id = ?', id);
    if (row === undefined) throw new AppError('message-unknown', 'missing', 'no such message');
    return row;
  }

  /** Moves forward only; a step back or sideways changes nothing. In a transaction. */
  advance(id: number, state: MessageState, now: Millis, reason: string | null = null): void {
    const row = this.row(id);
    const had = text(row, 'state') as MessageState;
    if (RANK[state] <= RANK[had]) return;
    this.store.run(
      `UPDATE messages SET state = ?, reason = ?,
         delivered_at = CASE WHEN ? = 'delivered' THEN ? ELSE delivered_at END WHERE id = ?`,
      state,
      reason,
      state,
      Math.floor(now),
      id,
    );
    const contactId = num(row, 'contact_id');
    this.onMoved({ id, contactId, state, sentAt: num(row, 'sent_at') }, now);
    this.events.append(now, 'message-state', String(id));
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
    if (changes > 0) this.events.append(now, 'message-state', String(id));
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

  /** Newest last; `before` is a message id. */
  list(contactId: number, before: number | null, limit: number): readonly SqlRow[] {
    const rows = this.store.all(
      'SELECT * FROM messages WHERE contact_id = ? AND id < ? ORDER BY id DESC LIMIT ?',
      contactId,
      before ?? Number.MAX_SAFE_INTEGER,
      Math.max(1, Math.min(limit, MAX_PAGE)),
    );
    return [...rows].reverse();
  }

  last(contactId: number): SqlRow | undefined {
    return this.store.get(
      'SELECT * FROM messages WHERE contact_id = ? ORDER BY id DESC LIMIT 1',
      contactId,
    );
  }

  unread(contactId: number, readId: number): number {
    const row = this.store.get(
      "SELECT count(*) AS n FROM messages WHERE contact_id = ? AND direction = 'in' AND id > ?",
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
      text: text(row, 'text'),
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
