/**
 * A restored daemon begins to speak (docs/spec/20-recovery.md, 9): it takes a restore counter and tells
 * every contact, under its recovery root, with a bundle for a new session. What it sends to a contact
 * waits for the answer: ratchet and streams of the backup are not used again.
 */
import { equalBytes, isAppError, type Millis } from '@tacet/base';
import { sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner } from '../boxes/puts.ts';
import type { Watch, WatchOwner } from '../boxes/watches.ts';
import { peerName } from '../inbox/inbox.ts';
import { sameBoxPause } from '../outbox/pauses.ts';
import type { BundleResult, SessionWrites, SqlRow } from '../ports.ts';
import {
  applyWrites,
  type ErasedWork,
  erased,
  firstAble,
  type JobSource,
  type Resting,
} from '../sessions/jobs.ts';
import { blob, blobOrNull, num, text } from '../store/rows.ts';
import { addLine } from '../trust/lines.ts';
import {
  answerBox,
  decodeAnswer,
  decodeWords,
  encodeStatement,
  hashOfStatement,
  periodOf,
  type RekeyWords,
  statementBox,
  TURNS,
} from './boxes.ts';
import { takeCounter } from './counter.ts';
import { beginAnew, type RecoveryDeps } from './deps.ts';
import { isSilent } from './restored.ts';
import { ROOT_LASTS } from './their-roots.ts';

/** Posted in each of so many periods, and then at least in every so-manyth. */
const EACH = 4;
/** Boxes of a stream that goes on which the former daemon may have used (docs/spec/10-store.md, 7). */
const BOXES = 32;

const AGREED =
  'This profile was restored from a backup. A new session with them was begun by itself. What came here after the backup was made is missing.';
const TOO_OLD =
  'This profile was restored from a backup that is more than 60 days old: they may not be reached by it. If nothing arrives, meet them again with an invitation.';

export interface RestatingDeps extends RecoveryDeps {
  /** Takes what is under way to this contact out of its boxes. In a transaction. */
  readonly recall: (contactId: number) => void;
}

interface Opened {
  readonly words: RekeyWords;
  readonly identityKey: Uint8Array;
  readonly writes: SessionWrites;
}

export class Restating implements JobSource, PutOwner, WatchOwner {
  private readonly d: RestatingDeps;
  /** Restored, and nothing was said yet. */
  waits: boolean;

  constructor(deps: RestatingDeps) {
    this.d = deps;
    this.waits = isSilent(deps.store);
    deps.puts.register('restate', this);
    deps.watches.register('restate', this);
  }

  /**
   * This daemon is the one that goes on: from here it speaks. In a transaction.
   * @param known counter of another daemon of this profile
   */
  begin(known: number, now: Millis): void {
    const { store, network } = this.d;
    const restored = store.get('SELECT backup_at, begun FROM restored');
    const counter = takeCounter(store, known, now - (network()?.clockAhead ?? 0));
    store.run('UPDATE restored SET begun = 1');
    this.waits = false;
    const fresh = restored !== undefined && num(restored, 'begun') === 0;
    const old = fresh && now - num(restored, 'backup_at') > ROOT_LASTS;
    for (const row of store.all(
      `SELECT c.id, c.state, r.root, r.listed FROM contacts c
       LEFT JOIN own_roots r ON r.contact_id = c.id
       WHERE c.state IN ('ready', 'meeting') AND (c.out_chain IS NOT NULL OR r.listed = 1)
       ORDER BY c.touched_at DESC`,
    )) {
      const contactId = num(row, 'id');
      const root = blobOrNull(row, 'root');
      // Who was being met does not listen for statements yet.
      if (text(row, 'state') === 'meeting') this.d.renumbering().one(contactId, BOXES);
      else if (root === null || (old && num(row, 'listed') === 0)) this.goOn(contactId, now);
      else this.tell(contactId, root, counter);
    }
    this.d.kick();
  }

  /** No root leads there: as after a store that was set back. In a transaction. */
  private goOn(contactId: number, now: Millis): void {
    this.d.renumbering().one(contactId, BOXES);
    addLine(this.d, contactId, TOO_OLD, null, now);
  }

  /** In a transaction. */
  private tell(contactId: number, root: Uint8Array, counter: number): void {
    const { store, puts, watches } = this.d;
    this.d.recall(contactId);
    puts.cancel('beacon', contactId);
    puts.cancel('restate', contactId);
    watches.cancel('restate', contactId);
    // Neither ratchet nor boxes of the backup are used again.
    store.run('UPDATE contacts SET out_chain = NULL, out_beacon = NULL WHERE id = ?', contactId);
    store.run(
      `INSERT INTO restating (contact_id, state, counter, root) VALUES (?, 'waiting', ?, ?)
       ON CONFLICT (contact_id) DO UPDATE SET state = 'waiting', counter = excluded.counter,
         root = excluded.root, plaintext = NULL, answer = NULL, turn = 0, stated_at = 0`,
      contactId,
      counter,
      root,
    );
  }

