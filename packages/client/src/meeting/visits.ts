/**
 * The guest's side of a one-time invitation (docs/spec/09-meeting.md): reads boxes 0 and 1,
 * refuses them unless the link's secret recomputes, answers in box 2, waits for box 3. Whatever
 * became of the invitation, the guest is told: by box 3, or by the invitation's last day.
 */
import { AppError, DAY, equalBytes, HOUR, type Millis, randomBytes, utf8 } from '@tacet/base';
import { hash, x25519Public } from '@tacet/crypto';
import { type BoxRecord, sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner } from '../boxes/puts.ts';
import type { ReadQueue } from '../boxes/reads.ts';
import type { Watch, WatchOwner } from '../boxes/watches.ts';
import { peerName } from '../inbox/inbox.ts';
import type { SessionPort, SessionRecords, SessionWrites, SqlRow } from '../ports.ts';
import { applyWrites, type ErasedWork, erased, type JobSource } from '../sessions/jobs.ts';
import { blob, blobOrNull, num, numOrNull, text } from '../store/rows.ts';
import {
  decodeKeys,
  decodeOffer,
  decodeOutcome,
  encodeFirstWords,
  encodeReply,
  type FirstWords,
  invitationSecret,
  isOutcomeOf,
  keySetHash,
  MAX_SEALED_REPLY,
  meetingBox,
  type Outcome,
} from './boxes.ts';
import { type MeetingDeps, notJoined, peerGivenName } from './invitations.ts';
import { decodeLink, sameNetwork } from './link.ts';
import { sealReply } from './seal.ts';

const STAND_IN = 'inviter';
const REPLY_BOX = 2;
const OUTCOME_BOX = 3;
const OFFER = [0, 1];
/** Between rounds of reading an absent offer: 5 s, doubled, at most 10 minutes, for a day. */
const FIRST_PAUSE: Millis = 5_000;
const LONGEST_PAUSE: Millis = 600_000;
const GIVE_UP: Millis = 86_400_000;
/** Rounds without an offer after which it counts as missing where no home has it. */
const ROUNDS_BEFORE_WORD = 2;
/** Without an outcome for so long after the answer was stored the window says so. */
const UNANSWERED: Millis = DAY;
/** The last day is over everywhere, and an answer taken on it was written: the meeting ends. */
const AFTER_END: Millis = DAY;
/** Pause between two looks for an outcome that no edge could say anything about. */
const LOOK_PAUSE: Millis = 6 * HOUR;

interface Answer {
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
  readonly name: string;
  readonly endsDay: number;
  readonly words: FirstWords;
  readonly plaintext: Uint8Array;
  readonly writes: SessionWrites;
}

interface Round {
  rounds: number;
  nextAt: Millis;
}

export class Visits implements PutOwner, WatchOwner, JobSource {
  private readonly d: MeetingDeps;
  private readonly reads: ReadQueue;
  private readonly rounds = new Map<number, Round>();
  /** Answered ones: when the outcome is next asked for without an announcement. */
  private readonly looks = new Map<number, Millis>();

  constructor(deps: MeetingDeps, reads: ReadQueue) {
    this.d = deps;
    this.reads = reads;
    deps.puts.register('visit', this);
    deps.watches.register('visit', this);
    for (const row of deps.store.all("SELECT contact_id FROM visits WHERE state = 'opening'")) {
      this.rounds.set(num(row, 'contact_id'), { rounds: 0, nextAt: deps.startedAt });
    }
    for (const row of deps.store.all(
      `SELECT c.* FROM visits v JOIN contacts c ON c.id = v.contact_id
       WHERE v.state = 'waiting' AND c.state = 'meeting'`,
    )) {
      this.looks.set(num(row, 'id'), Math.max(deps.startedAt, this.nextLook(row)));
    }
  }

