/**
 * The guest's side of a one-time invitation (docs/spec/09-meeting.md): reads boxes 0 and 1,
 * refuses them unless the link's secret recomputes, answers in box 2, waits for box 3.
 */
import { AppError, equalBytes, type Millis, randomBytes, utf8 } from '@tacet/base';
import { hash, x25519Public } from '@tacet/crypto';
import { type BoxRecord, sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner } from '../boxes/puts.ts';
import type { ReadQueue } from '../boxes/reads.ts';
import type { Watch, WatchOwner } from '../boxes/watches.ts';
import { cleanName } from '../contacts/contacts.ts';
import { peerName } from '../inbox/inbox.ts';
import type { SessionPort, SessionRecords, SessionWrites, SqlRow } from '../ports.ts';
import { applyWrites, type ErasedWork, erased, type JobSource } from '../sessions/jobs.ts';
import { blob, num, text } from '../store/rows.ts';
import {
  decodeAccepted,
  decodeKeys,
  decodeOffer,
  encodeFirstWords,
  encodeReply,
  type FirstWords,
  invitationSecret,
  keySetHash,
  MAX_SEALED_REPLY,
  meetingBox,
} from './boxes.ts';
import { type MeetingDeps, notJoined, peerGivenName } from './invitations.ts';
import { decodeLink, sameNetwork } from './link.ts';
import { sealReply } from './seal.ts';

const STAND_IN = 'inviter';
/** Between rounds of reading an absent offer: 5 s, doubled, at most 10 minutes, for a day. */
const FIRST_PAUSE: Millis = 5_000;
const LONGEST_PAUSE: Millis = 600_000;
const GIVE_UP: Millis = 86_400_000;
/** Rounds without an offer after which the window says so. */
const ROUNDS_BEFORE_WORD = 2;

interface Answer {
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
  readonly name: string;
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

  constructor(deps: MeetingDeps, reads: ReadQueue) {
    this.d = deps;
    this.reads = reads;
    deps.puts.register('visit', this);
    deps.watches.register('visit', this);
    for (const row of deps.store.all("SELECT contact_id FROM visits WHERE state = 'opening'")) {
      this.rounds.set(num(row, 'contact_id'), { rounds: 0, nextAt: 0 });
    }
  }

  /** Takes a link; the meeting goes on by itself. Returns the new contact's id. */
  accept(link: string, name: string | null, firstWords: string, now: Millis): number {
    const network = this.d.network();
    const decoded = decodeLink(link);
    if (network === null) throw notJoined();
    if (!sameNetwork(decoded, network.id)) {
      throw new AppError(
        'invitation-network',
        'refused',
        'This invitation belongs to another network; open it with a profile of that network.',
      );
    }
    const { secret } = decoded;
    if (this.d.store.get('SELECT 1 AS one FROM invitations WHERE secret = ?', secret)) {
      throw new AppError(
        'invitation-own',
        'usage',
        'This is your own invitation; send it to a friend.',
      );
    }
    if (this.d.store.get('SELECT 1 AS one FROM visits WHERE secret = ?', secret)) {
      throw new AppError('invitation-used', 'state', 'You have opened this invitation already.');
    }
    const wanted = name === null ? STAND_IN : cleanName(name);
    return this.d.store.transaction(() => {
      const contactId = this.d.contacts.create(wanted, '', now);
      this.d.store.run(
        "INSERT INTO visits (contact_id, secret, state, first_words, created_at) VALUES (?, ?, 'opening', ?, ?)",
        contactId,
        secret,
        firstWords,
        Math.floor(now),
      );
      for (const index of [0, 1]) {
        this.d.watches.add('visit', contactId, index, meetingBox(secret, index), now);
      }
      this.rounds.set(contactId, { rounds: 0, nextAt: now });
      return contactId;
    });
  }

  /** When an absent offer is asked for again, or null. */
  get deadline(): Millis | null {
    let at: Millis | null = null;
    for (const { nextAt } of this.rounds.values()) at = at === null ? nextAt : Math.min(at, nextAt);
    return at;
  }

