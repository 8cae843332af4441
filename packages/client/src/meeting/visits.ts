/**
 * The guest's side of a one-time invitation (docs/spec/09-meeting.md): reads boxes 0 and 1,
 * refuses them unless the link's secret recomputes, answers in box 2, waits for box 3. Whatever
 * became of the invitation, the guest is told: by box 3, or by the invitation's last day.
 */
import { AppError, DAY, equalBytes, isAppError, type Millis, utf8 } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { type BoxRecord, sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner } from '../boxes/puts.ts';
import type { ReadQueue } from '../boxes/reads.ts';
import type { Watch, WatchOwner } from '../boxes/watches.ts';
import { peerName } from '../inbox/inbox.ts';
import type { SessionWrites, SqlRow } from '../ports.ts';
import {
  applyWrites,
  type ErasedWork,
  erased,
  firstAble,
  type JobSource,
  type Resting,
} from '../sessions/jobs.ts';
import { blob, blobOrNull, num, text } from '../store/rows.ts';
import type { Voucher } from '../trust/facts.ts';
import { type Answer, makeAnswer, type Visitor } from './answer.ts';
import {
  decodeOutcome,
  isOutcomeOf,
  keySetHash,
  meetingBox,
  OFFER_BOXES,
  OUTCOME_BOX,
  type Outcome,
  REPLY_BOX,
} from './boxes.ts';
import type { MeetingDeps } from './deps.ts';
import { peerGivenName } from './given-name.ts';
import { notJoined } from './invitations.ts';
import { decodeLink, sameNetwork } from './link.ts';
import { VisitReads, visitOf } from './visit-reads.ts';

const STAND_IN = 'inviter';
/** Before the answer is written once more: 5 s, doubled, at most 10 minutes. */
const FIRST_PAUSE: Millis = 5_000;
const LONGEST_PAUSE: Millis = 600_000;

export interface Guest {
  readonly secret: Uint8Array;
  /** The key-set hash the offer must show, where it is known beforehand. */
  readonly expects: Uint8Array | null;
  readonly name: string | null;
  readonly firstWords: string;
  /** As whom; null or absent: the profile's own. */
  readonly identity?: number | null;
  /** How the guest came by the secret. */
  readonly how: keyof typeof REPLACED;
  /** With an introduction: whose. */
  readonly by?: Voucher;
}

/** What a guest chooses for itself. */
export type Words = Pick<Guest, 'name' | 'firstWords' | 'identity'>;

/** What is said when the offer shows another key set than the one that was named. */
const REPLACED = {
  link: 'invitation-replaced',
  request: 'request-replaced',
  person: 'meet-swapped',
  introduction: 'introduction-replaced',
} as const;
/** The card of an address may be anywhere: who came by it is nobody's word for anything. */
const MET = {
  link: 'met-by-link',
  request: 'met-by-request',
  person: 'met-by-link',
  introduction: 'met-by-introduction',
} as const;

export class Visits implements PutOwner, WatchOwner, JobSource {
  private readonly d: MeetingDeps;
  private readonly asked: VisitReads;

  constructor(deps: MeetingDeps, reads: ReadQueue) {
    this.d = deps;
    deps.puts.register('visit', this);
    deps.watches.register('visit', this);
    this.asked = new VisitReads(deps, reads, (contactId, reason, now) =>
      this.end(contactId, reason, now),
    );
  }

  /**
   * Takes a link; the meeting goes on by itself. Returns the new contact's id.
   * @param name as `cleanName` gives it
   */
  accept(link: string, words: Words, now: Millis): number {
    const network = this.d.network();
    const decoded = decodeLink(link);
    if (network === null) throw notJoined();
    if (!sameNetwork(decoded, network.id)) {
      throw new AppError(
        'invitation-network',
        'refused',
        'this invitation belongs to another network; open it with a profile of that network',
      );
    }
    return this.open({ ...words, secret: decoded.secret, expects: null, how: 'link' }, now);
  }

