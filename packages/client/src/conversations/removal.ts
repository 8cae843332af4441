/**
 * How text goes (docs/spec/14-content.md, 4 and 5): disappeared, deleted by its writer, deleted here.
 * All of it goes in one transaction: text, versions, reactions, quotes of it, pins, evidence. When is
 * saved with the row, so that a restart changes nothing.
 */
import { DAY, HOUR, type Millis, SECOND } from '@tacet/base';
import type { EventLog } from '../events/log.ts';
import { MAX_SWEPT_ROWS } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import type { Attempts, Failure } from '../store/attempt.ts';
import { retireIds } from '../store/ids.ts';
import { blob, num, text } from '../store/rows.ts';
import { isAct, typeOf } from './contents.ts';

/** An unread message begins to disappear after this long at the latest. */
const UNREAD: Millis = 7 * DAY;
/** How long it is remembered that something was here, and how long an act waits for its line. */
const REMEMBERED: Millis = 100 * DAY;
const WAITING: Millis = 90 * DAY;
/** What is still under way, or could not be swept, is looked at again. */
const AGAIN: Millis = HOUR;

/** Values of `gone`: nothing is shown of it, but it is under way; nothing is left of it. */
const HIDDEN = 1;
const STRIPPED = 2;

const UNDER_WAY = "('queued','sending','unconfirmed','stored')";
const EMPTY = `text = '', raw = NULL, detail = NULL, first_text = NULL, first_detail = NULL,
  excerpt = NULL`;

export class Removal {
  private readonly store: ProfileStore;
  private readonly events: EventLog;
  /** Undefined: to be looked up. */
  private next: Millis | null | undefined;

  private readonly attempts: Attempts;
  /** Hears of a row that could not be swept. It is tried again in an hour. */
  onFailed: (error: unknown, now: Millis) => void = () => undefined;

  constructor(store: ProfileStore, events: EventLog, attempts: Attempts) {
    this.store = store;
    this.attempts = attempts;
    this.events = events;
  }

  /** When the next row loses its text, or null. */
  get deadline(): Millis | null {
    if (this.next === undefined) {
      const row = this.store.get(
        'SELECT min(expires_at) AS at FROM messages WHERE expires_at IS NOT NULL',
      );
      this.next = typeof row?.['at'] === 'number' ? row['at'] : null;
    }
    return this.next;
  }

  /** Something was given a time. */
  changed(): void {
    this.next = undefined;
  }

  /** A line with a lifetime came: the clock begins when it is read, or at last by itself. */
  arrived(id: number, now: Millis): void {
    this.store.run(
      `UPDATE messages SET expires_at = ? + lifetime * ${SECOND}
       WHERE id = ? AND lifetime IS NOT NULL AND type <> 7`,
      Math.floor(now + UNREAD),
      id,
    );
    this.changed();
  }

  /** A note to self: nobody else has to get it. */
  written(id: number, now: Millis): void {
    this.store.run(
      `UPDATE messages SET expires_at = ? + lifetime * ${SECOND}
       WHERE id = ? AND lifetime IS NOT NULL AND type <> 7`,
      Math.floor(now),
      id,
    );
    this.changed();
  }

  /** Everything that came up to row `last` was read. In a transaction. */
  read(contactId: number, after: number, last: number, now: Millis): void {
    const at = Math.floor(now);
    this.store.run(
      `UPDATE messages SET read_at = ?,
         expires_at = CASE WHEN expires_at IS NULL OR gone > 0 THEN expires_at
           ELSE min(expires_at, ? + lifetime * ${SECOND}) END
       WHERE contact_id = ? AND direction = 'in' AND read_at IS NULL AND id > ? AND id <= ?`,
      at,
      at,
      contactId,
      after,
      last,
    );
    this.changed();
  }

  /** An own message reached its last state of delivery. In that transaction. */
  settled(id: number, now: Millis): void {
    this.store.run(
      `UPDATE messages SET expires_at = CASE
         WHEN gone = ${HIDDEN} THEN ?
         WHEN lifetime IS NOT NULL AND type <> 7 AND expires_at IS NULL
           THEN ? + lifetime * ${SECOND}
         ELSE expires_at END
       WHERE id = ?`,
      Math.floor(now),
      Math.floor(now),
      id,
    );
    this.changed();
  }

  /** An act whose line is not here. In a transaction. */
  waits(id: number, now: Millis): void {
    this.store.run(
      'UPDATE messages SET waiting = 1, expires_at = ? WHERE id = ?',
      Math.floor(now + WAITING),
      id,
    );
    this.changed();
  }

  /** Its writer deleted it: the line stays and says so. In a transaction. */
  delete(row: SqlRow, at: Millis, now: Millis): void {
    const id = num(row, 'id');
    this.store.run(
      `UPDATE messages SET ${EMPTY}, edited_at = NULL, kept = 0, deleted_at = ? WHERE id = ?`,
      Math.floor(at),
      id,
    );
    this.dropCopies(row, now);
  }

  /** Nothing of it is shown any more. In a transaction. */
  vanish(row: SqlRow, now: Millis): void {
    const id = num(row, 'id');
    const type = typeOf(row);
    this.events.append(now, 'message-state', String(id));
    if (type === 'timer' || type === 'profile') {
      // What it set goes on.
      this.store.run('UPDATE messages SET listed = 0 WHERE id = ?', id);
      return;
    }
    this.dropCopies(row, now);
    this.store.run('DELETE FROM evidence WHERE message_id = ?', id);
    this.hideOrStrip(`id = ?`, [id], now);
  }

