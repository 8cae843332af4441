/**
 * From boxes to saved messages. A part is saved when it is read; whole ciphertexts become a
 * ratchet job; their plaintexts, the ratchet's new state and the forgotten parts are one
 * transaction. What cannot be decrypted, or not be saved, goes to the dead letters and blocks nothing.
 */
import { AppError, concat, isAppError, type Millis } from '@tacet/base';
import { isBlocked } from '../contacts/blocking.ts';
import { decodeEnvelope, type Envelope, type Unreadable } from '../content/envelope.ts';
import {
  MAX_DEAD_LETTERS,
  MAX_FAILED_CONTENTS,
  MAX_GROUP_BYTES,
  MAX_PARTIAL,
  MAX_UNREADABLE,
} from '../limits.ts';
import type { ProfileStore, SessionWrites, SqlRow } from '../ports.ts';
import {
  applyWrites,
  type ErasedWork,
  erased,
  type JobSource,
  NONE_RESTS,
  type Resting,
} from '../sessions/jobs.ts';
import type { FaultReason } from '../status/faults.ts';
import { Attempts } from '../store/attempt.ts';
import { nextId } from '../store/ids.ts';
import { blob, num } from '../store/rows.ts';
import type { BoxContent } from '../streams/parts.ts';
import type { StreamListener } from '../streams/reader.ts';
import type { ReceivedSet } from './received.ts';

export interface InboxListener {
  /** In the transaction of the decryption. `seq` 0: a control. */
  onEnvelope(
    contactId: number,
    seq: number,
    envelope: Envelope,
    raw: Uint8Array,
    now: Millis,
    apart: Apart,
  ): void;
  /** A numbered ciphertext came that is saved already: its receipt was lost. */
  onDuplicate(contactId: number, now: Millis): void;
  onDeadLetter(contactId: number, seq: number, reason: string, now: Millis): void;
  /** A dead letter came, or came to an end: its id. */
  onLetter(id: number, now: Millis): void;
  /** Ratchet work may be waiting. */
  onWork(): void;
  /** Something of an envelope could not be saved, and what could was. In that transaction. */
  onFault?(reason: FaultReason, error: unknown, now: Millis): void;
}

/** What of an envelope can fail alone: its content, and words that their writer says again. */
export type ApartPart = 'content' | 'receipt' | 'unreadable' | 'read' | 'document';
/** Carries out one part of an envelope. */
export type Apart = (part: ApartPart, work: () => void) => void;

/** A part that fails takes all with it: the usual way, without the cost of savepoints. */
export const TOGETHER: Apart = (_part, work) => work();

/** Where a ciphertext stands: 0 is a control. */
interface Numbered {
  readonly contactId: number;
  readonly seq: number;
}

/** What to do with the parts a ciphertext came in. */
interface Parts {
  /** They are needed no more. */
  readonly forget: () => void;
  /** They could not be read together: later ones may replace some. */
  readonly keep: () => void;
}

/** A ciphertext that is whole: what is read of it only when its turn comes. */
interface Waiting {
  readonly key: string;
  readonly data: () => Uint8Array;
  readonly work: (data: Uint8Array) => ErasedWork;
}

/** The ratchet's name of a contact. Stays on the device. */
export function peerName(contactId: number): string {
  return `contact-${contactId}`;
}

export class Inbox implements StreamListener, JobSource {
  private readonly store: ProfileStore;
  private readonly received: ReceivedSet;
  private readonly listener: InboxListener;
  private readonly attempts: Attempts;

  constructor(
    store: ProfileStore,
    received: ReceivedSet,
    listener: InboxListener,
    attempts = new Attempts(store),
  ) {
    this.store = store;
    this.received = received;
    this.listener = listener;
    this.attempts = attempts;
  }