  /** Answers the invitation behind a secret: of a link, or of a request. In a transaction or not. */
  open(guest: Guest, now: Millis): number {
    const { secret, expects, name, firstWords, how } = guest;
    if (this.d.store.get('SELECT 1 AS one FROM invitations WHERE secret = ?', secret)) {
      throw new AppError(
        'invitation-own',
        'usage',
        'this is your own invitation; send it to a friend',
      );
    }
    const earlier = this.d.store.get('SELECT contact_id FROM visits WHERE secret = ?', secret);
    const had = earlier === undefined ? null : num(earlier, 'contact_id');
    if (had !== null && !this.d.contacts.hasFailed(had)) {
      throw new AppError('invitation-used', 'state', 'you have opened this invitation already');
    }
    return this.d.store.transaction(() => {
      if (had !== null) this.d.contacts.forget(had, now);
      const by = guest.by ?? null;
      const contactId = this.d.contacts.create(name ?? STAND_IN, '', now, MET[how], by);
      this.d.identities.give(contactId, guest.identity ?? null);
      this.d.store.run(
        "INSERT INTO visits (contact_id, secret, state, expects, how, first_words, created_at) VALUES (?, ?, 'opening', ?, ?, ?, ?)",
        contactId,
        secret,
        expects,
        how,
        firstWords,
        Math.floor(now),
      );
      for (const index of OFFER_BOXES) {
        this.d.watches.add('visit', contactId, index, meetingBox(secret, index), now);
      }
      this.asked.opened(contactId, now);
      // A meeting that failed may have given way: its ratchet records go.
      this.d.kick();
      return contactId;
    });
  }

  /** When something absent is asked for again, or null. */
  get deadline(): Millis | null {
    return this.asked.deadline;
  }

  setBack(by: Millis): void {
    this.asked.setBack(by);
  }

  advance(now: Millis): void {
    this.asked.advance(now);
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: BoxRecord, now: Millis): void {
    const contactId = watch.ref;
    const row = visitOf(this.d.store, contactId);
    if (watch.index === OUTCOME_BOX) {
      this.onOutcome(row, plaintext, now);
      return;
    }
    if (watch.index === REPLY_BOX) {
      this.onOther(row, plaintext, now);
      return;
    }
    if (text(row, 'state') !== 'opening') return;
    const column = watch.index === 0 ? 'box0' : 'box1';
    this.d.store.run(`UPDATE visits SET ${column} = ? WHERE contact_id = ?`, plaintext, contactId);
    const both = visitOf(this.d.store, contactId);
    if (both['box0'] === null || both['box1'] === null) return;
    this.d.store.run("UPDATE visits SET state = 'answering' WHERE contact_id = ?", contactId);
    this.asked.read(contactId);
    this.d.contacts.hold(contactId, null, now);
    this.d.kick();
  }

  /**
   * Takes a meeting off the list that failed, or whose offer was not there yet. Throws
   * `contact-met` for every other contact.
   */
  dismiss(contactId: number, now: Millis): void {
    this.d.store.transaction(() => {
      const visit = this.d.store.get('SELECT state FROM visits WHERE contact_id = ?', contactId);
      if (visit !== undefined && text(visit, 'state') === 'opening') {
        this.end(contactId, 'invitation-missing', now);
      }
      if (!this.d.contacts.hasFailed(contactId)) {
        throw new AppError('contact-met', 'state', 'only a meeting that failed can be dismissed');
      }
      this.d.contacts.forget(contactId, now);
    });
    this.d.kick();
  }

  /** The contact is deleted: nothing is asked for any more. */
  forget(contactId: number): void {
    this.asked.forget(contactId);
  }

  /** Their network was never reached, and another one is joined. In a transaction. */
  leaveNetwork(now: Millis): void {
    for (const row of this.d.store.all("SELECT contact_id FROM visits WHERE state = 'opening'")) {
      this.end(num(row, 'contact_id'), 'invitation-network', now);
    }
  }

  nextJob(resting: Resting): ErasedWork | null {
    return this.dropPeer(resting) ?? this.answering(resting);
  }

  /** What is left of the ratchet of a contact that was dismissed. */
  private dropPeer(resting: Resting): ErasedWork | null {
    const sql = 'SELECT contact_id AS id FROM departed LIMIT ?';
    const found = firstAble('drop-peer', this.d.store.all(sql, 1 + resting.size), resting);
    if (found === null) return null;
    const id = num(found.row, 'id');
    const forget = (): void => {
      this.d.store.run('DELETE FROM departed WHERE contact_id = ?', id);
    };
    return erased<SessionWrites>({
      name: 'drop-peer',
      key: found.key,
      run: (port) => Promise.resolve(port.dropPeer(peerName(id))),
      commit: (writes) => {
        applyWrites(this.d.store, writes);
        forget();
      },
      fail: forget,
    });
  }

