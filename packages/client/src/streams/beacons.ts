/**
 * Writes beacons (docs/spec/07-streams.md 2): once a day, for every contact to whom something has
 * waited for its receipt for 24 hours.
 */
import { DAY, dayOf, type Millis } from '@tacet/base';
import { sealRecord } from '@tacet/wire';
import type { PutOwner, PutQueue } from '../boxes/puts.ts';
import type { Network } from '../network/network.ts';
import type { Ciphertexts } from '../outbox/ciphertexts.ts';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';
import { encodeBoxContent } from './parts.ts';
import type { StreamWriter } from './writer.ts';

/** A lost beacon is replaced by tomorrow's. */
const OWNER: PutOwner = {
  onSent: () => undefined,
  onStored: () => undefined,
  onTaken: () => undefined,
  onExhausted: () => undefined,
};

export class Beacons {
  private readonly store: ProfileStore;
  private readonly puts: PutQueue;
  private readonly writer: StreamWriter;
  private readonly ciphertexts: Ciphertexts;

  constructor(store: ProfileStore, puts: PutQueue, writer: StreamWriter, ciphertexts: Ciphertexts) {
    this.store = store;
    this.puts = puts;
    this.writer = writer;
    this.ciphertexts = ciphertexts;
    puts.register('beacon', OWNER);
  }

  /** Hourly. */
  write(network: Network, now: Millis): void {
    const rows = this.store.all(
      `SELECT DISTINCT c.contact_id AS id FROM ciphertexts c JOIN contacts p ON p.id = c.contact_id
       WHERE c.seq > 0 AND c.created_at < ? AND p.out_beacon_written < ? AND p.state <> 'ended'
         AND p.blocked_at IS NULL`,
      Math.floor(now - DAY),
      dayOf(now),
    );
    for (const row of rows) {
      this.store.transaction(() => this.one(network, num(row, 'id'), now));
    }
  }

  private one(network: Network, contactId: number, now: Millis): void {
    const taken = this.writer.takeBeacon(contactId, now);
    if (taken === null) return;
    const lowest = this.ciphertexts.lowestIndex(contactId) ?? taken.head;
    const generation = this.writer.healing.generation(contactId);
    const content = encodeBoxContent({ kind: 'beacon', head: taken.head, lowest, generation });
    this.puts.add({
      owner: 'beacon',
      ref: contactId,
      part: dayOf(now),
      priority: 1,
      contactId,
      record: sealRecord(taken.box, network.id, content),
      mark: taken.box.mark,
      notBefore: now,
      moves: 0,
    });
  }
}
