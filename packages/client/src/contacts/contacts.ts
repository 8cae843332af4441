/**
 * People this profile knows, with the steps of meeting them (docs/spec/09-meeting.md, 4) and the
 * facts of their streams.
 */
import { AppError, DAY, type Millis } from '@tacet/base';
import { textBytes } from '../content/cbor.ts';
import type { EventLog } from '../events/log.ts';
import { MAX_CONTACTS, MAX_NAME_BYTES } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { nextId, retireIds } from '../store/ids.ts';
import { num, numOrNull, rowIdOf, text, textOrNull } from '../store/rows.ts';
import { type Voucher, writeFact } from '../trust/facts.ts';
import { silentSince } from '../trust/reach.ts';
import type { ContactView, MeetingSteps } from '../views.ts';

export type Step = keyof MeetingSteps;

const STEP_COLUMN: Readonly<Record<Step, string>> = {
  opened: 'opened_at',
  delivered: 'delivered_at',
  accepted: 'accepted_at',
  ready: 'ready_at',
};

/** Of `contacts`: rows of which nothing is needed any more once the reason was told. */
const FAILED = "state = 'ended' AND ready_at IS NULL";
/** How long one that nobody dismissed is shown (docs/spec/09-meeting.md, 4). */
const FAILED_SHOWN: Millis = 7 * DAY;

/**
 * A name for a list: one line, trimmed, no control or direction-changing characters, 1..64 bytes.
 */
export function cleanName(name: string): string {
  const clean = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  if (clean === '' || textBytes(clean) > MAX_NAME_BYTES) {
    throw new AppError('name-invalid', 'usage', 'a name has between 1 and 64 bytes of text');
  }
  return clean;
}

/** What stands for a name that is not known: from meetings, where the other gave none. */
const STAND_IN = /^(?:inviter|guest|someone)(?:-\d+)?$/;

/** Commands take ids too: a name that is a number would lead to another contact. */
function isNumber(name: string): boolean {
  return /^[0-9]+$/.test(name);
}

export class Contacts {
  private readonly store: ProfileStore;
  private readonly events: EventLog;

  constructor(store: ProfileStore, events: EventLog) {
    this.store = store;
    this.events = events;
  }

  get full(): boolean {
    const count = this.store.get('SELECT count(*) AS n FROM contacts');
    return count !== undefined && num(count, 'n') >= MAX_CONTACTS;
  }

  /**
   * A new row in state `meeting`; the name is made unique by a number. In a transaction.
   * @param how they came here: the first fact of trust in them
   */
  create(
    wanted: string,
    givenName: string,
    now: Millis,
    how: 'met-by-link' | 'met-by-request' | 'met-by-introduction' = 'met-by-link',
    by: Voucher | null = null,
  ): number {
    if (this.full) {
      throw new AppError(
        'contacts-full',
        'refused',
        'this profile holds as many contacts as it can',
      );
    }
    const rowId = this.insert(this.freeName(wanted, now), givenName, 'meeting', now);
    writeFact(this.store, rowId, how, now, by);
    this.events.append(now, 'contact', String(rowId));
    return rowId;
  }

  private insert(name: string, givenName: string, state: string, now: Millis): number {
    const rowId = nextId(this.store, 'contacts');
    this.store.run(
      `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
       VALUES (?, ?, ?, 'unverified', ?, ?, ?)`,
      rowId,
      name,
      givenName,
      state,
      Math.floor(now),
      Math.floor(now),
    );
    return rowId;
  }

  private freeName(given: string, now: Millis): string {
    const wanted = isNumber(given) ? `contact ${given}` : given;
    this.yieldName(wanted, now);
    for (let n = 1; ; n++) {
      const name = n === 1 ? wanted : `${wanted}-${n}`;
      if (this.store.get('SELECT 1 AS one FROM contacts WHERE name = ?', name) === undefined) {
        return name;
      }
    }
  }