  private answering(resting: Resting): ErasedWork | null {
    const sql = "SELECT *, contact_id AS id FROM visits WHERE state = 'answering' LIMIT ?";
    const found = firstAble('visit', this.d.store.all(sql, 1 + resting.size), resting);
    const network = this.d.network();
    if (found === null || network === null) return null;
    const { row, key } = found;
    const contactId = num(row, 'contact_id');
    return erased<Answer>({
      name: 'visit',
      key,
      contactId,
      run: (port, records) =>
        makeAnswer(port, records, visitor(row), {
          rng: this.d.rng,
          identity: this.d.identities.ofContact(contactId),
        }),
      commit: (answer, now) => this.reply(contactId, blob(row, 'secret'), answer, now),
      fail: (error, now) => {
        // What stands in the boxes is not what the link, or the request, committed to.
        const other = isAppError(error, 'request-replaced');
        const code = isAppError(error, 'work-failed')
          ? error.code
          : REPLACED[other ? (text(row, 'how') as keyof typeof REPLACED) : 'link'];
        this.end(contactId, code, now);
        this.d.alarm(code, now);
      },
    });
  }

  /** Saves the session, the streams and the reply box. In a transaction. */
  private reply(contactId: number, secret: Uint8Array, answer: Answer, now: Millis): void {
    const network = this.d.network();
    // Ended while the answer was made: it must not come back.
    if (network === null || text(visitOf(this.d.store, contactId), 'state') !== 'answering') return;
    const theirs = keySetHash(answer.identityKey, answer.ed25519, answer.mldsa65);
    if (this.d.blocked(theirs, answer.identityKey)) {
      this.end(contactId, 'contact-blocked', now);
      return;
    }
    applyWrites(this.d.store, answer.writes);
    const box = meetingBox(secret, REPLY_BOX);
    const record = sealRecord(box, network.id, answer.plaintext);
    this.d.puts.add({
      owner: 'visit',
      ref: contactId,
      part: REPLY_BOX,
      priority: 0,
      contactId,
      record,
      mark: box.mark,
      notBefore: now,
      moves: 0,
    });
    // From here on it is our own answer that stands there.
    const other = this.d.watches.find('visit', contactId, REPLY_BOX);
    if (other !== null) this.d.watches.remove(other);
    this.d.watches.add('visit', contactId, OUTCOME_BOX, meetingBox(secret, OUTCOME_BOX), now);
    this.d.store.run(
      `UPDATE visits SET state = 'waiting', reply_hash = ?, box0 = NULL, box1 = NULL WHERE contact_id = ?`,
      hash('invite-reply', record),
      contactId,
    );
    this.d.store.run(
      'UPDATE contacts SET identity_key = ?, ed25519 = ?, mldsa65 = ?, key_set_hash = ? WHERE id = ?',
      answer.identityKey,
      answer.ed25519,
      answer.mldsa65,
      theirs,
      contactId,
    );
    this.d.contacts.setEnd(contactId, this.endOf(answer.endsDay, now));
    this.asked.answered(contactId, now);
    this.d.contacts.introduce(contactId, peerGivenName(answer.name), STAND_IN, now);
    this.d.contacts.step(contactId, 'opened', now);
    this.d.writer.begin(contactId, answer.words.guestRoot, now);
    this.d.reader.begin(contactId, answer.words.inviterRoot, now);
    this.d.known(contactId, null, now);
    if (answer.words.text !== '') {
      const contentId = hash('invite-words', hash('invite-reply', record)).slice(0, 16);
      const id = this.d.messages.addOwn(contactId, contentId, null, answer.words.text, now);
      this.d.messages.advance(id, 'sending', now);
    }
  }

  onSent(): void {
    // A step is shown when the box is stored, not when it leaves.
  }

  onStored(put: PutEntry, now: Millis): void {
    if (put.copies > 1) return;
    this.d.contacts.step(put.ref, 'delivered', now);
    this.asked.answered(put.ref, now);
  }

  /** Another guest's reply stands there, or the inviter took the invitation back. */
  onTaken(put: PutEntry, now: Millis): void {
    // With one copy of ours stored, the inviter may still take it: box 3 decides.
    if (put.copies > 0) return;
    const { ref } = put;
    this.asked.lookAtReply(ref, now, (then) => this.end(ref, 'invitation-used', then));
  }