  /** Reads offers that have not come yet. */
  advance(now: Millis): void {
    const able = this.d.network()?.current(now) != null;
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
      if (round.rounds > ROUNDS_BEFORE_WORD) {
        this.d.store.transaction(() => this.d.contacts.hold(contactId, 'invitation-missing', now));
      }
      for (const index of [0, 1]) {
        const watch = this.d.watches.find('visit', contactId, index);
        if (watch !== null) this.reads.catchUp(watch, now, null);
      }
    }
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: BoxRecord, now: Millis): void {
    const contactId = watch.ref;
    const row = this.visit(contactId);
    if (watch.index === 3) {
      this.onAccepted(row, plaintext, now);
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

  nextJob(): ErasedWork | null {
    const row = this.d.store.get("SELECT * FROM visits WHERE state = 'answering' LIMIT 1");
    const network = this.d.network();
    if (row === undefined || network === null) return null;
    const contactId = num(row, 'contact_id');
    return erased<Answer>({
      name: 'visit',
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
        'The invitation does not match its link.',
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
      throw new AppError('bundle-invalid', 'input', 'The invitation cannot be answered.');
    }
    return {
      identityKey: bundle.identityKey,
      ...keys,
      name: offer.name,
      words,
      plaintext: encodeReply({ ephemeral, sealed }),
      writes: new Map([...begun, ...first.writes]),
    };
  }

  /** Saves the session, the streams and the reply box. In a transaction. */
  private reply(contactId: number, secret: Uint8Array, answer: Answer, now: Millis): void {
    const network = this.d.network();
    if (network === null) return;
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
    this.d.watches.add('visit', contactId, 3, meetingBox(secret, 3), now);
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
    if (put.copies === 1) this.d.contacts.step(put.ref, 'delivered', now);
  }

  /** Another guest's reply stands there. */
  onTaken(put: PutEntry, now: Millis): void {
    // With one copy of ours stored, the inviter may still take it: box 3 decides.
    if (put.copies > 0) return;
    this.end(put.ref, 'invitation-used', now);
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** put.moves);
    this.d.puts.add({ ...put, notBefore: now + pause, moves: put.moves + 1 });
  }

  private onAccepted(row: SqlRow, plaintext: Uint8Array, now: Millis): void {
    const contactId = num(row, 'contact_id');
    // The inviter has spoken through the session: what stands in a box that anybody with the
    // link can fill decides nothing any more.
    const ready = text(this.d.contacts.row(contactId), 'state') === 'ready';
    let named: Uint8Array;
    try {
      named = decodeAccepted(plaintext);
    } catch {
      if (!ready) this.end(contactId, 'invitation-replaced', now);
      return;
    }
    if (!equalBytes(named, blob(row, 'reply_hash'))) {
      if (!ready) this.end(contactId, 'invitation-used', now);
      return;
    }
    this.d.store.run("UPDATE visits SET state = 'done' WHERE contact_id = ?", contactId);
    this.d.puts.cancel('visit', contactId);
    this.d.contacts.step(contactId, 'delivered', now);
    this.d.contacts.step(contactId, 'accepted', now);
    const contentId = hash('invite-words', named).slice(0, 16);
    const words = this.d.store.get(
      "SELECT id FROM messages WHERE contact_id = ? AND direction = 'out' AND content_id = ?",
      contactId,
      contentId,
    );
    if (words !== undefined) this.d.messages.advance(num(words, 'id'), 'delivered', now);
  }

  private end(contactId: number, reason: string, now: Millis): void {
    this.rounds.delete(contactId);
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

/** First words fit their field, or are refused before anything is saved. */
export function checkFirstWords(words: string, most: number): string {
  if (utf8(words).length > most) {
    throw new AppError('text-too-long', 'usage', 'The first words of an answer are too long.');
  }
  return words;
}