  /** An act that changes nothing (any more): forgotten, once it is no longer under way. */
  dropAct(id: number, now: Millis): void {
    const { changes } = this.store.run(
      `UPDATE messages SET gone = ${HIDDEN}, waiting = 0, expires_at = ?
       WHERE id = ? AND state IN ${UNDER_WAY}`,
      Math.floor(now + AGAIN),
      id,
    );
    this.changed();
    if (changes === 0 && !this.remembers(id, now)) this.forget(id);
  }

  /**
   * An own reaction that gave way: its client id stays as long as what disappears is remembered, or the
   * same call once more would put the older one back. True: it stays.
   */
  private remembers(id: number, now: Millis): boolean {
    const { changes } = this.store.run(
      `UPDATE messages SET ${EMPTY}, gone = ${STRIPPED}, waiting = 0, expires_at = ?
       WHERE id = ? AND type = 2 AND client_id IS NOT NULL AND gone <> ${STRIPPED}`,
      Math.floor(now + REMEMBERED),
      id,
    );
    if (changes > 0) this.store.run('DELETE FROM evidence WHERE message_id = ?', id);
    return changes > 0;
  }

  /** Reactions and versions of a line, its pin, and what quotes it. */
  private dropCopies(row: SqlRow, now: Millis): void {
    const [contactId, contentId] = [num(row, 'contact_id'), blob(row, 'content_id')];
    const of = 'contact_id = ? AND target_id = ? AND target_direction = ?';
    const target = [contactId, contentId, text(row, 'direction')] as const;
    this.store.run(
      `UPDATE messages SET excerpt = '', raw = NULL WHERE ${of} AND type = 1`,
      ...target,
    );
    for (const act of this.store.all(
      `SELECT id FROM messages WHERE ${of} AND type IN (2, 3)`,
      ...target,
    )) {
      this.dropAct(num(act, 'id'), now);
    }
    this.store.run('DELETE FROM pins WHERE message_id = ?', num(row, 'id'));
    this.store.run(
      'UPDATE conversations SET draft_reply = NULL WHERE draft_reply = ?',
      num(row, 'id'),
    );
  }

  private hideOrStrip(where: string, params: readonly number[], now: Millis): void {
    this.store.run(
      `UPDATE messages SET listed = 0, gone = ${HIDDEN}, expires_at = ?
       WHERE ${where} AND state IN ${UNDER_WAY}`,
      Math.floor(now + AGAIN),
      ...params,
    );
    this.store.run(
      `UPDATE messages SET ${EMPTY}, listed = 0, gone = ${STRIPPED}, expires_at = ?
       WHERE ${where} AND state NOT IN ${UNDER_WAY}`,
      Math.floor(now + REMEMBERED),
      ...params,
    );
    this.changed();
  }

  /** What is due. True when there is more. */
  sweep(now: Millis): boolean {
    const due = this.deadline;
    if (due === null || due > now) return false;
    const rows = this.store.all(
      'SELECT * FROM messages WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
      Math.floor(now),
      MAX_SWEPT_ROWS,
    );
    const sweep = (some: readonly SqlRow[]) => (): void => {
      for (const row of some) this.sweepRow(row, now);
    };
    // A row of a contact that cannot be swept must keep no other from disappearing.
    if (this.attempts.saved(sweep(rows)) !== null) {
      for (const row of rows) this.later(row, this.attempts.saved(sweep([row])), now);
    }
    this.changed();
    return rows.length === MAX_SWEPT_ROWS;
  }

  private later(row: SqlRow, failure: Failure | null, now: Millis): void {
    if (failure === null) return;
    const at = Math.floor(now + AGAIN);
    this.store.run('UPDATE messages SET expires_at = ? WHERE id = ?', at, num(row, 'id'));
    this.onFailed(failure.error, now);
  }

  private sweepRow(row: SqlRow, now: Millis): void {
    const id = num(row, 'id');
    const type = typeOf(row);
    const gone = num(row, 'gone');
    if (type !== null && isAct(type)) this.dropAct(id, now);
    else if (gone === 0) this.vanish(row, now);
    else if (gone === HIDDEN) this.hideOrStrip('id = ?', [id], now);
    else this.forget(id);
  }

  /** With the requests that were about it. */
  private forget(id: number): void {
    retireIds(this.store);
    this.store.run(
      `DELETE FROM messages WHERE type = 4 AND state NOT IN ${UNDER_WAY}
       AND (contact_id, target_id, target_direction) =
         (SELECT contact_id, content_id, direction FROM messages WHERE id = ?)`,
      id,
    );
    this.store.run('DELETE FROM messages WHERE id = ?', id);
  }

  /** The clock was set back to now: nothing waits longer than it could have to. In a transaction. */
  setBack(now: Millis): void {
    this.store.run(
      `UPDATE messages SET expires_at = min(expires_at, ? + CASE
         WHEN gone > 0 THEN ${REMEMBERED}
         WHEN waiting = 1 OR lifetime IS NULL THEN ${WAITING}
         ELSE lifetime * ${SECOND} + iif(direction = 'in' AND read_at IS NULL, ${UNREAD}, 0) END)
       WHERE expires_at IS NOT NULL`,
      Math.floor(now),
    );
    this.changed();
  }
}
