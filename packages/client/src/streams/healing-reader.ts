/**
 * The reading end of healing (docs/spec/07-streams.md 7): keeps the boxes of an offered generation
 * beside those of the one in force. The first box read of the new one shows that its writer went
 * over; nothing else does, so a lost or void offer costs nothing but boxes waited for in vain.
 */
import { dayOf, type Millis } from '@tacet/base';
import type { Watch, WatchList } from '../boxes/watches.ts';
import type { HealingOffer } from '../content/envelope.ts';
import { LOOK_AHEAD } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, numOrNull } from '../store/rows.ts';
import { beaconBox, firstHealing, heal, nextBeacon, nextChain, streamBox } from './chain.ts';

/** Owners of the boxes of an offered generation. */
export const OFFERED = 'healed';
export const OFFERED_BEACON = 'healed-beacon';
/** Days; no network lets boxes live longer. */
const LONGEST_LIFE = 90;

export class HealingReader {
  private readonly store: ProfileStore;
  private readonly watches: WatchList;

  constructor(store: ProfileStore, watches: WatchList) {
    this.store = store;
    this.watches = watches;
  }

  /** With the stream. In a transaction. */
  begin(contactId: number, root: Uint8Array): void {
    this.store.run(
      `INSERT INTO healing (contact_id, in_secret) VALUES (?, ?)
       ON CONFLICT (contact_id) DO UPDATE SET in_secret = excluded.in_secret`,
      contactId,
      firstHealing(root),
    );
  }

  private row(contactId: number): SqlRow | undefined {
    return this.store.get(
      `SELECT h.*, c.in_head, c.in_chain FROM healing h JOIN contacts c ON c.id = h.contact_id
       WHERE c.id = ?`,
      contactId,
    );
  }

  generation(contactId: number): number {
    const row = this.row(contactId);
    return row === undefined ? 0 : num(row, 'in_generation');
  }

  /**
   * In the transaction of the envelope it came in. What no writer that keeps to the rules would
   * offer is not looked at: it could only harm the stream of whoever wrote it.
   */
  onOffer(contactId: number, offer: HealingOffer, now: Millis): void {
    const row = this.row(contactId);
    const secret = row === undefined ? null : blobOrNull(row, 'in_secret');
    if (row === undefined || secret === null || blobOrNull(row, 'in_chain') === null) return;
    const head = num(row, 'in_head');
    if (offer.generation !== num(row, 'in_generation') + 1) return;
    if (offer.index < head || offer.index > head + LOOK_AHEAD) return;
    if (offer.day > dayOf(now) + LOOK_AHEAD) return;
    // An older one, that became void, came late.
    if (offer.index <= (numOrNull(row, 'next_idx') ?? -1)) return;
    this.watches.cancel(OFFERED, contactId);
    this.watches.cancel(OFFERED_BEACON, contactId);
    const healed = heal(secret, offer.entropy);
    let { chain } = healed;
    for (let n = 0; n < LOOK_AHEAD; n++) {
      this.watches.add(OFFERED, contactId, offer.index + n, streamBox(chain), now);
      chain = nextChain(chain);
    }
    this.store.run(
      `UPDATE healing SET next_idx = ?, next_day = ?, next_secret = ?, next_chain = ?,
         next_beacon = ?, next_beacon_day = ? WHERE contact_id = ?`,
      offer.index,
      offer.day,
      healed.secret,
      chain,
      healed.beacon,
      offer.day,
      contactId,
    );
    this.addBeacons(contactId, now);
  }

  /** Daily: beacon boxes of an offered generation, up to tomorrow. In a transaction. */
  addBeacons(contactId: number, now: Millis): void {
    const row = this.row(contactId);
    let chain = row === undefined ? null : blobOrNull(row, 'next_beacon');
    if (row === undefined || chain === null) return;
    let day = num(row, 'next_beacon_day');
    for (; day <= dayOf(now) + 1; day++) {
      if (day >= dayOf(now) - LONGEST_LIFE) {
        this.watches.add(OFFERED_BEACON, contactId, day, beaconBox(chain), now);
      }
      chain = nextBeacon(chain);
    }
    this.store.run(
      'UPDATE healing SET next_beacon = ?, next_beacon_day = ? WHERE contact_id = ?',
      chain,
      day,
      contactId,
    );
  }

  /** After an absence: where the writer may have gone on. */
  toAsk(contactId: number, firstDay: number): Watch[] {
    const row = this.row(contactId);
    const index = row === undefined ? null : numOrNull(row, 'next_idx');
    if (index === null) return [];
    const box = this.watches.find(OFFERED, contactId, index);
    const beacons = this.watches.range(
      OFFERED_BEACON,
      contactId,
      firstDay,
      Number.MAX_SAFE_INTEGER,
    );
    return box === null ? beacons : [box, ...beacons];
  }

  /**
   * A box of the offered generation was read: it is in force. Boxes of the old one below its first
   * index may still be on their way; those from there on were never written. In a transaction.
   */
  switch(contactId: number): void {
    const row = this.row(contactId);
    const index = row === undefined ? null : numOrNull(row, 'next_idx');
    if (row === undefined || index === null) return;
    for (const watch of this.watches.range('stream', contactId, index, Number.MAX_SAFE_INTEGER)) {
      this.watches.remove(watch);
    }
    const day = num(row, 'next_day');
    for (const watch of this.watches.range('beacon', contactId, day, Number.MAX_SAFE_INTEGER)) {
      this.watches.remove(watch);
    }
    this.store.run(
      "UPDATE watches SET quiet = 1 WHERE owner = 'stream' AND ref = ? AND idx >= ?",
      contactId,
      num(row, 'in_head'),
    );
    this.watches.rename(OFFERED, 'stream', contactId);
    this.watches.rename(OFFERED_BEACON, 'beacon', contactId);
    this.store.run(
      'UPDATE contacts SET in_chain = ?, in_next = ?, in_beacon = ?, in_beacon_day = ? WHERE id = ?',
      blob(row, 'next_chain'),
      index + LOOK_AHEAD,
      blob(row, 'next_beacon'),
      num(row, 'next_beacon_day'),
      contactId,
    );
    this.store.run(
      `UPDATE healing SET in_secret = next_secret, in_generation = in_generation + 1,
         next_idx = NULL, next_day = NULL, next_secret = NULL, next_chain = NULL,
         next_beacon = NULL, next_beacon_day = NULL WHERE contact_id = ?`,
      contactId,
    );
  }

  /** Hourly: boxes of ended generations that nobody announced in a day were never written. */
  expire(now: Millis): void {
    const rows = this.store.all(
      'SELECT ref, idx FROM watches WHERE quiet = 1 AND created_day < ?',
      dayOf(now) - 1,
    );
    if (rows.length === 0) return;
    this.store.transaction(() => {
      for (const row of rows) {
        const watch = this.watches.find('stream', num(row, 'ref'), num(row, 'idx'));
        if (watch !== null) this.watches.remove(watch);
      }
    });
  }
}