  /**
   * Takes a link; the meeting goes on by itself. Returns the new contact's id.
   * @param name as `cleanName` gives it
   */
  accept(link: string, name: string | null, firstWords: string, now: Millis): number {
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
    const { secret } = decoded;
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
      const contactId = this.d.contacts.create(name ?? STAND_IN, '', now);
      this.d.store.run(
        "INSERT INTO visits (contact_id, secret, state, first_words, created_at) VALUES (?, ?, 'opening', ?, ?)",
        contactId,
        secret,
        firstWords,
        Math.floor(now),
      );
      for (const index of OFFER) {
        this.d.watches.add('visit', contactId, index, meetingBox(secret, index), now);
      }
      this.rounds.set(contactId, { rounds: 0, nextAt: now });
      // A meeting that failed may have given way: its ratchet records go.
      this.d.kick();
      return contactId;
    });
  }

  /** When an absent offer is asked for again, or null. */
  get deadline(): Millis | null {
    let at: Millis | null = null;
    for (const { nextAt } of this.rounds.values()) at = at === null ? nextAt : Math.min(at, nextAt);
    for (const nextAt of this.looks.values()) at = at === null ? nextAt : Math.min(at, nextAt);
    return at;
  }

  /** The clock was set back by so much. */
  setBack(by: Millis): void {
    for (const round of this.rounds.values()) round.nextAt -= by;
    for (const [contactId, at] of this.looks) this.looks.set(contactId, at - by);
  }

  /** Reads offers that have not come yet, and looks for outcomes that nobody announced. */
  advance(now: Millis): void {
    if ((this.deadline ?? Number.POSITIVE_INFINITY) > now) return;
    const able = this.d.network()?.current(now) != null;
    this.lookForOutcomes(able, now);
    for (const [contactId, round] of this.rounds) {
      if (round.nextAt > now) continue;
      if (!able) {
        // No document yet: nothing can be read, so look again in a moment.
        round.nextAt = now + 1_000;
        continue;
      }
      const row = this.d.store.get('SELECT * FROM visits WHERE contact_id = ?', contactId);
      if (row === undefined || text(row, 'state') !== 'opening') {
        this.rounds.delete(contactId);
        continue;
      }
      if (now - num(row, 'created_at') > GIVE_UP) {
        this.d.store.transaction(() => this.end(contactId, 'invitation-missing', now));
        continue;
      }
      round.rounds++;
      round.nextAt = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** round.rounds);
      const counts = round.rounds > ROUNDS_BEFORE_WORD;
      const absent = counts ? (then: Millis): void => this.askWhy(contactId, then) : null;
      for (const index of OFFER) {
        const watch = this.d.watches.find('visit', contactId, index);
        if (watch !== null) this.reads.catchUp(watch, now, absent);
      }
    }
  }

  /** No home has this box of the offer: what stands in the reply box may say why. */
  private askWhy(contactId: number, now: Millis): void {
    this.reads.catchUp(this.replyWatch(contactId, now), now, (then) =>
      this.d.store.transaction(() => this.d.contacts.hold(contactId, 'invitation-missing', then)),
    );
  }

  /** The reply box as a reader: for what somebody else wrote there. */
  private replyWatch(contactId: number, now: Millis): Watch {
    const known = this.d.watches.find('visit', contactId, REPLY_BOX);
    if (known !== null) return known;
    const box = meetingBox(blob(this.visit(contactId), 'secret'), REPLY_BOX);
    return this.d.store.transaction(() =>
      this.d.watches.add('visit', contactId, REPLY_BOX, box, now),
    );
  }

  private lookForOutcomes(able: boolean, now: Millis): void {
    for (const [contactId, at] of this.looks) {
      if (at > now) continue;
      const row = this.d.contacts.row(contactId);
      if (text(row, 'state') !== 'meeting' || text(this.visit(contactId), 'state') !== 'waiting') {
        this.looks.delete(contactId);
        continue;
      }
      const next = this.nextLook(row);
      if (next > now || !able) {
        this.looks.set(contactId, able ? next : now + 1_000);
        continue;
      }
      this.looks.set(contactId, now + LOOK_PAUSE);
      const watch = this.d.watches.find('visit', contactId, OUTCOME_BOX);
      const absent = (then: Millis): void =>
        this.d.store.transaction(() => this.noOutcome(contactId, then));
      if (watch === null) absent(now);
      else this.reads.catchUp(watch, now, absent);
    }
  }

  /** When silence first means something: the next word, or the end. */
  private nextLook(row: SqlRow): Millis {
    const end = (numOrNull(row, 'ends_at') ?? 0) + AFTER_END;
    const delivered = numOrNull(row, 'delivered_at');
    if (delivered === null || row['reason'] !== null) return end;
    return Math.min(end, delivered + UNANSWERED);
  }

  /** Both edges were asked and have no outcome. */
  private noOutcome(contactId: number, now: Millis): void {
    const row = this.d.contacts.row(contactId);
    if (text(row, 'state') !== 'meeting') return;
    if (now >= (numOrNull(row, 'ends_at') ?? 0) + AFTER_END) {
      this.end(contactId, 'invitation-expired', now);
    } else if (numOrNull(row, 'delivered_at') !== null) {
      this.d.contacts.hold(contactId, 'invitation-unanswered', now);
      this.looks.set(contactId, now);
    }
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: BoxRecord, now: Millis): void {
    const contactId = watch.ref;
    const row = this.visit(contactId);
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
    const both = this.visit(contactId);
    if (both['box0'] === null || both['box1'] === null) return;
    this.d.store.run("UPDATE visits SET state = 'answering' WHERE contact_id = ?", contactId);
    this.rounds.delete(contactId);
    this.d.contacts.hold(contactId, null, now);
    this.d.kick();
  }

  private visit(contactId: number): SqlRow {
    const row = this.d.store.get('SELECT * FROM visits WHERE contact_id = ?', contactId);
    if (row === undefined) throw new AppError('visit-missing', 'bug', 'a visit without its row');
    return row;
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

  /** Their network was never reached, and another one is joined. In a transaction. */
  leaveNetwork(now: Millis): void {
    for (const row of this.d.store.all("SELECT contact_id FROM visits WHERE state = 'opening'")) {
      this.end(num(row, 'contact_id'), 'invitation-network', now);
    }
  }

  nextJob(): ErasedWork | null {
    return this.dropPeer() ?? this.answering();
  }

  /** What is left of the ratchet of a contact that was dismissed. */
  private dropPeer(): ErasedWork | null {
    const row = this.d.store.get('SELECT contact_id FROM departed LIMIT 1');
    if (row === undefined) return null;
    const id = num(row, 'contact_id');
    const forget = (): void => {
      this.d.store.run('DELETE FROM departed WHERE contact_id = ?', id);
    };
    return erased<SessionWrites>({
      name: 'drop-peer',
      run: (port) => Promise.resolve(port.dropPeer(peerName(id))),
      commit: (writes) => {
        applyWrites(this.d.store, writes);
        forget();
      },
      fail: forget,
    });
  }

  private answering(): ErasedWork | null {
    const row = this.d.store.get("SELECT * FROM visits WHERE state = 'answering' LIMIT 1");
    const network = this.d.network();
    if (row === undefined || network === null) return null;
    const contactId = num(row, 'contact_id');
    return erased<Answer>({
      name: 'visit',
      contactId,
      run: (port, records) => this.answer(port, records, contactId, row),
      commit: (answer, now) => this.reply(contactId, blob(row, 'secret'), answer, now),
      fail: (_error, now) => {
        // What stands in the boxes is not what the link committed to.
        this.end(contactId, 'invitation-replaced', now);
        this.d.alarm('invitation-replaced', now);
      },
    });
  }

  /** Checks the commitment, then begins the session. Throws on any mismatch. */
  private async answer(
    port: SessionPort,
    records: SessionRecords,
    contactId: number,
    row: SqlRow,
  ): Promise<Answer> {
    const offer = decodeOffer(blob(row, 'box0'));
    const keys = decodeKeys(blob(row, 'box1'));
    const bundle = port.readBundle(offer.bundle);
    const recomputed = keySetHash(bundle.identityKey, keys.ed25519, keys.mldsa65);
    const secret = blob(row, 'secret');
    if (
      !equalBytes(recomputed, offer.keySetHash) ||
      !equalBytes(invitationSecret(offer.keySetHash, offer.r), secret)
    ) {
      throw new AppError(
        'invitation-replaced',
        'refused',
        'the invitation does not match its link',
      );
    }
    const words: FirstWords = {
      guestRoot: randomBytes(this.d.rng, 32),
      inviterRoot: randomBytes(this.d.rng, 32),
      keySetHash: this.d.identity.keySetHash,
      name: this.d.identity.name,
      text: text(row, 'first_words'),
    };
    const peer = peerName(contactId);
    const begun = await port.begin(records, peer, offer.bundle);
    const overlay: SessionRecords = {
      get: (key) => (begun.has(key) ? (begun.get(key) ?? null) : records.get(key)),
    };
    const first = await port.encrypt(overlay, peer, encodeFirstWords(words));
    const ephemeralSecret = randomBytes(this.d.rng, 32);
    const ephemeral = x25519Public(ephemeralSecret);
    const sealed = sealReply(
      secret,
      ephemeralSecret,
      ephemeral,
      bundle.signedPrekey,
      first.ciphertext,
    );
    if (sealed === null || sealed.length > MAX_SEALED_REPLY) {
      throw new AppError('bundle-invalid', 'input', 'the invitation cannot be answered');
    }
    return {
      identityKey: bundle.identityKey,
      ...keys,
      name: offer.name,
      endsDay: offer.endsDay,
      words,
      plaintext: encodeReply({ ephemeral, sealed }),
      writes: new Map([...begun, ...first.writes]),
    };
  }

  /** Saves the session, the streams and the reply box. In a transaction. */
  private reply(contactId: number, secret: Uint8Array, answer: Answer, now: Millis): void {
    const network = this.d.network();
    // Ended while the answer was made: it must not come back.
    if (network === null || text(this.visit(contactId), 'state') !== 'answering') return;
    applyWrites(this.d.store, answer.writes);
    const box = meetingBox(secret, 2);
    const record = sealRecord(box, network.id, answer.plaintext);
    this.d.puts.add({
      owner: 'visit',
      ref: contactId,
      part: 2,
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
      keySetHash(answer.identityKey, answer.ed25519, answer.mldsa65),
      contactId,
    );
    this.d.contacts.setEnd(contactId, this.endOf(answer.endsDay, now));
    this.looks.set(contactId, now);
    this.d.contacts.introduce(contactId, peerGivenName(answer.name), STAND_IN, now);
    this.d.contacts.step(contactId, 'opened', now);
    this.d.writer.begin(contactId, answer.words.guestRoot, now);
    this.d.reader.begin(contactId, answer.words.inviterRoot, now);
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
    this.looks.set(put.ref, now);
  }

  /** Another guest's reply stands there, or the inviter took the invitation back. */
  onTaken(put: PutEntry, now: Millis): void {
    // With one copy of ours stored, the inviter may still take it: box 3 decides.
    if (put.copies > 0) return;
    const { ref } = put;
    this.reads.catchUp(this.replyWatch(ref, now), now, (then) =>
      this.d.store.transaction(() => this.end(ref, 'invitation-used', then)),
    );
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
    this.rounds.delete(contactId);
    this.looks.delete(contactId);
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
