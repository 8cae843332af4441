/**
 * Requests of our own to somebody's address (docs/spec/16-addresses.md, 3): an invitation is made
 * for it, sealed to the card's key, and posted again, in another box, until the owner answers.
 */
import {
  AppError,
  dayOf,
  equalBytes,
  HOUR,
  type Millis,
  randomBetween,
  randomBytes,
  randomInt,
  utf8,
} from '@tacet/base';
import { sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner } from '../boxes/puts.ts';
import type { ReadQueue } from '../boxes/reads.ts';
import type { Watch, WatchOwner } from '../boxes/watches.ts';
import {
  MAX_REQUEST_DRAWS,
  MAX_REQUEST_TEXT_BYTES,
  MAX_SENT_REQUESTS,
  REQUEST_BOXES,
} from '../limits.ts';
import type { FirstWords } from '../meeting/boxes.ts';
import type { MeetingDeps } from '../meeting/deps.ts';
import { peerGivenName } from '../meeting/given-name.ts';
import { type Invitations, notJoined, type RequestListener } from '../meeting/invitations.ts';
import type { SqlRow } from '../ports.ts';
import { blob, num, text } from '../store/rows.ts';
import {
  endBox,
  isEndOf,
  type Place,
  placeAt,
  placeIndex,
  requestBox,
  sealRequest,
} from './boxes.ts';
import { type AddressLink, addressSecret, decodeAddressCard, isOfNetwork } from './card.ts';

/** Until it is posted again: never the same hour each day, for somebody may sleep then. */
const AGAIN: readonly [Millis, Millis] = [8 * HOUR, 28 * HOUR];
/** When every box that was tried is taken. */
const FULL_PAUSE: readonly [Millis, Millis] = [HOUR, 3 * HOUR];
/** Looks for the end box that no digest asked for, each with a posting after the first. */
const END_LOOKS = 2;
/** Between a refusal by all edges and another box. */
const PAUSE: Millis = 60_000;

export class SentRequests implements PutOwner, WatchOwner, RequestListener {
  private readonly d: MeetingDeps;
  private readonly invitations: Invitations;
  private readonly isOwn: (card: Uint8Array) => boolean;
  private readonly reads: ReadQueue;
  private nextAt: Millis | null;

  constructor(
    deps: MeetingDeps,
    invitations: Invitations,
    isOwn: (card: Uint8Array) => boolean,
    reads: ReadQueue,
  ) {
    this.d = deps;
    this.reads = reads;
    this.invitations = invitations;
    this.isOwn = isOwn;
    this.nextAt = this.earliest();
    deps.puts.register('request', this);
    deps.watches.register('request', this);
    invitations.listen(this);
  }

  /** Returns the new contact's id; the rest goes on by itself. @param name as `cleanName` gives it */
  send(
    link: AddressLink,
    name: string | null,
    words: string,
    as: { readonly identity: number | null; readonly nameless: boolean },
    now: Millis,
  ): number {
    const network = this.d.network();
    if (network === null) throw notJoined();
    if (!isOfNetwork(link.card, network.id)) {
      throw new AppError('address-network', 'refused', 'this address belongs to another network');
    }
    if (this.isOwn(link.bytes)) {
      throw new AppError('address-own', 'usage', 'this is your own address; give it to others');
    }
    const { store } = this.d;
    const open = store.all("SELECT card FROM sent_requests WHERE state <> 'ended'");
    if (open.some((row) => equalBytes(blob(row, 'card'), link.bytes))) {
      throw new AppError('request-waits', 'state', 'a request to this address is under way');
    }
    if (open.length >= MAX_SENT_REQUESTS) {
      throw new AppError('requests-waiting', 'refused', 'too many requests wait for an answer');
    }
    return store.transaction(() => {
      const given = peerGivenName(link.card.name);
      const contactId = this.d.contacts.create(name ?? given, given, now);
      this.d.identities.give(contactId, as.identity);
      this.d.contacts.step(contactId, 'opened', now);
      const invitationId = this.invitations.createFor(contactId, now, as.nameless);
      const contentId = randomBytes(this.d.rng, 16);
      if (words !== '') {
        const id = this.d.messages.addOwn(contactId, contentId, null, words, now);
        this.d.messages.advance(id, 'sending', now);
      }
      store.run(
        `INSERT INTO sent_requests (contact_id, invitation_id, card, content_id, text, state, next_at)
         VALUES (?, ?, ?, ?, ?, 'preparing', ?)`,
        contactId,
        invitationId,
        link.bytes,
        contentId,
        words,
        Math.floor(now),
      );
      const box = endBox(addressSecret(link.bytes));
      this.d.watches.add('request', contactId, 0, box, now);
      return contactId;
    });
  }