  onContent(
    contactId: number,
    content: Extract<BoxContent, { kind: 'part' | 'control' }>,
    index: number,
    now: Millis,
  ): void {
    const at = Math.floor(now);
    // Of a blocked contact only that there was something is kept: when the block ends it is named as
    // unreadable, and written anew.
    const blocked = isBlocked(this.store, contactId);
    if (content.kind === 'control') {
      if (blocked) return;
      this.store.run(
        'INSERT INTO controls (contact_id, data, at) VALUES (?, ?, ?)',
        contactId,
        content.data,
        at,
      );
      this.listener.onWork();
      return;
    }
    const { seq, part, parts, data } = content;
    if (this.received.has(contactId, seq)) {
      if (!blocked) this.listener.onDuplicate(contactId, now);
      return;
    }
    // Encrypted anew by its sender, a part stands in a later box than before, and boxes come in any
    // order: of each part the one of the latest box counts, and all must be of one encryption.
    const latest = this.store.get(
      'SELECT parts, idx FROM fragments WHERE contact_id = ? AND seq = ? ORDER BY idx DESC LIMIT 1',
      contactId,
      seq,
    );
    if (latest !== undefined && num(latest, 'parts') !== parts) {
      if (num(latest, 'idx') > index) return;
      this.forget(contactId, seq);
    }
    this.store.run(
      `INSERT INTO fragments (contact_id, seq, part, parts, data, at, idx, tried)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (contact_id, seq, part) DO UPDATE SET
         tried = CASE WHEN data = excluded.data THEN tried ELSE 0 END,
         data = excluded.data, at = excluded.at, idx = excluded.idx
       WHERE excluded.idx > idx`,
      contactId,
      seq,
      part,
      parts,
      blocked ? new Uint8Array(0) : data,
      at,
      index,
      blocked ? 1 : 0,
    );
    this.capPartial(contactId);
    this.listener.onWork();
  }

  onSenseless(contactId: number, plaintext: Uint8Array, now: Millis): void {
    if (isBlocked(this.store, contactId)) return;
    this.deadLetter(contactId, 0, 'senseless-box', plaintext, now);
  }

  /** The contact's oldest unfinished ciphertext gives way; its sender will post it again. */
  private capPartial(contactId: number): void {
    const rows = this.store.all(
      `SELECT seq FROM fragments WHERE contact_id = ? GROUP BY seq
       HAVING count(*) < max(parts) OR min(tried) = 1 ORDER BY max(at) DESC`,
      contactId,
    );
    for (const row of rows.slice(MAX_PARTIAL)) {
      this.forget(contactId, num(row, 'seq'));
    }
  }

  /** Each by its whole key: rows to delete that are found by less are gathered in a table first. */
  private forget(contactId: number, seq: number): void {
    const parts = 'SELECT part FROM fragments WHERE contact_id = ? AND seq = ?';
    const one = 'DELETE FROM fragments WHERE contact_id = ? AND seq = ? AND part = ?';
    for (const row of this.store.all(parts, contactId, seq)) {
      this.store.run(one, contactId, seq, num(row, 'part'));
    }
  }

  /**
   * Ciphertexts of this contact that are whole, of one encryption, and were tried in vain: their
   * sender is asked to encrypt them anew. Parts of one encryption stand in boxes that follow each
   * other; those of two may yet be completed by boxes still to come.
   */
  unreadable(contactId: number): Unreadable[] {
    const rows = this.store.all(
      `SELECT seq, max(idx) AS last FROM fragments WHERE contact_id = ? GROUP BY seq
       HAVING min(tried) = 1 AND count(*) = max(parts) AND max(idx) - min(idx) = count(*) - 1
       ORDER BY seq LIMIT ${MAX_UNREADABLE}`,
      contactId,
    );
    return rows.map((row) => ({ seq: num(row, 'seq'), index: num(row, 'last') }));
  }

  nextJob(resting: Resting = NONE_RESTS): ErasedWork | null {
    return this.nextJobs(1, resting)[0] ?? null;
  }

  /** As many as a commit may hold up the thread for: by their number, and by their bytes but for the first. */
  nextJobs(most: number, resting: Resting = NONE_RESTS): ErasedWork[] {
    const jobs: ErasedWork[] = [];
    let left = MAX_GROUP_BYTES;
    const able = most + resting.size;
    const all = [...this.numbered(able), ...this.controls(able)];
    for (const waiting of all.filter(({ key }) => !resting.has(key)).slice(0, most)) {
      const data = waiting.data();
      left -= data.length;
      if (left < 0 && jobs.length > 0) break;
      jobs.push(waiting.work(data));
    }
    return jobs;
  }

  private numbered(most: number): Waiting[] {
    const whole = this.store.all(
      `SELECT contact_id, seq FROM fragments GROUP BY contact_id, seq
       HAVING count(*) = max(parts) AND min(tried) = 0 ORDER BY contact_id, seq LIMIT ?`,
      most,
    );
    return whole.map((row) => this.whole(num(row, 'contact_id'), num(row, 'seq')));
  }