  /** A meeting that failed keeps no name from another. In a transaction. */
  private yieldName(name: string, now: Millis): void {
    const holder = this.store.get(`SELECT id FROM contacts WHERE name = ? AND ${FAILED}`, name);
    if (holder !== undefined) this.forget(num(holder, 'id'), now);
  }

  /** Ended before a session spoke. */
  hasFailed(id: number): boolean {
    return (
      this.store.get(`SELECT 1 AS one FROM contacts WHERE id = ? AND ${FAILED}`, id) !== undefined
    );
  }

  /** Nothing is left of a meeting that failed; its ratchet records go next. In a transaction. */
  forget(id: number, now: Millis): void {
    retireIds(this.store);
    this.store.run('INSERT INTO departed (contact_id) VALUES (?)', id);
    this.store.run('DELETE FROM contacts WHERE id = ?', id);
    this.events.append(now, 'contact', String(id));
  }

  /** Hourly: meetings that failed long ago. */
  forgetOld(now: Millis): void {
    for (const row of this.store.all(
      `SELECT id FROM contacts WHERE ${FAILED} AND coalesce(ends_at, 0) <= ?`,
      Math.floor(now),
    )) {
      this.store.transaction(() => this.forget(num(row, 'id'), now));
    }
  }

  /** By id, or by the exact name. */
  find(idOrName: string): SqlRow {
    const row =
      this.store.get('SELECT * FROM contacts WHERE id = ?', rowIdOf(idOrName)) ??
      this.store.get('SELECT * FROM contacts WHERE name = ?', idOrName);
    if (row === undefined) {
      throw new AppError('contact-unknown', 'missing', 'there is no contact of that name');
    }
    return row;
  }

  row(id: number): SqlRow {
    const row = this.store.get('SELECT * FROM contacts WHERE id = ?', id);
    if (row === undefined) throw new AppError('contact-unknown', 'missing', 'no such contact');
    return row;
  }

  /** People; the notes to self are nobody. */
  all(): readonly SqlRow[] {
    return this.store.all(
      "SELECT * FROM contacts WHERE state <> 'self' ORDER BY touched_at DESC, id",
    );
  }

  withNotes(): readonly SqlRow[] {
    return this.store.all('SELECT * FROM contacts');
  }

  /** The row of the notes to self. In a transaction. */
  createNotes(name: string, now: Millis): number {
    const id = this.insert(this.freeName(name, now), '', 'self', now);
    this.events.append(now, 'contact', String(id));
    return id;
  }

  rename(idOrName: string, name: string, now: Millis): number {
    const id = num(this.find(idOrName), 'id');
    const clean = cleanName(name);
    if (isNumber(clean)) {
      throw new AppError('name-invalid', 'usage', 'a name must not be a number alone');
    }
    const other = this.store.get('SELECT id FROM contacts WHERE name = ?', clean);
    const taken = other !== undefined && num(other, 'id') !== id;
    if (taken && !this.hasFailed(num(other, 'id'))) {
      throw new AppError('contact-exists', 'usage', 'another contact has that name already');
    }
    this.store.transaction(() => {
      if (taken) this.yieldName(clean, now);
      this.store.run('UPDATE contacts SET name = ? WHERE id = ?', clean, id);
      this.events.append(now, 'contact', String(id));
    });
    return id;
  }

  touch(id: number, now: Millis): void {
    this.store.run('UPDATE contacts SET touched_at = ? WHERE id = ?', Math.floor(now), id);
  }

  /** Something of theirs was read. In a transaction. */
  heard(id: number, now: Millis): void {
    this.store.run('UPDATE contacts SET heard_at = ? WHERE id = ?', Math.floor(now), id);
  }

