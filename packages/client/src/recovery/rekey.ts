/**
 * A contact says that it was restored (docs/spec/20-recovery.md, 10): its statement is checked, a new
 * session is begun from the bundle in it, and what has no receipt is sent again. Nobody has to do anything.
 */
import {
  compareBytes,
  DAY,
  equalBytes,
  isAppError,
  type Millis,
  randomBytes,
  SECOND,
} from '@tacet/base';
import { sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner } from '../boxes/puts.ts';
import type { Watch, WatchOwner } from '../boxes/watches.ts';
import { isBlocked } from '../contacts/blocking.ts';
import { peerName } from '../inbox/inbox.ts';
import { sameBoxPause } from '../outbox/pauses.ts';
import type { SessionWrites, SqlRow } from '../ports.ts';
import {
  applyWrites,
  type ErasedWork,
  erased,
  firstAble,
  type JobSource,
  type Resting,
} from '../sessions/jobs.ts';
import { written } from '../sessions/records.ts';
import { blob, blobOrNull, num, numOrNull, text, textOrNull } from '../store/rows.ts';
import { addLine } from '../trust/lines.ts';
import {
  answerBox,
  encodeAnswer,
  encodeWords,
  hashOfStatement,
  openStatement,
  type RekeyWords,
} from './boxes.ts';
import { beginAnew, type RecoveryDeps } from './deps.ts';
import { STATEMENTS_OF } from './their-roots.ts';

/** A counter is a time: one further ahead of ours is none of a clock that may be wrong. */
const AHEAD: Millis = DAY;

const LINE =
  'They restored their profile from a backup. A new session was begun by itself, confirmed by the keys you know them by; what they had not received is sent again.';

interface Answer {
  readonly words: RekeyWords;
  readonly plaintext: Uint8Array;
  readonly writes: SessionWrites;
}

export class Rekey implements JobSource, PutOwner, WatchOwner {
  private readonly d: RecoveryDeps;

  constructor(deps: RecoveryDeps) {
    this.d = deps;
    deps.watches.register(STATEMENTS_OF, this);
    deps.puts.register('rekey', this);
  }

  // Statements -----------------------------------------------------------------------------

  onRecord(watch: Watch, plaintext: Uint8Array, _record: unknown, now: Millis): void {
    const { reader, contacts } = this.d;
    reader.roots.after(watch, now);
    const found = reader.roots.find(watch.ref);
    if (found === null || isBlocked(this.d.store, found.contactId)) return;
    const { contactId, root } = found;
    const contact = contacts.row(contactId);
    const ed25519 = blobOrNull(contact, 'ed25519');
    const lives =
      text(contact, 'state') === 'ready' || textOrNull(contact, 'reason') === 'session-expired';
    const said = ed25519 === null ? null : openStatement(root, ed25519, plaintext);
    if (said === null || !lives) {
      this.d.alarm('restore-refused', now);
      return;
    }
    const stated = hashOfStatement(plaintext);
    const last = this.row(contactId);
    if (last !== undefined && num(last, 'counter') >= said.counter) {
      this.again(last, stated, now);
      return;
    }
    if (said.counter * SECOND > this.networkTime(now) + AHEAD) {
      this.d.alarm('restore-refused', now);
      return;
    }
    if (this.waitsForTheirs(contactId, contact, now)) return;
    this.d.store.run(
      `INSERT INTO statements (contact_id, state, counter, stated, root, wants_keys, bundle)
       VALUES (?, 'read', ?, ?, ?, ?, ?)
       ON CONFLICT (contact_id) DO UPDATE SET state = 'read', counter = excluded.counter,
         stated = excluded.stated, root = excluded.root, wants_keys = excluded.wants_keys,
         bundle = excluded.bundle, answer = NULL`,
      contactId,
      said.counter,
      stated,
      root,
      said.wantsKeys ? 1 : 0,
      said.bundle,
    );
    this.d.puts.cancel('rekey', contactId);
    this.d.kick();
  }

  private networkTime(now: Millis): Millis {
    return now - (this.d.network()?.clockAhead ?? 0);
  }

  private row(contactId: number): SqlRow | undefined {
    return this.d.store.get('SELECT * FROM statements WHERE contact_id = ?', contactId);
  }

  /** Told again, so the answer is not there: its box may have ended. In a transaction. */
  private again(last: SqlRow, stated: Uint8Array, now: Millis): void {
    const answer = blobOrNull(last, 'answer');
    const contactId = num(last, 'contact_id');
    if (answer === null || !equalBytes(stated, blob(last, 'stated'))) return;
    if (this.d.puts.of('rekey', contactId).length === 0) this.put(last, answer, now);
  }

  /**
   * Both were restored: who has the higher key-set hash answers, so that there is one session. The other
   * answers, too, where its own statement stood for a day in vain. In a transaction.
   */
  private waitsForTheirs(contactId: number, contact: SqlRow, now: Millis): boolean {
    const { store, identities } = this.d;
    const own = store.get('SELECT * FROM restating WHERE contact_id = ?', contactId);
    const theirs = blobOrNull(contact, 'key_set_hash');
    if (own === undefined || theirs === null) return false;
    const first = compareBytes(identities.ofContact(contactId).keySetHash, theirs) < 0;
    const statedAt = num(own, 'stated_at');
    return first && (statedAt === 0 || Math.abs(now - statedAt) < DAY);
  }

  // The answer -----------------------------------------------------------------------------