  private row(contactId: number): SqlRow | undefined {
    return this.d.store.get('SELECT * FROM restating WHERE contact_id = ?', contactId);
  }

  private setState(contactId: number, state: string): void {
    this.d.store.run('UPDATE restating SET state = ? WHERE contact_id = ?', state, contactId);
  }

  // Ratchet work ---------------------------------------------------------------------------

  nextJob(resting: Resting): ErasedWork | null {
    if (this.d.network() === null || this.waits || this.d.puts.paused) return null;
    return this.open(resting) ?? this.state(resting);
  }

  private able(name: string, state: string, resting: Resting) {
    const rows = this.d.store.all(
      `SELECT s.*, s.contact_id AS id FROM restating s JOIN contacts c ON c.id = s.contact_id
       WHERE s.state = ? AND c.blocked_at IS NULL ORDER BY c.touched_at DESC, c.id LIMIT ?`,
      state,
      1 + resting.size,
    );
    return firstAble(name, rows, resting);
  }

  private state(resting: Resting): ErasedWork | null {
    const found = this.able('restate', 'waiting', resting);
    if (found === null) return null;
    const contactId = num(found.row, 'contact_id');
    const counter = num(found.row, 'counter');
    const root = blob(found.row, 'root');
    const before = blobOrNull(found.row, 'bundle');
    return erased<BundleResult>({
      name: 'restate',
      key: found.key,
      contactId,
      run: async (port, records) => {
        const made = await port.createBundle(records);
        const dropped = before === null ? [] : port.dropBundle(before);
        return { ...made, writes: new Map([...dropped, ...made.writes]) };
      },
      commit: ({ bundle, writes }, now) => {
        const row = this.row(contactId);
        const current = row !== undefined && text(row, 'state') === 'waiting';
        if (!current || num(row, 'counter') !== counter) return;
        applyWrites(this.d.store, writes);
        const wantsKeys = blobOrNull(this.d.contacts.row(contactId), 'mldsa65') === null;
        const seed = this.d.identities.signingSeed(contactId).subarray(0, 32);
        const plaintext = encodeStatement(root, seed, { counter, wantsKeys, bundle });
        this.d.store.run(
          `UPDATE restating SET state = 'stated', plaintext = ?, bundle = ?, first = ?, posted = ?,
             turn = 0, stated_at = ? WHERE contact_id = ?`,
          plaintext,
          bundle,
          periodOf(now),
          periodOf(now),
          Math.floor(now),
          contactId,
        );
        const answer = answerBox(root, hashOfStatement(plaintext));
        this.d.watches.add('restate', contactId, 0, answer, now);
        this.post(contactId, now, 0);
      },
      fail: (_error, now) => {
        const row = this.row(contactId);
        if (row === undefined || text(row, 'state') !== 'waiting') return;
        this.setState(contactId, 'failed');
        this.d.alarm('bundle-failed', now);
      },
    });
  }

  /** Into the box of its period and turn. In a transaction. */
  private post(contactId: number, notBefore: Millis, moves: number): void {
    const network = this.d.network();
    const row = this.row(contactId);
    if (network === null || row === undefined || text(row, 'state') !== 'stated') return;
    const box = statementBox(blob(row, 'root'), num(row, 'posted'), num(row, 'turn'));
    this.d.puts.add({
      owner: 'restate',
      ref: contactId,
      part: 0,
      priority: 1,
      contactId,
      record: sealRecord(box, network.id, blob(row, 'plaintext')),
      mark: box.mark,
      notBefore,
      moves,
    });
  }

  /**
   * Hourly: who has not answered is told again, in a box of another period, so that one stands.
   * @param lifeDays of boxes
   */
  postAgain(lifeDays: number, now: Millis): void {
    const period = periodOf(now);
    const { changes } = this.d.store.run(
      `UPDATE restating SET state = iif(state = 'failed', 'waiting', 'answered')
       WHERE state IN ('failed', 'unopened')`,
    );
    if (changes > 0) this.d.kick();
    const rows = this.d.store.all(
      `SELECT contact_id FROM restating WHERE state = 'stated' AND posted <> ?
         AND (? - first < ${EACH} OR abs(? - posted) >= ?)`,
      period,
      period,
      period,
      Math.min(EACH, Math.max(1, Math.floor(lifeDays / 4))),
    );
    if (rows.length === 0) return;
    this.d.store.transaction(() => {
      for (const row of rows) {
        const contactId = num(row, 'contact_id');
        this.d.puts.cancel('restate', contactId);
        const next = 'UPDATE restating SET posted = ?, turn = 0 WHERE contact_id = ?';
        this.d.store.run(next, period, contactId);
        this.post(contactId, now, 0);
        this.awaitAnswer(contactId, now);
      }
    });
  }

