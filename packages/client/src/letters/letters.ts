/**
 * Dead letters (docs/spec/18-conversations.md, 7): what could not be sent, and what came and could
 * not be read. Each has its reason, and what can be done: tried again, or dismissed. A letter that
 * is tried again keeps its content id, so that the other side never has it twice.
 */
import { AppError, isAppError, type Millis } from '@tacet/base';
import type { Contacts } from '../contacts/contacts.ts';
import { decodeEnvelope, type Envelope } from '../content/envelope.ts';
import { isAct, typeOf } from '../conversations/contents.ts';
import type { Messages } from '../conversations/messages.ts';
import { isEmptied, lineOf } from '../conversations/show.ts';
import type { EventLog } from '../events/log.ts';
import type { Moved } from '../levels/deliveries.ts';
import { MAX_PAGE, MAX_QUEUED } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import type { Attempts } from '../store/attempt.ts';
import { blob, num, numOrNull, text, textOrNull } from '../store/rows.ts';
import type { LetterView } from '../views.ts';
import { letterRef } from './id.ts';
import { adviceOf } from './sentences.ts';

export interface LetterDeps {
  readonly store: ProfileStore;
  readonly events: EventLog;
  readonly contacts: Contacts;
  readonly messages: Messages;
  /** Contents on their way. */
  readonly open: () => number;
  begin(now: Millis): void;
  /** Something was written to this contact. */
  written(contactId: number, now: Millis): void;
  /** A content that was kept unread takes effect. In a transaction. */
  again(contactId: number, seq: number, envelope: Envelope, raw: Uint8Array, now: Millis): void;
  /** An envelope that was not receipted takes effect after all. In a transaction. */
  takeAgain(contactId: number, seq: number, plaintext: Uint8Array, now: Millis): void;
  readonly attempts: Attempts;
  /** A receipt to this contact, which shows what is missing. */
  owe(contactId: number, now: Millis): void;
}

/** Kept as it was decrypted: a later version may read it. */
const READABLE = new Set(['envelope-malformed', 'content-malformed', 'content-failed']);
/** Its sender can encrypt it anew. */
const REPEATED = new Set(['session-undecryptable', 'session-duplicate', 'session-failed']);
/** Decrypted, and not receipted: all that stands in it takes effect. */
const WHOLE = 'envelope-failed';

const SETTLED = ['dead', 'dismissed', 'over'] as const;

// CROSS JOIN keeps the order: few fail, and the planner would go through every message.
const FAILED = `SELECT m.*, f.at AS failed_at, f.tries, f.tried_at, f.dismissed
  FROM failures f CROSS JOIN messages m ON m.id = f.message_id`;
const DEAD = "m.state = 'failed' AND m.gone = 0 AND f.dismissed = 0";

export class Letters {
  private readonly d: LetterDeps;

  constructor(deps: LetterDeps) {
    this.d = deps;
  }

  /** An own content came to another state. In that transaction. */
  moved({ id, state }: Pick<Moved, 'id' | 'state'>, now: Millis): void {
    if (state !== 'failed') return;
    this.d.store.run(
      `INSERT INTO failures (message_id, at) VALUES (?, ?)
       ON CONFLICT (message_id) DO UPDATE SET at = excluded.at, dismissed = 0`,
      id,
      Math.floor(now),
    );
    this.d.events.append(now, 'letter', `out-${id}`);
  }

  get count(): number {
    const row = this.d.store.get(
      `SELECT (SELECT count(*) FROM failures f CROSS JOIN messages m ON m.id = f.message_id WHERE ${DEAD})
         + (SELECT count(*) FROM dead_letters WHERE settled = 0) AS n`,
    );
    return row === undefined ? 0 : num(row, 'n');
  }

