/**
 * Envelopes that nobody typed and that wait for the ratchet: hello, key set, steps of trust,
 * offers of healing (docs/spec/07-streams.md, 6). One whose encryption fails is tried again, ever
 * more rarely: nobody else would ever say it. The notices of one contact keep their order.
 */
import { DAY, type Millis, SECOND } from '@tacet/base';
import { MAX_HELLO_TRIES } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { NONE_RESTS, type Resting } from '../sessions/jobs.ts';
import { blobOrNull, num, text } from '../store/rows.ts';
import type { Notice } from './ciphertexts.ts';

/** Pause after the first failure; doubled with each, up to a day. */
const FIRST_PAUSE: Millis = 30 * SECOND;
const LONGEST_PAUSE: Millis = DAY;

/** Contacts to whom anything can be sent. */
const ABLE = 'c.out_chain IS NOT NULL AND c.blocked_at IS NULL';

export interface WaitingNotice {
  readonly id: number;
  readonly contactId: number;
  readonly kind: Notice;
  /** With kinds `said` and `recovery`: the envelope without its receipt. */
  readonly body: Uint8Array | null;
}

export function noticeKey(id: number): string {
  return `notice/${id}`;
}

export class Notices {
  private readonly store: ProfileStore;
  private nextDue: Millis | null = null;
  private resting: Resting = NONE_RESTS;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  /** When one that failed is tried again, as seen at the last look for work; or null. */
  get deadline(): Millis | null {
    return this.nextDue;
  }

  /** The oldest that may be encrypted now. */
  next(now: Millis, resting: Resting = NONE_RESTS): WaitingNotice | null {
    this.resting = resting;
    const rows = this.store.all(
      `SELECT n.id, n.contact_id, n.kind, n.body FROM notices n JOIN contacts c ON c.id = n.contact_id
       WHERE ${ABLE} AND NOT EXISTS (
         SELECT 1 FROM notices e WHERE e.contact_id = n.contact_id AND e.id <= n.id AND e.due_at > ?)
       ORDER BY n.id LIMIT ?`,
      Math.floor(now),
      1 + resting.size,
    );
    const row = rows.find((one) => !resting.has(noticeKey(num(one, 'id'))));
    // While one is being encrypted nothing is due: there is a look for more when it is done.
    this.nextDue = row === undefined ? this.earliest() : null;
    if (row === undefined) return null;
    return {
      id: num(row, 'id'),
      contactId: num(row, 'contact_id'),
      kind: text(row, 'kind') as Notice,
      body: blobOrNull(row, 'body'),
    };
  }

  /** It has become a ciphertext. In that transaction. */
  done(id: number): void {
    this.store.run('DELETE FROM notices WHERE id = ?', id);
  }

  /** In a transaction. @returns true: a hello failed so often that the meeting is to end */
  failed(id: number, now: Millis): boolean {
    const row = this.store.get(
      `SELECT n.kind, n.tries, c.state FROM notices n JOIN contacts c ON c.id = n.contact_id
       WHERE n.id = ?`,
      id,
    );
    if (row === undefined) return false;
    const tries = num(row, 'tries') + 1;
    const pause = Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE);
    this.store.run(
      'UPDATE notices SET tries = ?, due_at = ? WHERE id = ?',
      tries,
      Math.ceil(now + pause),
      id,
    );
    const meets = text(row, 'kind') === 'hello' && text(row, 'state') === 'meeting';
    return meets && tries >= MAX_HELLO_TRIES;
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.store.run(
      'UPDATE notices SET due_at = max(0, due_at - ?) WHERE due_at > 0',
      Math.floor(by),
    );
    this.nextDue = this.earliest();
  }

  private earliest(): Millis | null {
    if (this.resting.size === 0) {
      const due = this.store.get(
        `SELECT min(n.due_at) AS due FROM notices n JOIN contacts c ON c.id = n.contact_id
         WHERE n.due_at > 0 AND ${ABLE}`,
      );
      return typeof due?.['due'] === 'number' ? due['due'] : null;
    }
    const rows = this.store.all(
      `SELECT n.id, n.due_at FROM notices n JOIN contacts c ON c.id = n.contact_id
       WHERE n.due_at > 0 AND ${ABLE} ORDER BY n.due_at LIMIT ?`,
      1 + this.resting.size,
    );
    const row = rows.find((one) => !this.resting.has(noticeKey(num(one, 'id'))));
    return row === undefined ? null : num(row, 'due_at');
  }
}