  /** Who introduced them, by the name they had then. */
  private introducer(id: number): string | null {
    const row = this.store.get(
      'SELECT by_name FROM trust_facts WHERE contact_id = ? AND by_name IS NOT NULL ORDER BY id DESC LIMIT 1',
      id,
    );
    return row === undefined ? null : textOrNull(row, 'by_name');
  }

  /** Records a step once; later calls leave its first time. `ready` also ends the meeting. */
  step(id: number, step: Step, now: Millis): void {
    const column = STEP_COLUMN[step];
    const { changes } = this.store.run(
      `UPDATE contacts SET ${column} = ? WHERE id = ? AND ${column} IS NULL`,
      Math.floor(now),
      id,
    );
    if (step === 'ready') {
      this.store.run(
        "UPDATE contacts SET state = 'ready', reason = NULL, ends_at = NULL WHERE id = ? AND state = 'meeting'",
        id,
      );
    }
    if (changes > 0) this.events.append(now, 'contact', String(id));
  }

  /** A meeting that failed for good, or a session that did. */
  end(id: number, reason: string, now: Millis): void {
    this.store.run(
      "UPDATE contacts SET state = 'ended', reason = ?, ends_at = ? WHERE id = ?",
      reason,
      Math.floor(now + FAILED_SHOWN),
      id,
    );
    this.events.append(now, 'contact', String(id));
  }

  /** When a meeting that goes on ends by itself; null: it does not. */
  setEnd(id: number, at: Millis | null): void {
    this.store.run('UPDATE contacts SET ends_at = ? WHERE id = ?', at, id);
  }

  /** Why a meeting does not go on just now; null when it does. */
  hold(id: number, reason: string | null, now: Millis): void {
    const { changes } = this.store.run(
      'UPDATE contacts SET reason = ? WHERE id = ? AND reason IS NOT ?',
      reason,
      id,
      reason,
    );
    if (changes > 0) this.events.append(now, 'contact', String(id));
  }

  /** What a peer calls themself, once it is known; the list name follows if it was a stand-in. */
  introduce(id: number, givenName: string, standIn: string, now: Millis): void {
    const row = this.row(id);
    const keep = text(row, 'name') !== standIn;
    this.store.run(
      'UPDATE contacts SET given_name = ?, name = ? WHERE id = ?',
      givenName,
      keep ? text(row, 'name') : this.freeName(givenName, now),
      id,
    );
    this.events.append(now, 'contact', String(id));
  }

  /** A contact goes by another name: the list's follows only where it is a stand-in. In a transaction. */
  callThemself(id: number, name: string, now: Millis): void {
    const had = text(this.row(id), 'name');
    this.introduce(id, name, STAND_IN.test(had) ? had : '', now);
  }

  /** Windows look again. */
  changed(id: number, now: Millis): void {
    this.events.append(now, 'contact', String(id));
  }

  view(
    row: SqlRow,
    unread: number,
    lastMessage: ContactView['lastMessage'],
    identity: ContactView['identity'],
    now: Millis,
  ): ContactView {
    const trust = text(row, 'trust') as ContactView['trust'];
    return {
      id: String(num(row, 'id')),
      name: text(row, 'name'),
      givenName: text(row, 'given_name'),
      identity,
      trust,
      trustWarning: textOrNull(row, 'trust_warning') as ContactView['trustWarning'],
      introducedBy: trust === 'introduced' ? this.introducer(num(row, 'id')) : null,
      silentSince: silentSince(this.store, row, now),
      state: text(row, 'state') as ContactView['state'],
      blocked: row['blocked_at'] !== null,
      reason: textOrNull(row, 'reason'),
      endsAt: text(row, 'state') === 'meeting' ? numOrNull(row, 'ends_at') : null,
      steps: {
        opened: numOrNull(row, 'opened_at'),
        delivered: numOrNull(row, 'delivered_at'),
        accepted: numOrNull(row, 'accepted_at'),
        ready: numOrNull(row, 'ready_at'),
      },
      unread,
      lastMessage,
    };
  }
}