  /** A box that was waited for as long as any stands is waited for again. */
  private awaitAnswer(contactId: number, now: Millis): void {
    const row = this.row(contactId);
    if (row === undefined || this.d.watches.find('restate', contactId, 0) !== null) return;
    const answer = answerBox(blob(row, 'root'), hashOfStatement(blob(row, 'plaintext')));
    this.d.watches.add('restate', contactId, 0, answer, now);
  }

  onSent(): void {
    // What counts is the answer.
  }

  onStored(): void {
    // The same.
  }

  /** Another daemon of this profile, or the contact, wrote there: the next box of the period. */
  onTaken(put: PutEntry, now: Millis): void {
    const sql = `UPDATE restating SET turn = turn + 1 WHERE contact_id = ? AND turn < ${TURNS - 1}`;
    if (put.copies === 0 && this.d.store.run(sql, put.ref).changes > 0) this.post(put.ref, now, 0);
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    this.post(put.ref, now + sameBoxPause(put), put.moves + 1);
  }

  // Answers --------------------------------------------------------------------------------

  onRecord(watch: Watch, plaintext: Uint8Array, _record: unknown, now: Millis): void {
    const row = this.row(watch.ref);
    if (row === undefined || text(row, 'state') !== 'stated') return;
    try {
      decodeAnswer(plaintext);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      this.d.alarm('restore-refused', now);
      return;
    }
    const sql = "UPDATE restating SET state = 'answered', answer = ? WHERE contact_id = ?";
    this.d.store.run(sql, plaintext, watch.ref);
    this.d.kick();
  }

  private open(resting: Resting): ErasedWork | null {
    const found = this.able('restated', 'answered', resting);
    if (found === null) return null;
    const contactId = num(found.row, 'contact_id');
    const ciphertext = decodeAnswer(blob(found.row, 'answer'));
    const stated = hashOfStatement(blob(found.row, 'plaintext'));
    const isCurrent = (): boolean => {
      const row = this.row(contactId);
      const plaintext = row === undefined ? null : blobOrNull(row, 'plaintext');
      return plaintext !== null && equalBytes(hashOfStatement(plaintext), stated);
    };
    return erased<Opened>({
      name: 'restated',
      key: found.key,
      contactId,
      run: async (port, records) => {
        const opened = await port.decrypt(records, peerName(contactId), ciphertext);
        const { plaintext, identityKey, writes } = opened;
        return { words: decodeWords(plaintext), identityKey, writes };
      },
      commit: (opened, now) => {
        if (isCurrent()) this.agreed(contactId, stated, opened, now);
      },
      // They have the root alone to answer under, and wrote nonsense there: told again, with a
      // statement of a higher counter, at the owner's word.
      fail: (error, now) => {
        if (!isCurrent()) return;
        if (!isAppError(error, 'work-failed')) this.refuse(contactId, now);
        // Ours, not theirs: the answer is kept, and opened again.
        else this.setState(contactId, 'unopened');
      },
    });
  }

  private refuse(contactId: number, now: Millis): void {
    const sql = "UPDATE restating SET state = 'stated', answer = NULL WHERE contact_id = ?";
    this.d.store.run(sql, contactId);
    this.d.alarm('restore-refused', now);
  }

  /** In a transaction. */
  private agreed(
    contactId: number,
    stated: Uint8Array,
    { words, identityKey, writes }: Opened,
    now: Millis,
  ): void {
    const { store, puts, reader } = this.d;
    const known = blobOrNull(this.d.contacts.row(contactId), 'identity_key');
    if (!equalBytes(words.stated, stated) || known === null || !equalBytes(known, identityKey)) {
      this.refuse(contactId, now);
      return;
    }
    applyWrites(store, writes);
    puts.cancel('restate', contactId);
    store.run('DELETE FROM restating WHERE contact_id = ?', contactId);
    store.run(
      'UPDATE contacts SET out_seq = max(out_seq, ?) WHERE id = ?',
      words.highest,
      contactId,
    );
    beginAnew(this.d, contactId, { out: words.restoredRoot, in: words.answererRoot }, now);
    // They may have written before this was read.
    reader.lookAhead(contactId, now);
    // The first word in the new session: until it comes they do not know that it stands.
    store.run("INSERT INTO notices (contact_id, kind) VALUES (?, 'healing')", contactId);
    addLine(this.d, contactId, AGREED, null, now);
  }
}