  nextJob(resting: Resting): ErasedWork | null {
    const rows = this.d.store.all(
      `SELECT s.*, s.contact_id AS id FROM statements s JOIN contacts c ON c.id = s.contact_id
       WHERE s.state = 'read' AND c.blocked_at IS NULL ORDER BY s.contact_id LIMIT ?`,
      1 + resting.size,
    );
    const found = firstAble('rekey', rows, resting);
    // A daemon that stopped for another of its profile answers nobody: that one does.
    if (found === null || this.d.network() === null || this.d.puts.paused) return null;
    const { row, key } = found;
    const contactId = num(row, 'contact_id');
    const [bundle, stated] = [blob(row, 'bundle'), blob(row, 'stated')];
    const words: RekeyWords = {
      stated,
      answererRoot: randomBytes(this.d.rng, 32),
      restoredRoot: randomBytes(this.d.rng, 32),
      highest: this.highest(contactId),
    };
    const own = this.ownBundle(contactId);
    const isCurrent = (): boolean => {
      const now = this.row(contactId);
      return (
        now !== undefined &&
        text(now, 'state') === 'read' &&
        equalBytes(blob(now, 'stated'), stated)
      );
    };
    return erased<Answer>({
      name: 'rekey',
      key,
      contactId,
      run: async (port, records) => {
        const begun = await port.begin(records, peerName(contactId), bundle);
        const first = await port.encrypt(
          written(records, begun),
          peerName(contactId),
          encodeWords(words),
        );
        const dropped = own === null ? [] : port.dropBundle(own);
        return {
          words,
          plaintext: encodeAnswer(first.ciphertext),
          writes: new Map([...dropped, ...begun, ...first.writes]),
        };
      },
      commit: (answer, now) => {
        if (isCurrent() && !isBlocked(this.d.store, contactId)) this.answer(contactId, answer, now);
      },
      fail: (error, now) => {
        if (!isCurrent()) return;
        if (isAppError(error, 'work-failed')) {
          // Ours, not theirs: it is tried again.
          const sql = "UPDATE statements SET state = 'failed' WHERE contact_id = ?";
          this.d.store.run(sql, contactId);
          return;
        }
        // Signed by their key, and of no use: nothing changes, and a later statement counts.
        this.d.store.run(
          "UPDATE statements SET state = 'done', bundle = NULL WHERE contact_id = ?",
          contactId,
        );
        this.d.alarm('restore-refused', now);
      },
    });
  }

  /** Hourly: what failed by a mistake of ours. */
  tryAgain(): void {
    const sql = "UPDATE statements SET state = 'read' WHERE state = 'failed'";
    if (this.d.store.run(sql).changes > 0) this.d.kick();
  }

  private highest(contactId: number): number {
    const row = this.d.store.get(
      `SELECT max(c.in_up_to, coalesce((SELECT max(seq) FROM received WHERE contact_id = c.id), 0)) AS n
       FROM contacts c WHERE c.id = ?`,
      contactId,
    );
    return row === undefined ? 0 : (numOrNull(row, 'n') ?? 0);
  }

  /** Of a statement of ours that theirs makes needless. */
  private ownBundle(contactId: number): Uint8Array | null {
    const row = this.d.store.get('SELECT bundle FROM restating WHERE contact_id = ?', contactId);
    return row === undefined ? null : blobOrNull(row, 'bundle');
  }

  /** Session, streams and the answer's box are saved together. In a transaction. */
  private answer(contactId: number, { words, plaintext, writes }: Answer, now: Millis): void {
    const { store, puts, watches } = this.d;
    applyWrites(store, writes);
    puts.cancel('restate', contactId);
    watches.cancel('restate', contactId);
    store.run('DELETE FROM restating WHERE contact_id = ?', contactId);
    store.run(
      "UPDATE contacts SET state = 'ready', reason = NULL, ends_at = NULL WHERE id = ? AND state = 'ended'",
      contactId,
    );
    store.run(
      "UPDATE statements SET state = 'answered', bundle = NULL, answer = ? WHERE contact_id = ?",
      plaintext,
      contactId,
    );
    beginAnew(this.d, contactId, { out: words.answererRoot, in: words.restoredRoot }, now);
    const row = this.row(contactId);
    if (row === undefined) return;
    this.put(row, plaintext, now);
    if (num(row, 'wants_keys') === 1) {
      store.run("INSERT INTO notices (contact_id, kind) VALUES (?, 'key-set')", contactId);
    }
    addLine(this.d, contactId, LINE, null, now);
  }

  private put(row: SqlRow, plaintext: Uint8Array, now: Millis): void {
    const network = this.d.network();
    if (network === null) return;
    const contactId = num(row, 'contact_id');
    const box = answerBox(blob(row, 'root'), blob(row, 'stated'));
    this.d.puts.add({
      owner: 'rekey',
      ref: contactId,
      part: 0,
      priority: 1,
      contactId,
      record: sealRecord(box, network.id, plaintext),
      mark: box.mark,
      notBefore: now,
      moves: 0,
    });
  }

  /** Something of theirs was read in the new streams: they have the answer. In a transaction. */
  heard(contactId: number): void {
    const sql =
      "UPDATE statements SET state = 'done', answer = NULL WHERE contact_id = ? AND state = 'answered'";
    if (this.d.store.run(sql, contactId).changes > 0) this.d.puts.cancel('rekey', contactId);
  }

  onSent(): void {
    // What counts is the word of the restored one.
  }

  onStored(): void {
    // The same.
  }

  /** Only they can have filled it: they wait for nothing then. */
  onTaken(_put: PutEntry, now: Millis): void {
    this.d.alarm('box-taken', now);
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    this.d.puts.add({ ...put, notBefore: now + sameBoxPause(put), moves: put.moves + 1 });
  }
}
