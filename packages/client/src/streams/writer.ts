/** The writing end of a stream: hands out the next box and forgets how it was made. */
import { AppError, dayOf, type Millis, type Rng } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { OwnRoots } from '../recovery/own-roots.ts';
import { blobOrNull, num } from '../store/rows.ts';
import {
  type BoxSecret,
  beaconBox,
  firstBeacon,
  firstChain,
  nextBeacon,
  nextChain,
  streamBox,
} from './chain.ts';
import { HealingWriter } from './healing-writer.ts';

export class StreamWriter {
  private readonly store: ProfileStore;
  readonly healing: HealingWriter;
  readonly roots: OwnRoots;

  constructor(store: ProfileStore, rng: Rng) {
    this.store = store;
    this.healing = new HealingWriter(store, rng);
    this.roots = new OwnRoots(store, rng);
  }

  /** Begins the stream of a new pair. In a transaction. */
  begin(contactId: number, root: Uint8Array, now: Millis): void {
    this.store.run(
      'UPDATE contacts SET out_chain = ?, out_index = 0, out_beacon = ?, out_beacon_day = ? WHERE id = ?',
      firstChain(root),
      firstBeacon(root),
      dayOf(now),
      contactId,
    );
    this.healing.begin(contactId, root, now);
    this.roots.begin(contactId, root, now);
  }

  /** Index and secrets of the next box; the chain moves on in the same transaction. */
  allocate(contactId: number): { readonly index: number; readonly box: BoxSecret } {
    const row = this.store.get('SELECT out_chain, out_index FROM contacts WHERE id = ?', contactId);
    const chain = row === undefined ? null : blobOrNull(row, 'out_chain');
    if (row === undefined || chain === null) {
      throw new AppError('stream-missing', 'bug', 'a box was asked for before its stream began');
    }
    const index = num(row, 'out_index');
    this.store.run(
      'UPDATE contacts SET out_chain = ?, out_index = ? WHERE id = ?',
      nextChain(chain),
      index + 1,
      contactId,
    );
    return { index, box: streamBox(chain) };
  }

  /** Today's beacon box, or null when it was handed out already. */
  takeBeacon(contactId: number, now: Millis): { box: BoxSecret; head: number } | null {
    const row = this.store.get(
      'SELECT out_beacon, out_beacon_day, out_beacon_written, out_index FROM contacts WHERE id = ?',
      contactId,
    );
    const chain = row === undefined ? null : blobOrNull(row, 'out_beacon');
    const today = dayOf(now);
    if (row === undefined || chain === null) return null;
    let day = num(row, 'out_beacon_day');
    if (num(row, 'out_beacon_written') >= today || day > today) return null;
    let current = chain;
    for (; day < today; day++) current = nextBeacon(current);
    this.store.run(
      'UPDATE contacts SET out_beacon = ?, out_beacon_day = ?, out_beacon_written = ? WHERE id = ?',
      nextBeacon(current),
      today + 1,
      today,
      contactId,
    );
    return { box: beaconBox(current), head: num(row, 'out_index') };
  }
}