  /** The meeting is given up; false when this contact is not one of ours that waits. */
  withdraw(contactId: number, now: Millis): boolean {
    const row = this.find(contactId);
    if (row === undefined || text(row, 'state') === 'ended') return false;
    this.d.store.transaction(() => {
      this.end(contactId, 'request-withdrawn', now);
      this.invitations.withdraw(num(row, 'invitation_id'), now);
    });
    return true;
  }

  private find(contactId: number): SqlRow | undefined {
    return this.d.store.get('SELECT * FROM sent_requests WHERE contact_id = ?', contactId);
  }

  // Posting --------------------------------------------------------------------------------

  get deadline(): Millis | null {
    return this.nextAt;
  }

  private earliest(): Millis | null {
    const row = this.d.store.get(
      "SELECT min(next_at) AS at FROM sent_requests WHERE state = 'open'",
    );
    return typeof row?.['at'] === 'number' ? row['at'] : null;
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.d.store.run('UPDATE sent_requests SET next_at = max(0, next_at - ?)', Math.floor(by));
    this.nextAt = this.earliest();
  }

  advance(now: Millis): void {
    if (this.nextAt === null || this.nextAt > now) return;
    const able = this.d.network()?.current(now) != null;
    this.d.store.transaction(() => {
      for (const row of this.d.store.all(
        "SELECT * FROM sent_requests WHERE state = 'open' AND next_at <= ?",
        Math.floor(now),
      )) {
        if (able) this.post(num(row, 'contact_id'), now);
        else this.later(num(row, 'contact_id'), now + PAUSE);
      }
    });
  }

  /** Not again before. In a transaction. */
  private later(contactId: number, at: Millis): void {
    const sql = 'UPDATE sent_requests SET next_at = ? WHERE contact_id = ?';
    this.d.store.run(sql, Math.floor(at), contactId);
    this.nextAt = this.earliest();
  }

  /** One more box of today. In a transaction. @param draws boxes found taken in this posting */
  private post(contactId: number, now: Millis, draws = 0): void {
    const row = this.find(contactId);
    const network = this.d.network();
    const offer = row === undefined ? null : this.invitations.offered(num(row, 'invitation_id'));
    if (row === undefined || network === null || offer === null) {
      if (row !== undefined) this.later(contactId, now + HOUR);
      return;
    }
    const card = blob(row, 'card');
    const place: Place = { day: dayOf(now), number: randomInt(this.d.rng, REQUEST_BOXES) };
    const box = requestBox(addressSecret(card), place);
    const identity = this.d.identities.ofContact(contactId);
    const plaintext = sealRequest(
      decodeAddressCard(card).kem,
      box,
      {
        invitation: offer.secret,
        keySetHash: identity.keySetHash,
        contentId: blob(row, 'content_id'),
        endsDay: offer.endsDay,
        name: offer.nameless ? '' : identity.name,
        text: text(row, 'text'),
      },
      this.d.rng,
    );
    // What of an earlier posting was never sent need not be.
    this.d.puts.cancel('request', contactId);
    this.d.puts.add({
      owner: 'request',
      ref: contactId,
      part: placeIndex(place),
      priority: 0,
      contactId,
      record: sealRecord(box, network.id, plaintext),
      mark: box.mark,
      notBefore: now,
      moves: draws,
    });
    this.d.store.run('UPDATE sent_requests SET posts = posts + 1 WHERE contact_id = ?', contactId);
    if (draws === 0) this.askForEnd(contactId, num(row, 'posts'), now);
    this.later(contactId, now + randomBetween(this.d.rng, ...AGAIN));
  }

  /**
   * Nobody answered an earlier posting: the address may have ended before we asked, and no digest
   * names its end box again. A read without announcement shows its edge that somebody asks: few.
   */
  private askForEnd(contactId: number, posts: number, now: Millis): void {
    if (posts < 1 || posts > END_LOOKS) return;
    const watch = this.d.watches.find('request', contactId, 0);
    if (watch !== null) this.reads.catchUp(watch, now, null);
  }

  onSent(): void {
    // A step is shown when a box is stored, not when it leaves.
  }

