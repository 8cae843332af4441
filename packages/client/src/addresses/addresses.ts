/**
 * The owner's side of reusable addresses (docs/spec/16-addresses.md): makes cards, watches the
 * boxes of yesterday, today and tomorrow, opens what is sealed to the card's key, and tells when
 * an address has ended.
 */
import { AppError, DAY, dayOf, HOUR, isAppError, type Millis, randomBytes } from '@tacet/base';
import { type KemKeyPair, kemKeyPair } from '@tacet/crypto';
import { sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner } from '../boxes/puts.ts';
import type { Watch, WatchOwner } from '../boxes/watches.ts';
import { cleanName } from '../contacts/contacts.ts';
import { MAX_ADDRESSES, MAX_ENDED_ADDRESSES } from '../limits.ts';
import type { MeetingDeps } from '../meeting/deps.ts';
import { notJoined } from '../meeting/invitations.ts';
import type { SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, numOrNull, rowIdOf, text } from '../store/rows.ts';
import {
  encodeEnd,
  endBox,
  lockedAddress,
  openRequest,
  placeAt,
  placeIndex,
  type Request,
  requestBox,
} from './boxes.ts';
import { addressSecret, cardWords, encodeAddressCard, encodeAddressLink } from './card.ts';
import type { RequestInbox } from './request-inbox.ts';
import type { AddressView } from './views.ts';

/** Boxes derived in one go: a turn stays short beside the slots of the rhythm. */
const CHUNK = 32;
const CHUNK_PAUSE: Millis = 50;
/** A document comes within moments of joining, and what is announced before is not seen again. */
const NO_DOCUMENT: Millis = 1_000;
/** The end is told once; its tries go on after a pause, at most hourly, for three days. */
const PAUSE: Millis = 60_000;
const END_MOVES = 72;
/** How long a replaced address is watched, unless the owner says otherwise; and at most. */
export const REPLACED_DAYS = 7;
const MOST_REPLACED_DAYS = 90;

/** Boxes without a request in one day after which the owner is told. */
const FLOOD = 64;

const OPEN = "state IN ('live','replaced')";

export class Addresses implements PutOwner, WatchOwner {
  private readonly d: MeetingDeps;
  private readonly inbox: RequestInbox;
  private readonly keys = new Map<number, KemKeyPair>();
  /** When there is something to derive, or the hour is over. */
  private nextAt: Millis;

  constructor(deps: MeetingDeps, inbox: RequestInbox) {
    this.d = deps;
    this.inbox = inbox;
    this.nextAt = deps.startedAt;
    deps.puts.register('address', this);
    deps.watches.register('address', this);
  }

  create(label: string, identity: number | null, now: Millis): AddressView {
    const id = this.d.store.transaction(() => this.insert(label, identity, now));
    return this.view(this.row(id));
  }

  list(): AddressView[] {
    const rows = this.d.store.all('SELECT * FROM addresses ORDER BY id DESC');
    return rows.map((row) => this.view(row));
  }

  show(id: string): AddressView {
    return this.view(this.row(rowIdOf(id)));
  }

  /** A new address in place of this one, which is watched for so many days more. */
  rotate(idText: string, days: number, now: Millis): AddressView {
    const row = this.row(rowIdOf(idText));
    if (text(row, 'state') !== 'live') throw ended();
    if (!Number.isInteger(days) || days < 0 || days > MOST_REPLACED_DAYS) {
      throw new AppError('address-days', 'usage', 'an old address is watched for 0 to 90 days');
    }
    const id = num(row, 'id');
    const made = this.d.store.transaction(() => {
      this.d.store.run(
        "UPDATE addresses SET state = 'replaced', ends_at = ? WHERE id = ?",
        Math.floor(now + days * DAY),
        id,
      );
      this.tell(id, now);
      if (days === 0) this.end(id, now);
      return this.insert(text(row, 'label'), numOrNull(row, 'identity_id'), now);
    });
    return this.view(this.row(made));
  }

  /** At once: nothing that is sent to it is read from now on, and whoever waits is told. */
  revoke(idText: string, now: Millis): AddressView {
    const id = num(this.row(rowIdOf(idText)), 'id');
    this.d.store.transaction(() => this.end(id, now));
    return this.view(this.row(id));
  }