  /** What stands in the reply box, and is not ours. */
  private onOther(row: SqlRow, plaintext: Uint8Array, now: Millis): void {
    const contactId = num(row, 'contact_id');
    if (text(this.d.contacts.row(contactId), 'state') !== 'meeting') return;
    const outcome = outcomeIn(plaintext, blob(row, 'secret'));
    this.end(contactId, outcome === null ? 'invitation-used' : reasonOf(outcome.what, false), now);
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** put.moves);
    this.d.puts.add({ ...put, notBefore: now + pause, moves: put.moves + 1 });
  }

  /** The day the offer names, but never longer than a box lives. */
  private endOf(endsDay: number, now: Millis): Millis {
    const lifeDays = this.d.network()?.current(now)?.parameters.boxLifeDays ?? 21;
    return Math.min(endsDay * DAY, Math.floor(now + lifeDays * DAY));
  }

  private onOutcome(row: SqlRow, plaintext: Uint8Array, now: Millis): void {
    const contactId = num(row, 'contact_id');
    const outcome = outcomeIn(plaintext, blob(row, 'secret'));
    if (outcome === null) {
      this.d.alarm('invitation-disturbed', now);
      return;
    }
    const own = blobOrNull(row, 'reply_hash');
    const ours = own !== null && equalBytes(own, outcome.replyHash);
    if (outcome.what === 'accepted' && ours) {
      this.accepted(contactId, outcome.replyHash, now);
      return;
    }
    // The inviter has spoken through the session: it decides, not a box.
    if (text(this.d.contacts.row(contactId), 'state') === 'ready') return;
    this.end(contactId, reasonOf(outcome.what, ours), now);
  }

  private accepted(contactId: number, replyHash: Uint8Array, now: Millis): void {
    this.d.store.run("UPDATE visits SET state = 'done' WHERE contact_id = ?", contactId);
    this.d.puts.cancel('visit', contactId);
    this.d.contacts.hold(contactId, null, now);
    this.d.contacts.setEnd(contactId, null);
    this.d.contacts.step(contactId, 'delivered', now);
    this.d.contacts.step(contactId, 'accepted', now);
    const contentId = hash('invite-words', replyHash).slice(0, 16);
    const words = this.d.store.get(
      "SELECT id FROM messages WHERE contact_id = ? AND direction = 'out' AND content_id = ?",
      contactId,
      contentId,
    );
    if (words !== undefined) this.d.messages.advance(num(words, 'id'), 'delivered', now);
  }

  private end(contactId: number, reason: string, now: Millis): void {
    this.asked.forget(contactId);
    this.d.store.run(
      "UPDATE visits SET state = 'ended', reason = ? WHERE contact_id = ?",
      reason,
      contactId,
    );
    this.d.puts.cancel('visit', contactId);
    this.d.watches.cancel('visit', contactId);
    this.d.watches.cancel('stream', contactId);
    this.d.watches.cancel('beacon', contactId);
    this.d.contacts.end(contactId, reason, now);
    this.d.abandon(contactId, reason, now);
  }
}

function visitor(row: SqlRow): Visitor {
  return {
    peer: peerName(num(row, 'contact_id')),
    secret: blob(row, 'secret'),
    offer: blob(row, 'box0'),
    keys: blob(row, 'box1'),
    expects: blobOrNull(row, 'expects'),
    firstWords: text(row, 'first_words'),
  };
}

/** Null for what anybody with the link may have written: only the inviter can open the lock. */
function outcomeIn(plaintext: Uint8Array, secret: Uint8Array): Outcome | null {
  try {
    const outcome = decodeOutcome(plaintext);
    return isOutcomeOf(outcome, secret) ? outcome : null;
  } catch {
    return null;
  }
}

function reasonOf(what: Outcome['what'], ours: boolean): string {
  if (what === 'revoked') return 'invitation-revoked';
  if (what === 'expired') return 'invitation-expired';
  return what === 'unreadable' && ours ? 'invitation-refused' : 'invitation-used';
}

/** First words fit their field, or are refused before anything is saved. */
export function checkFirstWords(words: string, most: number): string {
  if (utf8(words).length > most) {
    throw new AppError('text-too-long', 'usage', 'the first words of an answer are too long');
  }
  return words;
}