  onStored(put: PutEntry, now: Millis): void {
    if (put.copies > 1) return;
    this.d.contacts.step(put.ref, 'delivered', now);
    this.d.contacts.hold(put.ref, null, now);
  }

  /** Another request stands there, or a flood: another box of the day. */
  onTaken(put: PutEntry, now: Millis): void {
    const draws = put.moves + 1;
    if (draws < MAX_REQUEST_DRAWS) {
      this.post(put.ref, now, draws);
      return;
    }
    if (put.copies === 0) this.d.contacts.hold(put.ref, 'address-full', now);
    this.later(put.ref, now + randomBetween(this.d.rng, ...FULL_PAUSE));
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    if (placeAt(put.part).day < dayOf(now) - 1) return;
    this.later(put.ref, now + PAUSE * 2 ** Math.min(5, put.moves));
  }

  /** The owner says that the address has ended. What was delivered before may yet be answered. */
  onRecord(watch: Watch, plaintext: Uint8Array, _record: Uint8Array, now: Millis): void {
    const row = this.find(watch.ref);
    if (row === undefined || text(row, 'state') === 'ended') return;
    if (!isEndOf(plaintext, decodeAddressCard(blob(row, 'card')).r)) {
      this.d.alarm('address-disturbed', now);
      return;
    }
    const contact = this.d.contacts.row(watch.ref);
    if (contact['delivered_at'] !== null) {
      this.d.puts.cancel('request', watch.ref);
      this.d.store.run("UPDATE sent_requests SET state = 'told' WHERE contact_id = ?", watch.ref);
      this.nextAt = this.earliest();
      this.d.contacts.hold(watch.ref, 'address-revoked', now);
      return;
    }
    this.end(watch.ref, 'address-revoked', now);
    this.invitations.withdraw(num(row, 'invitation_id'), now);
  }

  // Its invitation --------------------------------------------------------------------------

  onReady(contactId: number, now: Millis): void {
    const sql =
      "UPDATE sent_requests SET state = 'open' WHERE contact_id = ? AND state = 'preparing'";
    if (this.d.store.run(sql, contactId).changes > 0) this.post(contactId, now);
  }

  /**
   * Who answers has read the request, which was sealed to the card's key. Another key set than
   * the card's is another identity of theirs, or a thief of that key: shown as unverified.
   */
  onAnswer(contactId: number, identityKey: Uint8Array, words: FirstWords, now: Millis): void {
    const row = this.find(contactId);
    if (row === undefined) return;
    const card = decodeAddressCard(blob(row, 'card'));
    const same =
      equalBytes(card.identityKey, identityKey) && equalBytes(card.keySetHash, words.keySetHash);
    this.close(contactId);
    this.d.contacts.hold(contactId, null, now);
    const said = this.d.store.get(
      "SELECT id FROM messages WHERE contact_id = ? AND direction = 'out' AND content_id = ?",
      contactId,
      blob(row, 'content_id'),
    );
    if (said !== undefined) this.d.messages.advance(num(said, 'id'), 'delivered', now);
    if (same) return;
    this.d.facts.record(contactId, 'other-identity', now);
    this.d.alarm('address-other-identity', now);
  }

  onTurnedAway(contactId: number, reason: string, now: Millis): void {
    if (this.find(contactId) !== undefined) this.end(contactId, reason, now);
  }

  onClosed(contactId: number, now: Millis): void {
    const row = this.find(contactId);
    if (row === undefined || text(row, 'state') === 'ended') return;
    this.end(contactId, 'request-unanswered', now);
  }

  /** Nothing more is posted. In a transaction. */
  private close(contactId: number): void {
    this.d.store.run("UPDATE sent_requests SET state = 'ended' WHERE contact_id = ?", contactId);
    this.d.puts.cancel('request', contactId);
    this.d.watches.cancel('request', contactId);
    this.nextAt = this.earliest();
  }

  private end(contactId: number, reason: string, now: Millis): void {
    this.close(contactId);
    this.d.contacts.end(contactId, reason, now);
    this.d.abandon(contactId, reason, now);
  }
}

/** The text of a request fits its field, or is refused before anything is saved. */
export function checkRequestText(words: string): string {
  if (!words.isWellFormed()) {
    throw new AppError('text-invalid', 'usage', 'the text is not valid Unicode');
  }
  if (utf8(words).length > MAX_REQUEST_TEXT_BYTES) {
    throw new AppError('text-too-long', 'usage', 'the text of a request has at most 900 bytes');
  }
  return words;
}