  /** Newest first. @param contact id or name; null: of all */
  list(contact: string | null): LetterView[] {
    const { store, contacts } = this.d;
    const id = contact === null ? null : num(contacts.find(contact), 'id');
    const of = id === null ? '' : 'AND contact_id = ?';
    const params = id === null ? [MAX_PAGE] : [id, MAX_PAGE];
    const failed = store.all(
      `${FAILED} WHERE ${DEAD} ${of} ORDER BY failed_at DESC, m.id DESC LIMIT ?`,
      ...params,
    );
    const unread = store.all(
      `SELECT * FROM dead_letters WHERE settled = 0 ${of} ORDER BY at DESC, id DESC LIMIT ?`,
      ...params,
    );
    return [...failed.map((row) => this.sent(row)), ...unread.map((row) => this.came(row))]
      .sort((a, b) => b.at - a.at)
      .slice(0, MAX_PAGE);
  }

  /** Throws `letter-unknown`. */
  get(id: string): LetterView {
    const found = this.row(id);
    return found.direction === 'out' ? this.sent(found.row) : this.came(found.row);
  }

  /**
   * Once more. What is on its way already, or over, is left alone, so that a repeat does nothing.
   * Throws `letter-unknown`, `letter-final`, `contact-blocked`, `outbox-full`.
   */
  retry(id: string, now: Millis): LetterView {
    this.d.begin(now);
    const { direction, row } = this.row(id);
    const view = this.get(id);
    if (view.state === 'retried' || view.state === 'over') return view;
    if (this.d.contacts.row(num(row, 'contact_id'))['blocked_at'] !== null) {
      throw new AppError('contact-blocked', 'refused', 'this contact is blocked; unblock it first');
    }
    if (!view.canRetry) {
      throw new AppError('letter-final', 'refused', 'trying again cannot help here');
    }
    if (direction === 'out') this.send(row, now);
    else this.read(row, now);
    return this.get(id);
  }

  /** It is not listed any more. Repeating it does nothing. Throws `letter-unknown`. */
  dismiss(id: string, now: Millis): void {
    this.d.begin(now);
    const { direction, row } = this.row(id);
    const sql =
      direction === 'out'
        ? 'UPDATE failures SET dismissed = 1 WHERE message_id = ? AND dismissed = 0'
        : "UPDATE dead_letters SET settled = 1, data = x'' WHERE id = ? AND settled = 0";
    this.d.store.transaction(() => {
      const { changes } = this.d.store.run(sql, num(row, 'id'));
      if (changes > 0) this.d.events.append(now, 'letter', id);
    });
  }

  /** It waits in the outbox again, under the same id: saved first, and sent from there. */
  private send(row: SqlRow, now: Millis): void {
    const { store, messages } = this.d;
    if (this.d.open() >= MAX_QUEUED) {
      throw new AppError('outbox-full', 'refused', 'too many texts are on their way');
    }
    const id = num(row, 'id');
    store.transaction(() => {
      messages.again(id, now);
      store.run(
        'UPDATE failures SET dismissed = 0, tries = tries + 1, tried_at = ? WHERE message_id = ?',
        Math.floor(now),
        id,
      );
      this.d.events.append(now, 'letter', `out-${id}`);
      this.d.written(num(row, 'contact_id'), now);
    });
  }

  private read(row: SqlRow, now: Millis): void {
    const { store } = this.d;
    const id = num(row, 'id');
    const [contactId, seq] = [num(row, 'contact_id'), num(row, 'seq')];
    store.transaction(() => {
      store.run(
        'UPDATE dead_letters SET tries = tries + 1, tried_at = ? WHERE id = ?',
        Math.floor(now),
        id,
      );
      this.d.events.append(now, 'letter', `in-${id}`);
      const reason = text(row, 'reason');
      if (READABLE.has(reason)) {
        this.readAgain(row, now);
        return;
      }
      if (reason === WHOLE) {
        // What fails once more stays a letter; its sender writes it again all the same.
        this.d.attempts.saved(() => this.d.takeAgain(contactId, seq, blob(row, 'data'), now));
        return;
      }
      store.run('UPDATE fragments SET tried = 0 WHERE contact_id = ? AND seq = ?', contactId, seq);
      this.d.owe(contactId, now);
      this.d.written(contactId, now);
    });
  }

