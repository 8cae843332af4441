/**
 * Going on after a copy of this store has run (docs/spec/10-store.md 7). Sequences and boxes the
 * copy used are not known here, and what stands under the same number there would count as
 * received and never be read: so all that is under way gets numbers far above, and the other side
 * is told that those in between are closed.
 */
import { type Rng, randomInt } from '@tacet/base';
import { MAX_SKIP } from '../limits.ts';
import type { Ciphertexts } from '../outbox/ciphertexts.ts';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';
import type { StreamWriter } from '../streams/writer.ts';

/**
 * More than a copy gives out before it is noticed, and as much again by chance: a copy that does
 * the same gets other numbers.
 */
const SEQUENCES = 1_000;
/** Boxes passed over: half of what a reader knows ahead. */
const BOXES = 32;

/**
 * A receipt names sequences up to `highest`: those never given out here are skipped. True when
 * there are any. In a transaction.
 */
export function skipSequences(store: ProfileStore, contactId: number, highest: number): boolean {
  const { changes } = store.run(
    'UPDATE contacts SET out_seq = ? WHERE id = ? AND out_seq < ? AND out_seq >= ?',
    highest,
    contactId,
    highest,
    highest - MAX_SKIP,
  );
  return changes > 0;
}

export class Renumbering {
  private readonly store: ProfileStore;
  private readonly ciphertexts: Ciphertexts;
  private readonly writer: StreamWriter;
  private readonly rng: Rng;

  constructor(store: ProfileStore, rng: Rng, ciphertexts: Ciphertexts, writer: StreamWriter) {
    this.rng = rng;
    this.store = store;
    this.ciphertexts = ciphertexts;
    this.writer = writer;
  }

  /** In a transaction. */
  all(): void {
    for (const row of this.store.all(
      "SELECT id FROM contacts WHERE out_chain IS NOT NULL AND state <> 'ended'",
    )) {
      this.one(num(row, 'id'), BOXES);
    }
  }

  /** @param boxes of the stream to pass over. In a transaction. */
  one(contactId: number, boxes: number): void {
    const given = this.store.get('SELECT out_seq FROM contacts WHERE id = ?', contactId);
    if (given === undefined) return;
    const closed = num(given, 'out_seq') + SEQUENCES + randomInt(this.rng, SEQUENCES);
    for (let n = 0; n < boxes; n++) this.writer.allocate(contactId);
    let seq = closed;
    for (const row of this.store.all(
      'SELECT id, seq, message_id FROM ciphertexts WHERE contact_id = ? AND seq > 0 ORDER BY seq',
      contactId,
    )) {
      seq += 1;
      this.ciphertexts.askRenewal(num(row, 'id'));
      this.store.run('UPDATE ciphertexts SET seq = ? WHERE id = ?', seq, num(row, 'id'));
      // By its number it is told as read.
      this.store.run('UPDATE messages SET seq = ? WHERE id = ?', seq, row['message_id'] ?? null);
      this.store.run(
        'UPDATE healing SET offer_seq = ? WHERE contact_id = ? AND offer_seq = ?',
        seq,
        contactId,
        num(row, 'seq'),
      );
    }
    this.store.run('UPDATE contacts SET out_seq = ? WHERE id = ?', seq, contactId);
    this.store.run(
      `INSERT INTO closed (contact_id, seq) VALUES (?, ?)
       ON CONFLICT (contact_id) DO UPDATE SET seq = excluded.seq`,
      contactId,
      closed,
    );
  }

  /** What numbered envelopes to this contact say is closed; null: nothing to say. */
  closed(contactId: number): number | null {
    const row = this.store.get('SELECT seq FROM closed WHERE contact_id = ?', contactId);
    return row === undefined ? null : num(row, 'seq');
  }

  /** A sequence was receipted: the other side knows. In a transaction. */
  receipted(contactId: number, seq: number): void {
    this.store.run('DELETE FROM closed WHERE contact_id = ? AND seq < ?', contactId, seq);
  }
}
