/**
 * The writing end of healing (docs/spec/07-streams.md 7): offers fresh entropy in what is written
 * anyway, and goes over to the generation it makes when the reader is known to have it. An offer
 * that was not receipted by the index it names is void; the stream goes on as it was.
 */
import { DAY, dayOf, HOUR, type Millis, type Rng, randomBytes } from '@tacet/base';
import type { HealingOffer } from '../content/envelope.ts';
import { LOOK_AHEAD } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, numOrNull } from '../store/rows.ts';
import { firstHealing, heal } from './chain.ts';

/** A generation serves so many boxes, or a day; then the next is offered. */
const EVERY = 64;
/** Conversations healed in an hour by envelopes of their own: all of 300 in a day, none at once. */
const AN_HOUR = 16;

export class HealingWriter {
  private readonly store: ProfileStore;
  private readonly rng: Rng;

  constructor(store: ProfileStore, rng: Rng) {
    this.store = store;
    this.rng = rng;
  }

  /** With the stream. In a transaction. */
  begin(contactId: number, root: Uint8Array, now: Millis): void {
    this.store.run(
      `INSERT INTO healing (contact_id, out_secret, out_at) VALUES (?, ?, ?)
       ON CONFLICT (contact_id) DO UPDATE SET out_secret = excluded.out_secret, out_at = excluded.out_at`,
      contactId,
      firstHealing(root),
      Math.floor(now),
    );
  }

  private row(contactId: number): SqlRow | undefined {
    return this.store.get(
      `SELECT h.*, c.out_index FROM healing h JOIN contacts c ON c.id = h.contact_id
       WHERE c.id = ? AND h.out_secret IS NOT NULL AND c.out_chain IS NOT NULL`,
      contactId,
    );
  }

  /** What the next numbered envelope shall offer; null: nothing is due. Saved by `made`. */
  due(contactId: number, now: Millis): HealingOffer | null {
    const row = this.row(contactId);
    if (row === undefined || isLive(row)) return null;
    const index = num(row, 'out_index');
    const age = now - num(row, 'out_at');
    if (index - num(row, 'out_first') < EVERY && age < DAY && age > -HOUR) return null;
    return {
      generation: num(row, 'out_generation') + 1,
      index: index + LOOK_AHEAD,
      day: dayOf(now) + 1,
      entropy: randomBytes(this.rng, 32),
    };
  }

  /** What sequence `seq` offers when it is encrypted anew: the same, or nothing any more. */
  again(contactId: number, seq: number): HealingOffer | null {
    const row = this.row(contactId);
    if (row === undefined || numOrNull(row, 'offer_seq') !== seq) return null;
    return {
      generation: num(row, 'out_generation') + 1,
      index: num(row, 'offer_idx'),
      day: num(row, 'offer_day'),
      entropy: blob(row, 'offer_entropy'),
    };
  }

  /** The envelope with this offer got its sequence. In that transaction. */
  made(contactId: number, seq: number, offer: HealingOffer): void {
    this.store.run(
      `UPDATE healing SET offer_idx = ?, offer_day = ?, offer_entropy = ?, offer_seq = ?
       WHERE contact_id = ?`,
      offer.index,
      offer.day,
      offer.entropy,
      seq,
      contactId,
    );
  }

  /** The reader has this sequence: if it holds the offer, the next box is of the new generation. */
  receipted(contactId: number, seq: number, now: Millis): void {
    const row = this.row(contactId);
    if (row === undefined || numOrNull(row, 'offer_seq') !== seq) return;
    const live = isLive(row);
    if (live) {
      const healed = heal(blob(row, 'out_secret'), blob(row, 'offer_entropy'));
      this.store.run(
        `UPDATE contacts SET out_chain = ?, out_index = ?, out_beacon = ?, out_beacon_day = ?
         WHERE id = ?`,
        healed.chain,
        num(row, 'offer_idx'),
        healed.beacon,
        num(row, 'offer_day'),
        contactId,
      );
      this.store.run(
        `UPDATE healing SET out_secret = ?, out_generation = out_generation + 1, out_first = ?,
           out_at = ? WHERE contact_id = ?`,
        healed.secret,
        num(row, 'offer_idx'),
        Math.floor(now),
        contactId,
      );
    }
    this.store.run(
      `UPDATE healing SET offer_idx = NULL, offer_day = NULL, offer_entropy = NULL, offer_seq = NULL
       WHERE contact_id = ?`,
      contactId,
    );
  }

  generation(contactId: number): number {
    const row = this.row(contactId);
    return row === undefined ? 0 : num(row, 'out_generation');
  }

  /**
   * Hourly: conversations in which something was said since they were healed last, a day ago or
   * more, and in which nothing was written since that could have carried an offer.
   */
  askForNotices(now: Millis): boolean {
    const rows = this.store.all(
      `SELECT c.id FROM healing h JOIN contacts c ON c.id = h.contact_id
       WHERE c.state = 'ready' AND h.out_secret IS NOT NULL AND c.touched_at > h.out_at
         AND h.out_at <= ? AND (h.offer_idx IS NULL OR c.out_index > h.offer_idx)
         AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.contact_id = c.id AND n.kind = 'healing')
       ORDER BY h.out_at LIMIT ${AN_HOUR}`,
      Math.floor(now - DAY),
    );
    const ids = rows.map((row) => num(row, 'id')).filter((id) => !this.hasUnreceipted(id));
    this.store.transaction(() => {
      for (const id of ids) {
        this.store.run("INSERT INTO notices (contact_id, kind) VALUES (?, 'healing')", id);
      }
    });
    return ids.length > 0;
  }

  /** One notice at a time waits for its receipt, however many offers became void meanwhile. */
  private hasUnreceipted(contactId: number): boolean {
    const sql = "SELECT 1 AS one FROM ciphertexts WHERE contact_id = ? AND notice = 'healing'";
    return this.store.get(sql, contactId) !== undefined;
  }
}

function isLive(row: SqlRow): boolean {
  const index = numOrNull(row, 'offer_idx');
  if (index === null || blobOrNull(row, 'offer_entropy') === null) return false;
  return num(row, 'out_index') <= index;
}