  /** With what this version knows. What else stood in the envelope has had its day. */
  private readAgain(row: SqlRow, now: Millis): void {
    const data = blob(row, 'data');
    let envelope: Envelope;
    try {
      envelope = decodeEnvelope(data);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      return;
    }
    if (envelope.content === undefined) return;
    // What fails once more stays a letter.
    this.d.attempts.saved(() => {
      this.d.store.run(
        "UPDATE dead_letters SET settled = 2, data = x'' WHERE id = ?",
        num(row, 'id'),
      );
      this.d.again(num(row, 'contact_id'), num(row, 'seq'), envelope, data, now);
    });
  }

  private row(id: string): { readonly direction: 'out' | 'in'; readonly row: SqlRow } {
    const { direction, rowId } = letterRef(id) ?? { direction: 'in', rowId: 0 };
    const sql =
      direction === 'out' ? `${FAILED} WHERE m.id = ?` : 'SELECT * FROM dead_letters WHERE id = ?';
    const row = this.d.store.get(sql, rowId);
    if (row === undefined) {
      throw new AppError('letter-unknown', 'missing', 'there is no such dead letter');
    }
    return { direction, row };
  }

  private sent(row: SqlRow): LetterView {
    const contact = this.d.contacts.row(num(row, 'contact_id'));
    const ended = text(contact, 'state') === 'ended';
    const reason = textOrNull(row, 'reason') ?? 'session-failed';
    const gone = num(row, 'gone') > 0 || isEmptied(row);
    const failed = text(row, 'state') === 'failed';
    const id = num(row, 'id');
    return {
      ...this.shared(row, num(row, 'failed_at')),
      id: `out-${id}`,
      direction: 'out',
      reason,
      ...adviceOf('out', reason, ended),
      kind: typeOf(row) ?? 'unknown',
      messageId: this.lineId(row),
      text: gone ? null : lineOf(row),
      canRetry: failed && !ended && !gone,
      state:
        failed && !gone
          ? (SETTLED[num(row, 'dismissed')] ?? 'dead')
          : isOpen(row)
            ? 'retried'
            : 'over',
    };
  }

  /** The message in the conversation that it is, or is about. */
  private lineId(row: SqlRow): string | null {
    if (num(row, 'listed') === 1) return String(num(row, 'id'));
    const line = isAct(typeOf(row) ?? 'unknown') ? this.d.messages.lineOf(row) : undefined;
    return line === undefined ? null : String(num(line, 'id'));
  }

  private came(row: SqlRow): LetterView {
    const contact = this.d.contacts.row(num(row, 'contact_id'));
    const reason = text(row, 'reason');
    const ended = text(contact, 'state') === 'ended';
    const settled = num(row, 'settled');
    const numbered = num(row, 'seq') > 0;
    const again = READABLE.has(reason) || ((REPEATED.has(reason) || reason === WHOLE) && numbered);
    return {
      ...this.shared(row, num(row, 'at')),
      id: `in-${num(row, 'id')}`,
      direction: 'in',
      reason,
      ...adviceOf('in', reason, ended),
      kind: null,
      messageId: null,
      text: null,
      canRetry: again && !ended && settled === 0,
      state: SETTLED[settled] ?? 'dead',
    };
  }

  private shared(row: SqlRow, at: Millis) {
    return {
      contactId: String(num(row, 'contact_id')),
      at,
      tries: num(row, 'tries'),
      triedAt: numOrNull(row, 'tried_at'),
    };
  }
}

function isOpen(row: SqlRow): boolean {
  return ['queued', 'sending', 'unconfirmed', 'stored'].includes(text(row, 'state'));
}