  private whole(contactId: number, seq: number): Waiting {
    let newest = 0;
    const key = `text/${contactId}/${seq}`;
    return {
      key,
      data: () => {
        const rows = this.store.all(
          'SELECT data, idx FROM fragments WHERE contact_id = ? AND seq = ? ORDER BY part',
          contactId,
          seq,
        );
        newest = Math.max(...rows.map((row) => num(row, 'idx')));
        return concat(...rows.map((row) => blob(row, 'data')));
      },
      work: (data) =>
        this.work(key, contactId, seq, data, {
          forget: () => this.forget(contactId, seq),
          // Perhaps parts of two encryptions: the missing ones of the later may still come.
          keep: () => {
            this.store.run(
              'UPDATE fragments SET tried = 1 WHERE contact_id = ? AND seq = ? AND idx <= ?',
              contactId,
              seq,
              newest,
            );
            this.capPartial(contactId);
          },
        }),
    };
  }

  private controls(most: number): Waiting[] {
    const sql = 'SELECT id, contact_id, data FROM controls ORDER BY id LIMIT ?';
    return this.store.all(sql, most).map((row) => {
      const id = num(row, 'id');
      const key = `control/${id}`;
      const forget = (): void => {
        this.store.run('DELETE FROM controls WHERE id = ?', id);
      };
      return {
        key,
        data: () => blob(row, 'data'),
        work: (data) => this.work(key, num(row, 'contact_id'), 0, data, { forget, keep: forget }),
      };
    });
  }

  private work(
    key: string,
    contactId: number,
    seq: number,
    data: Uint8Array,
    then: Parts,
  ): ErasedWork {
    const come = { contactId, seq };
    return erased({
      name: 'decrypt',
      key,
      contactId,
      run: (port, records) => port.decrypt(records, peerName(contactId), data),
      writes: ({ writes }) => writes,
      commit: ({ plaintext, writes }, now) => {
        // Blocked while it was decrypted: as if it had not come.
        if (isBlocked(this.store, contactId)) return;
        applyWrites(this.store, writes);
        then.forget();
        this.deliver(come, plaintext, TOGETHER, now);
      },
      contain: (decrypted, error, now) => {
        if (isBlocked(this.store, contactId)) return;
        this.contain(come, decrypted, then, error, now);
      },
      fail: (error, now) => {
        if (isBlocked(this.store, contactId)) return;
        // Parts of what is saved are never kept, so here a duplicate means that the ratchet gave
        // up the key: unread, and unreadable until it comes encrypted anew.
        const lost = isAppError(error, 'session-duplicate') && seq > 0;
        if (lost || isAppError(error, 'session-undecryptable')) then.keep();
        else then.forget();
        if (lost) this.listener.onDuplicate(contactId, now);
        else if (isAppError(error, 'session-duplicate')) return;
        const reason = isAppError(error) ? error.code : 'session-failed';
        // A lone receipt that came after its chain was forgotten: the next one says the same.
        if (seq === 0 && reason === 'session-undecryptable') return;
        this.deadLetter(contactId, seq, reason, data, now);
      },
    });
  }

  /**
   * It could not be saved as it was. Part by part: a content that fails is a dead letter, and receipted
   * as every other; words their writer says again are left out. Where something else fails, such as the
   * secrets of boxes to come, a receipt would say what is not so: it stays unread, and its sender
   * encrypts it anew.
   */
  private contain(
    come: Numbered,
    { plaintext, writes }: { readonly plaintext: Uint8Array; readonly writes: SessionWrites },
    then: Parts,
    error: unknown,
    now: Millis,
  ): void {
    const { contactId, seq } = come;
    const inParts = this.attempts.saved(() => {
      applyWrites(this.store, writes);
      then.forget();
      this.inParts(come, plaintext, now);
    });
    if (inParts === null) return;
    this.attempts.saved(() => applyWrites(this.store, writes));
    then.keep();
    this.listener.onFault?.('envelope-failed', error, now);
    // A control says nothing that is not said again.
    if (seq > 0) this.deadLetter(contactId, seq, 'envelope-failed', plaintext, now);
  }

  private inParts(come: Numbered, plaintext: Uint8Array, now: Millis): void {
    const failed: { readonly part: ApartPart; readonly error: unknown }[] = [];
    this.deliver(
      come,
      plaintext,
      (part, work) => {
        const failure = this.attempts.saved(work);
        if (failure !== null) failed.push({ part, error: failure.error });
      },
      now,
    );
    for (const { part, error } of failed) {
      if (part === 'content') this.failedContent(come, plaintext, error, now);
      else this.listener.onFault?.('word-failed', error, now);
    }
  }