  isOwn(card: Uint8Array): boolean {
    return this.d.store.get('SELECT 1 AS one FROM addresses WHERE card = ?', card) !== undefined;
  }

  /** Which identity the address is of. */
  identityOf(id: number): number | null {
    const row = this.d.store.get('SELECT identity_id FROM addresses WHERE id = ?', id);
    return row === undefined ? null : numOrNull(row, 'identity_id');
  }

  private insert(label: string, identityId: number | null, now: Millis): number {
    const network = this.d.network();
    if (network === null) throw notJoined();
    const open = this.d.store.get(`SELECT count(*) AS n FROM addresses WHERE ${OPEN}`);
    if (open !== undefined && num(open, 'n') >= MAX_ADDRESSES) {
      throw new AppError('addresses-full', 'refused', 'too many addresses are open; revoke one');
    }
    const identity = this.d.identities.of(identityId);
    const lock = randomBytes(this.d.rng, 32);
    const seed = randomBytes(this.d.rng, 32);
    const card = encodeAddressCard({
      network: network.id.slice(0, 8),
      r: lockedAddress(lock),
      keySetHash: identity.keySetHash,
      identityKey: identity.identityKey,
      kem: kemKeyPair(seed).publicKey,
      name: identity.name,
    });
    const { rowId } = this.d.store.run(
      `INSERT INTO addresses
         (label, state, card, kem_seed, lock, identity_id, created_at, watched_to)
       VALUES (?, 'live', ?, ?, ?, ?, ?, ?)`,
      label === '' ? 'address' : cleanName(label),
      card,
      seed,
      lock,
      identityId,
      Math.floor(now),
      placeIndex({ day: dayOf(now) - 1, number: 0 }),
    );
    this.nextAt = now;
    this.tell(rowId, now);
    return rowId;
  }

  /** Forgets the key, so that nothing sealed to it opens any more, and says so. In a transaction. */
  private end(id: number, now: Millis): void {
    const row = this.row(id);
    const network = this.d.network();
    if (text(row, 'state') === 'ended') return;
    this.d.store.run(
      "UPDATE addresses SET state = 'ended', kem_seed = NULL, ends_at = ? WHERE id = ?",
      Math.floor(now),
      id,
    );
    this.keys.get(id)?.wipe();
    this.keys.delete(id);
    this.d.watches.cancel('address', id);
    if (network !== null) {
      const box = endBox(addressSecret(blob(row, 'card')));
      this.d.puts.add({
        owner: 'address',
        ref: id,
        part: 0,
        priority: 0,
        contactId: null,
        record: sealRecord(box, network.id, encodeEnd(blob(row, 'lock'))),
        mark: box.mark,
        notBefore: now,
        moves: 0,
      });
    }
    this.d.store.run(
      `DELETE FROM addresses WHERE state = 'ended' AND id NOT IN
         (SELECT id FROM addresses WHERE state = 'ended' ORDER BY id DESC LIMIT ?)`,
      MAX_ENDED_ADDRESSES,
    );
    this.tell(id, now);
  }

  private tell(id: number, now: Millis): void {
    this.d.events.append(now, 'address', String(id));
  }

  private row(id: number): SqlRow {
    const row = this.d.store.get('SELECT * FROM addresses WHERE id = ?', id);
    if (row === undefined) {
      throw new AppError('address-missing', 'missing', 'there is no such address');
    }
    return row;
  }

  private view(row: SqlRow): AddressView {
    const id = num(row, 'id');
    const card = blob(row, 'card');
    const state = text(row, 'state') as AddressView['state'];
    const networkCard = this.d.network()?.cardToShare() ?? null;
    const shown = state !== 'ended';
    return {
      id: String(id),
      label: text(row, 'label'),
      identity: this.d.identities.of(numOrNull(row, 'identity_id')).name,
      state,
      createdAt: num(row, 'created_at'),
      endsAt: numOrNull(row, 'ends_at'),
      words: cardWords(card),
      link: shown ? encodeAddressLink(card, null) : null,
      fullLink: shown && networkCard !== null ? encodeAddressLink(card, networkCard) : null,
      waiting: this.inbox.waitingAt(id),
      day: {
        at: num(row, 'day') * DAY,
        boxes: num(row, 'boxes'),
        unreadable: num(row, 'unreadable'),
        turnedAway: num(row, 'turned_away'),
      },
    };
  }

