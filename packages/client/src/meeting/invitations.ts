/**
 * The inviter's side of one-time invitations (docs/spec/09-meeting.md): makes the bundle, places
 * boxes 0 and 1, shows the link once box 0 is stored, takes the first valid reply, says in box 3
 * what became of it. Every step is a saved state; ratchet work runs as jobs.
 */
import { AppError, concat, DAY, HOUR, isAppError, type Millis, randomBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { type BoxRecord, sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner } from '../boxes/puts.ts';
import type { Watch, WatchOwner } from '../boxes/watches.ts';
import { cleanName } from '../contacts/contacts.ts';
import { peerName } from '../inbox/inbox.ts';
import { MAX_INVITATIONS } from '../limits.ts';
import type { BundleResult, SessionWrites, SqlRow } from '../ports.ts';
import {
  applyWrites,
  type ErasedWork,
  erased,
  firstAble,
  type JobSource,
  type Resting,
} from '../sessions/jobs.ts';
import { blob, blobOrNull, num, numOrNull, rowIdOf, text, textOrNull } from '../store/rows.ts';
import type { InvitationView } from '../views.ts';
import {
  decodeFirstWords,
  decodeReply,
  encodeKeys,
  encodeOffer,
  encodeOutcome,
  type FirstWords,
  invitationSecret,
  lockedBy,
  meetingBox,
  OFFER_BOXES,
  OUTCOME_BOX,
  type Outcome,
  REPLY_BOX,
} from './boxes.ts';
import type { MeetingDeps } from './deps.ts';
import { dropBundle } from './drop-bundle.ts';
import { peerGivenName } from './given-name.ts';
import type { OwnIdentity } from './identity.ts';
import { checkLife, endsDayOf } from './life.ts';
import { encodeLink } from './link.ts';
import { openReply } from './seal.ts';

/** Stands in the list until the guest's own name is known. */
const STAND_IN = 'guest';
/** What a window is shown of states between two steps. */
const SHOWN: Readonly<Record<string, InvitationView['state']>> = {
  placing: 'preparing',
  answered: 'used',
};
/** A fixed box has no other id to move to: its tries go on after a pause, at most hourly. */
const PAUSE: Millis = 60_000;
/** Pauses after which a refusal that no edge takes is given up: three days. */
const REFUSAL_MOVES = 72;
const NO_REPLY = new Uint8Array(32);

/** Hears of the invitations that requests of ours carry (16-addresses.md 3). In transactions. */
export interface RequestListener {
  onReady(contactId: number, now: Millis): void;
  onAnswer(contactId: number, identityKey: Uint8Array, words: FirstWords, now: Millis): void;
  /** Its answer is not taken: nothing more comes of it. */
  onTurnedAway(contactId: number, reason: string, now: Millis): void;
  /** It has run out, or was taken back. */
  onClosed(contactId: number, now: Millis): void;
}

export interface Offered {
  readonly secret: Uint8Array;
  readonly endsDay: number;
  /** It does not say who made it. */
  readonly nameless: boolean;
}

interface Answered {
  readonly words: FirstWords;
  readonly identityKey: Uint8Array;
  readonly writes: SessionWrites;
}

export interface NewInvitation {
  readonly label: string;
  /** From one hour on; without it as long as its boxes live. */
  readonly life?: Millis;
  /** As whom; null or absent: the profile's own. */
  readonly identity?: number | null;
}

export class Invitations implements PutOwner, WatchOwner, JobSource {
  private readonly d: MeetingDeps;
  private requests: RequestListener | null = null;

  constructor(deps: MeetingDeps) {
    this.d = deps;
    deps.puts.register('invite', this);
    deps.watches.register('invite', this);
  }

  listen(listener: RequestListener): void {
    this.requests = listener;
  }

  create({ label, life, identity }: NewInvitation, now: Millis): InvitationView {
    checkLife(life ?? null, this.boxLife(now));
    const network = this.d.network();
    if (network === null) throw notJoined();
    const open = this.d.store.get(
      "SELECT count(*) AS n FROM invitations WHERE request = 0 AND state IN ('preparing','placing','ready')",
    );
    if (open !== undefined && num(open, 'n') >= MAX_INVITATIONS) {
      throw new AppError(
        'invitations-full',
        'refused',
        'too many invitations are open; revoke one that is no longer needed',
      );
    }
    const clean = label === '' ? 'invitation' : cleanName(label);
    const id = this.d.store.transaction(() => {
      const rowId = this.insert(clean, null, identity ?? null, now, life ?? null);
      this.d.events.append(now, 'invitation', String(rowId));
      return rowId;
    });
    this.d.kick();
    return this.view(this.row(id));
  }

  /** One that a request to an address carries, for that contact. In a transaction. */
  createFor(contactId: number, now: Millis, nameless = false): number {
    this.d.kick();
    const id = this.insert('request', contactId, this.d.identities.idOfContact(contactId), now);
    if (nameless) this.d.store.run('UPDATE invitations SET nameless = 1 WHERE id = ?', id);
    return id;
  }

  private boxLife(now: Millis): Millis {
    return (this.d.network()?.current(now)?.parameters.boxLifeDays ?? 21) * DAY;
  }

  private insert(
    label: string,
    contactId: number | null,
    identity: number | null,
    now: Millis,
    life: Millis | null = null,
  ): number {
    const lock = randomBytes(this.d.rng, 32);
    const { rowId } = this.d.store.run(
      `INSERT INTO invitations (label, state, lock, r, created_at, expires_at, contact_id, request,
         identity_id, life_ms)
       VALUES (?, 'preparing', ?, ?, ?, ?, ?, ?, ?, ?)`,
      label,
      lock,
      lockedBy(lock),
      Math.floor(now),
      Math.floor(now + (life ?? this.boxLife(now))),
      contactId,
      contactId === null ? 0 : 1,
      identity,
      life,
    );
    return rowId;
  }

  /** One that a feature hands on by itself; not listed. In a transaction. */
  createHidden(label: string, now: Millis, identity: number | null = null): number {
    this.d.kick();
    const id = this.insert(label, null, identity, now);
    this.d.store.run('UPDATE invitations SET request = 2 WHERE id = ?', id);
    return id;
  }

  /** What a request needs of its invitation; null unless it can be answered now. */
  offered(id: number): Offered | null {
    const row = this.row(id);
    if (text(row, 'state') !== 'ready') return null;
    return {
      secret: blob(row, 'secret'),
      endsDay: endsDayOf(row),
      nameless: num(row, 'nameless') === 1,
    };
  }

  /** A request is withdrawn, with the invitation it carries. In a transaction. */
  withdraw(id: number, now: Millis): void {
    const state = text(this.row(id), 'state');
    if (state === 'preparing' || state === 'placing' || state === 'ready') {
      this.close(id, 'revoked', now);
    }
  }

  list(): InvitationView[] {
    return this.d.store
      .all('SELECT * FROM invitations WHERE request = 0 ORDER BY id DESC')
      .map((row) => this.view(row));
  }

  revoke(idText: string, now: Millis): InvitationView {
    const row = this.row(rowIdOf(idText));
    const id = num(row, 'id');
    const state = text(row, 'state');
    if (state === 'used' || state === 'answered') {
      throw new AppError(
        'invitation-answered',
        'state',
        'somebody has used this invitation; it cannot be taken back',
      );
    }
    if (state !== 'revoked' && state !== 'expired') {
      this.d.store.transaction(() => this.close(id, 'revoked', now));
    }
    return this.view(this.row(id));
  }

  /** Hourly. */
  expire(now: Millis): void {
    for (const row of this.d.store.all(
      "SELECT id FROM invitations WHERE expires_at <= ? AND state IN ('preparing','placing','ready')",
      Math.floor(now),
    )) {
      this.d.store.transaction(() => this.close(num(row, 'id'), 'expired', now));
    }
  }

  /** Their network was never reached, and another one is joined. In a transaction. */
  leaveNetwork(now: Millis): void {
    for (const row of this.d.store.all(
      "SELECT id FROM invitations WHERE state IN ('preparing','placing')",
    )) {
      const id = num(row, 'id');
      this.setState(id, 'revoked', now);
      this.d.puts.cancel('invite', id);
      this.d.watches.cancel('invite', id);
    }
  }

  /**
   * Ends an unused invitation and asks its edges to erase what was placed. One that was taken back
   * has its reply box filled with that, so that nobody answers it; after the last day only an
   * answer is told so, for it may have been written in time. In a transaction.
   */
  private close(id: number, state: 'revoked' | 'expired', now: Millis): void {
    const row = this.row(id);
    const secret = blobOrNull(row, 'secret');
    const shown = text(row, 'state') === 'ready';
    this.setState(id, state, now);
    this.d.puts.cancel('invite', id);
    this.d.kick();
    if (state === 'revoked') this.d.watches.cancel('invite', id);
    const contactId = numOrNull(row, 'contact_id');
    if (num(row, 'request') === 1 && contactId !== null) this.requests?.onClosed(contactId, now);
    if (secret === null) return;
    for (const index of OFFER_BOXES) this.d.tombstones.add(meetingBox(secret, index), now);
    // One whose chosen life is over says so before anybody answers in vain.
    const early = state === 'expired' && row['life_ms'] !== null;
    if ((state === 'revoked' || early) && shown) this.say(row, REPLY_BOX, state, NO_REPLY, now);
  }

  /** Writes what became of it. In a transaction. */
  private say(
    row: SqlRow,
    box: typeof REPLY_BOX | typeof OUTCOME_BOX,
    what: Outcome['what'],
    replyHash: Uint8Array,
    now: Millis,
  ): void {
    const lock = blobOrNull(row, 'lock');
    const secret = blobOrNull(row, 'secret');
    if (lock === null || secret === null) return;
    const { keySetHash } = this.identityOf(row);
    const outcome = encodeOutcome({ lock, keySetHash, what, replyHash });
    this.place(num(row, 'id'), secret, box, outcome, now);
  }

  private row(id: number): SqlRow {
    const row = this.d.store.get('SELECT * FROM invitations WHERE id = ?', id);
    if (row === undefined) {
      throw new AppError('invitation-unknown', 'missing', 'there is no such invitation');
    }
    return row;
  }

  private identityOf(row: SqlRow): OwnIdentity {
    return this.d.identities.of(numOrNull(row, 'identity_id'));
  }

  private setState(id: number, state: string, now: Millis): void {
    this.d.store.run('UPDATE invitations SET state = ? WHERE id = ?', state, id);
    this.d.events.append(now, 'invitation', String(id));
  }

  /** Shown beside the state that follows. In a transaction. */
  private because(id: number, reason: string): void {
    this.d.store.run('UPDATE invitations SET reason = ? WHERE id = ?', reason, id);
  }

  private view(row: SqlRow): InvitationView {
    const state = text(row, 'state');
    const secret = blobOrNull(row, 'secret');
    const network = this.d.network();
    const contactId = numOrNull(row, 'contact_id');
    const link = (card: string | null): string | null =>
      state === 'ready' && secret !== null && network !== null
        ? encodeLink(secret, network.id, card)
        : null;
    return {
      id: String(num(row, 'id')),
      label: text(row, 'label'),
      identity: this.identityOf(row).name,
      createdAt: num(row, 'created_at'),
      expiresAt: num(row, 'expires_at'),
      state: SHOWN[state] ?? (state as InvitationView['state']),
      link: link(null),
      fullLink: link(network?.cardToShare() ?? null),
      contactId: contactId === null ? null : String(contactId),
      reason: textOrNull(row, 'reason'),
    };
  }

  // Ratchet work ---------------------------------------------------------------------------

  nextJob(resting: Resting): ErasedWork | null {
    return (
      this.makeBundle(resting) ?? this.openAnswer(resting) ?? dropBundle(this.d.store, resting)
    );
  }

  private makeBundle(resting: Resting): ErasedWork | null {
    const network = this.d.network();
    const rows = this.d.store.all("SELECT id, r FROM invitations WHERE state = 'preparing'");
    const found = firstAble('bundle', rows, resting);
    if (found === null || network === null) return null;
    const { row, key } = found;
    const id = num(row, 'id');
    const r = blob(row, 'r');
    const identity = this.identityOf(this.row(id));
    return erased<BundleResult>({
      name: 'bundle',
      key,
      identity: numOrNull(this.row(id), 'identity_id'),
      run: (port, records) => port.createBundle(records),
      commit: ({ bundle, writes }, now) => {
        // Revoked while the bundle was made: it must not come back.
        if (text(this.row(id), 'state') !== 'preparing') return;
        applyWrites(this.d.store, writes);
        const secret = invitationSecret(identity.keySetHash, r);
        const offer = encodeOffer({
          r,
          keySetHash: identity.keySetHash,
          endsDay: endsDayOf(this.row(id)),
          name: num(this.row(id), 'nameless') === 1 ? '' : identity.name,
          thumbnail: new Uint8Array(25),
          bundle,
        });
        this.place(id, secret, 0, offer, now);
        this.place(id, secret, 1, encodeKeys(identity.ed25519, identity.mldsa65), now);
        this.d.watches.add('invite', id, REPLY_BOX, meetingBox(secret, REPLY_BOX), now);
        this.d.store.run(
          'UPDATE invitations SET secret = ?, bundle = ? WHERE id = ?',
          secret,
          bundle,
          id,
        );
        this.setState(id, 'placing', now);
      },
      fail: (_error, now) => {
        if (text(this.row(id), 'state') !== 'preparing') return;
        this.because(id, 'bundle-failed');
        this.setState(id, 'revoked', now);
        this.d.alarm('bundle-failed', now);
      },
    });
  }

  private place(
    id: number,
    secret: Uint8Array,
    index: number,
    plaintext: Uint8Array,
    notBefore: Millis,
    moves = 0,
  ): void {
    const network = this.d.network();
    if (network === null) return;
    const box = meetingBox(secret, index);
    this.d.puts.add({
      owner: 'invite',
      ref: id,
      part: index,
      priority: 0,
      contactId: null,
      record: sealRecord(box, network.id, plaintext),
      mark: box.mark,
      notBefore,
      moves,
    });
  }

  onSent(): void {
    // A step is shown when a box is stored, not when it leaves.
  }

  onStored(put: PutEntry, now: Millis): void {
    if (put.copies > 1) return;
    const row = this.row(put.ref);
    const contactId = numOrNull(row, 'contact_id');
    if (put.part === 0 && text(row, 'state') === 'placing') {
      this.setState(put.ref, 'ready', now);
      if (contactId !== null) this.requests?.onReady(contactId, now);
      this.d.ready(put.ref, now);
    }
    if (put.part === OUTCOME_BOX && contactId !== null && text(row, 'state') === 'used') {
      this.d.contacts.step(contactId, 'accepted', now);
    }
  }

  /** Somebody else wrote a box only this side should write: the link is known to a third party. */
  onTaken(put: PutEntry, now: Millis): void {
    const row = this.row(put.ref);
    if (put.part === REPLY_BOX) {
      // Somebody had answered before: they wait for box 3.
      const state = text(row, 'state') === 'expired' ? 'expired' : 'revoked';
      this.say(row, OUTCOME_BOX, state, NO_REPLY, now);
      return;
    }
    if (put.part === OUTCOME_BOX) {
      this.d.alarm('invitation-disturbed', now);
      return;
    }
    this.d.alarm('invitation-taken', now);
    if (text(row, 'state') === 'used') return;
    this.because(put.ref, 'invitation-taken');
    this.close(put.ref, 'revoked', now);
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    const pause = Math.min(HOUR, PAUSE * 2 ** put.moves);
    if (put.moves > REFUSAL_MOVES && text(this.row(put.ref), 'state') !== 'used') return;
    this.d.puts.add({ ...put, notBefore: now + pause, moves: put.moves + 1 });
  }

  /** Box 2: somebody answered. */
  onRecord(watch: Watch, plaintext: Uint8Array, record: BoxRecord, now: Millis): void {
    const row = this.row(watch.ref);
    const state = text(row, 'state');
    if (state === 'expired') {
      this.say(row, OUTCOME_BOX, 'expired', hash('invite-reply', record), now);
      return;
    }
    if (state !== 'ready' && state !== 'placing') return;
    const made = numOrNull(row, 'contact_id');
    if (made === null && this.d.contacts.full) {
      // A stranger with the link must not be able to stop this program.
      this.because(watch.ref, 'contacts-full');
      this.close(watch.ref, 'revoked', now);
      this.d.alarm('contacts-full', now);
      return;
    }
    const contactId = made ?? this.d.contacts.create(STAND_IN, '', now);
    this.d.identities.give(contactId, numOrNull(row, 'identity_id'));
    this.d.contacts.step(contactId, 'opened', now);
    this.d.contacts.step(contactId, 'delivered', now);
    this.d.store.run(
      'UPDATE invitations SET reply = ?, contact_id = ? WHERE id = ?',
      concat(hash('invite-reply', record), plaintext),
      contactId,
      watch.ref,
    );
    this.setState(watch.ref, 'answered', now);
    this.d.kick();
  }

  private openAnswer(resting: Resting): ErasedWork | null {
    const rows = this.d.store.all("SELECT * FROM invitations WHERE state = 'answered'");
    const found = firstAble('answer', rows, resting);
    const network = this.d.network();
    if (found === null || network === null) return null;
    const { row, key } = found;
    const id = num(row, 'id');
    const contactId = num(row, 'contact_id');
    const secret = blob(row, 'secret');
    const bundle = blob(row, 'bundle');
    const saved = blob(row, 'reply');
    return erased<Answered>({
      name: 'answer',
      key,
      identity: numOrNull(row, 'identity_id'),
      run: async (port, records) => {
        const reply = decodeReply(saved.slice(32));
        const shared = port.agree(records, bundle, reply.ephemeral);
        const message = openReply(secret, shared, reply.ephemeral, reply.sealed);
        if (message === null) throw new AppError('malformed', 'input', 'malformed reply');
        const opened = await port.decrypt(records, peerName(contactId), message);
        return {
          words: decodeFirstWords(opened.plaintext),
          identityKey: opened.identityKey,
          writes: opened.writes,
        };
      },
      commit: (answered, now) => {
        // Deleted while the answer was opened.
        if (text(this.row(id), 'state') !== 'answered') return;
        this.accept(id, contactId, secret, saved, answered, now);
      },
      fail: (error, now) => {
        if (text(this.row(id), 'state') !== 'answered') return;
        // The link reached somebody who wrote nonsense into its only reply box; or it is our mistake.
        const reason = isAppError(error, 'work-failed') ? error.code : 'invitation-spoiled';
        this.turnAway(id, contactId, saved, reason, now);
        this.d.alarm(reason, now);
      },
    });
  }

  /** Who answered is deleted before the answer was opened. In a transaction. */
  forget(contactId: number, now: Millis): void {
    for (const row of this.d.store.all(
      "SELECT id, reply FROM invitations WHERE contact_id = ? AND state = 'answered'",
      contactId,
    )) {
      this.turnAway(num(row, 'id'), contactId, blob(row, 'reply'), 'invitation-refused', now);
    }
  }

  /** The answer is not taken, and its writer is told what every unreadable one is told. */
  private turnAway(
    id: number,
    contactId: number,
    saved: Uint8Array,
    reason: string,
    now: Millis,
  ): void {
    this.say(this.row(id), OUTCOME_BOX, 'unreadable', saved.subarray(0, 32), now);
    this.because(id, reason);
    this.setState(id, 'used', now);
    this.requests?.onTurnedAway(contactId, reason, now);
    this.d.contacts.end(contactId, reason, now);
  }

  private accept(
    id: number,
    contactId: number,
    secret: Uint8Array,
    saved: Uint8Array,
    { words, identityKey, writes }: Answered,
    now: Millis,
  ): void {
    applyWrites(this.d.store, writes);
    this.d.puts.cancel('invite', id);
    if (this.d.blocked(words.keySetHash, identityKey)) {
      // The link reached somebody who was blocked: told what every unreadable answer is told.
      this.turnAway(id, contactId, saved, 'contact-blocked', now);
      this.d.contacts.forget(contactId, now);
      return;
    }
    const refusal = this.d.refuses(id, words.keySetHash, now);
    if (refusal !== null) {
      this.turnAway(id, contactId, saved, refusal, now);
      this.d.alarm(refusal, now);
      return;
    }
    const isRequest = num(this.row(id), 'request') === 1;
    if (isRequest) this.requests?.onAnswer(contactId, identityKey, words, now);
    this.say(this.row(id), OUTCOME_BOX, 'accepted', saved.subarray(0, 32), now);
    for (const index of OFFER_BOXES) this.d.tombstones.add(meetingBox(secret, index), now);
    this.d.store.run(
      'UPDATE contacts SET identity_key = ?, key_set_hash = ? WHERE id = ?',
      identityKey,
      words.keySetHash,
      contactId,
    );
    this.d.contacts.introduce(contactId, peerGivenName(words.name), STAND_IN, now);
    this.d.writer.begin(contactId, words.inviterRoot, now);
    this.d.reader.begin(contactId, words.guestRoot, now);
    this.d.reader.beganBefore(contactId, meetingBox(secret, REPLY_BOX).mark, now);
    this.d.known(contactId, id, now);
    this.d.store.run("INSERT INTO notices (contact_id, kind) VALUES (?, 'hello')", contactId);
    this.d.store.run('UPDATE invitations SET bundle = NULL, reply = NULL WHERE id = ?', id);
    this.setState(id, 'used', now);
    if (words.text !== '') {
      const contentId = hash('invite-words', saved.subarray(0, 32)).slice(0, 16);
      this.d.messages.addReceived(
        contactId,
        { type: 'text', contentId, sentAt: now, text: words.text },
        new Uint8Array(0),
        now,
      );
    }
  }
}

export function notJoined(): AppError {
  return new AppError('network-missing', 'state', 'this profile has not joined a network yet');
}