  /** Only as many are receipted as are surely kept: of the others their sender keeps the text. */
  private failedContent(come: Numbered, raw: Uint8Array, error: unknown, now: Millis): void {
    const { contactId, seq } = come;
    const row = this.store.get(
      `SELECT count(*) AS n FROM dead_letters
       WHERE contact_id = ? AND reason = 'content-failed' AND settled = 0`,
      contactId,
    );
    if (row !== undefined && num(row, 'n') >= MAX_FAILED_CONTENTS) {
      throw new AppError('content-failed', 'bug', 'too many contents could not be saved');
    }
    this.listener.onFault?.('content-failed', error, now);
    this.deadLetter(contactId, seq, 'content-failed', raw, now);
  }

  /** Decrypted and about to be saved: the sequence counts as received from here on. */
  private deliver(
    { contactId, seq }: Numbered,
    plaintext: Uint8Array,
    apart: Apart,
    now: Millis,
  ): void {
    let envelope: Envelope;
    try {
      envelope = decodeEnvelope(plaintext);
    } catch (error) {
      if (!isAppError(error)) throw error;
      // The ratchet vouches for it, so it is the sender's mistake: never to be asked for again.
      if (seq > 0) this.received.add(contactId, seq);
      this.deadLetter(contactId, seq, 'envelope-malformed', plaintext, now);
      return;
    }
    if (seq > 0) {
      this.received.add(contactId, seq);
      this.readAfterAll(contactId, seq, now);
    }
    // Nothing else in the envelope is spoilt by it.
    if (envelope.malformedContent === true) {
      this.deadLetter(contactId, seq, 'content-malformed', plaintext, now);
    }
    this.listener.onEnvelope(contactId, seq, envelope, plaintext, now, apart);
  }

  /**
   * An envelope of which nothing could be saved, as it was decrypted then: its ciphertext cannot be read
   * a second time. In a transaction.
   */
  again(contactId: number, seq: number, plaintext: Uint8Array, now: Millis): void {
    if (this.received.has(contactId, seq)) return;
    this.forget(contactId, seq);
    this.deliver({ contactId, seq }, plaintext, TOGETHER, now);
  }

  /** What was read and must not take effect. In the transaction that read it. */
  refuse(contactId: number, data: Uint8Array, now: Millis): void {
    this.deadLetter(contactId, 0, 'content-refused', data, now);
  }

  /** Encrypted anew by its sender. */
  private readAfterAll(contactId: number, seq: number, now: Millis): void {
    const row = this.letterOf(contactId, seq);
    if (row === undefined) return;
    const id = num(row, 'id');
    this.store.run("UPDATE dead_letters SET settled = 2, data = x'' WHERE id = ?", id);
    this.listener.onLetter(id, now);
  }

  private letterOf(contactId: number, seq: number): SqlRow | undefined {
    const sql = 'SELECT id FROM dead_letters WHERE contact_id = ? AND seq = ? AND seq > 0';
    return this.store.get(sql, contactId, seq);
  }

  /** @param seq 0 where nothing can replace it; each other one has one letter */
  private deadLetter(
    contactId: number,
    seq: number,
    reason: string,
    data: Uint8Array,
    now: Millis,
  ): void {
    const known = this.letterOf(contactId, seq);
    const id = known === undefined ? nextId(this.store, 'dead_letters') : num(known, 'id');
    this.store.run(
      `INSERT INTO dead_letters (id, contact_id, seq, reason, data, at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, data = excluded.data,
         at = excluded.at, settled = iif(settled = 1 AND reason = excluded.reason, 1, 0)`,
      id,
      contactId,
      seq,
      reason,
      data,
      Math.floor(now),
    );
    this.store.run(
      `DELETE FROM dead_letters WHERE contact_id = ? AND id NOT IN
         (SELECT id FROM dead_letters WHERE contact_id = ?
          ORDER BY settled <> 0, reason <> 'content-failed', id DESC LIMIT ?)`,
      contactId,
      contactId,
      MAX_DEAD_LETTERS,
    );
    this.listener.onDeadLetter(contactId, seq, reason, now);
    this.listener.onLetter(id, now);
  }
}