  // Watching -------------------------------------------------------------------------------

  get deadline(): Millis {
    return this.nextAt;
  }

  /** The clock was set back by so much. */
  setBack(by: Millis): void {
    this.nextAt -= by;
  }

  /** Derives the boxes of days to come, a few at a time; forgets those of days gone by. */
  advance(now: Millis): void {
    if (this.nextAt > now) return;
    const rows = this.d.store.all(`SELECT * FROM addresses WHERE ${OPEN}`);
    // While this clock is in doubt no day is begun and none is given up.
    const able = this.d.network()?.current(now) != null;
    let more = false;
    if (able) {
      this.d.store.transaction(() => {
        for (const row of rows) more = this.watch(row, now) || more;
      });
    }
    this.nextAt = now + (more ? CHUNK_PAUSE : rows.length > 0 && !able ? NO_DOCUMENT : HOUR);
  }

  private watch(row: SqlRow, now: Millis): boolean {
    const id = num(row, 'id');
    const endsAt = numOrNull(row, 'ends_at');
    if (endsAt !== null && endsAt <= now) {
      this.end(id, now);
      return false;
    }
    const today = dayOf(now);
    const first = placeIndex({ day: today - 1, number: 0 });
    for (const old of this.d.watches.range('address', id, 0, first)) this.d.watches.remove(old);
    const from = Math.max(first, num(row, 'watched_to'));
    const to = Math.min(placeIndex({ day: today + 2, number: 0 }), from + CHUNK);
    if (from >= to) return false;
    const secret = addressSecret(blob(row, 'card'));
    for (let index = from; index < to; index++) {
      this.d.watches.add('address', id, index, requestBox(secret, placeAt(index)), now);
    }
    this.d.store.run('UPDATE addresses SET watched_to = ? WHERE id = ?', to, id);
    return true;
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: Uint8Array, now: Millis): void {
    const row = this.row(watch.ref);
    const id = num(row, 'id');
    if (num(row, 'day') !== dayOf(now)) {
      this.d.store.run(
        'UPDATE addresses SET day = ?, boxes = 0, unreadable = 0, shown = 0, turned_away = 0 WHERE id = ?',
        dayOf(now),
        id,
      );
    }
    const request = this.open(row, watch, plaintext);
    const what = request === null ? 'unreadable' : this.inbox.take(id, request, now);
    this.count(id, 'boxes');
    if (what === 'unreadable' || what === 'shown') this.count(id, what);
    if (num(this.row(id), 'unreadable') === FLOOD && what === 'unreadable') {
      this.d.alarm('address-flooded', now);
    }
    if (what !== 'full') return;
    this.count(id, 'turned_away');
    // Said once a day: a flood must not fill the log.
    if (num(this.row(id), 'turned_away') === 1) this.d.alarm('requests-full', now);
  }

  private count(id: number, column: 'boxes' | 'unreadable' | 'shown' | 'turned_away'): void {
    this.d.store.run(`UPDATE addresses SET ${column} = ${column} + 1 WHERE id = ?`, id);
  }

  /** Null for what is no request: everybody with the card can write anything there. */
  private open(row: SqlRow, watch: Watch, plaintext: Uint8Array): Request | null {
    const seed = blobOrNull(row, 'kem_seed');
    if (seed === null) return null;
    const id = num(row, 'id');
    let pair = this.keys.get(id);
    if (pair === undefined) {
      pair = kemKeyPair(seed);
      this.keys.set(id, pair);
    }
    try {
      return openRequest(pair, watch.box, plaintext);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      return null;
    }
  }

  // The end is told ------------------------------------------------------------------------

  onSent(): void {
    // Nobody waits for it here.
  }

  onStored(): void {
    // Two copies stand; nothing more to do.
  }

  /** Somebody with the card filled the box that tells the end. Those who wait are not told. */
  onTaken(_put: PutEntry, now: Millis): void {
    this.d.alarm('address-disturbed', now);
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    if (put.moves >= END_MOVES) return;
    const pause = Math.min(HOUR, PAUSE * 2 ** put.moves);
    this.d.puts.add({ ...put, notBefore: now + pause, moves: put.moves + 1 });
  }
}

function ended(): AppError {
  return new AppError('address-ended', 'state', 'this address was replaced or has ended');
}
