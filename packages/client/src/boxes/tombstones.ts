/**
 * Erasure of boxes that were read (docs/spec/05-boxes.md, 4): signed at once, so that the box's
 * seed can be forgotten; sent in idle slots some minutes after the read, to each edge the box is
 * placed on.
 */
import { MINUTE, type Millis, type Rng, randomBetween } from '@tacet/base';
import { type BoxId, type Mark, signTombstone } from '@tacet/wire';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { blob, num } from '../store/rows.ts';
import type { BoxSecret } from '../streams/chain.ts';
import { type Erasure, nextStep } from './erasure.ts';
import { pauseAfter } from './put-entry.ts';

/** Well after the receipt that frees the writer, so that it dates nothing. */
export const ERASE_AFTER: readonly [Millis, Millis] = [5 * MINUTE, 60 * MINUTE];

interface Tombstone extends Erasure {
  readonly id: number;
  readonly boxId: BoxId;
  readonly mark: Mark;
  readonly signature: Uint8Array;
  notBefore: Millis;
  inFlight: boolean;
}

export class Tombstones implements PlanSource {
  private readonly store: ProfileStore;
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly entries = new Map<number, Tombstone>();

  constructor(store: ProfileStore, rng: Rng, network: () => Network | null) {
    this.store = store;
    this.rng = rng;
    this.network = network;
    this.restore();
  }

  /** As the store has it: at the start, and where a transaction was taken back. */
  restore(): void {
    const saved = new Set<number>();
    for (const row of this.store.all('SELECT * FROM tombstones ORDER BY id')) {
      const id = num(row, 'id');
      saved.add(id);
      if (this.entries.has(id)) continue;
      this.entries.set(id, {
        id,
        boxId: blob(row, 'box_id') as BoxId,
        mark: blob(row, 'mark') as Mark,
        signature: blob(row, 'signature'),
        notBefore: num(row, 'not_before'),
        tries: num(row, 'tries'),
        done: [false, false],
        inFlight: false,
      });
    }
    for (const id of this.entries.keys()) if (!saved.has(id)) this.entries.delete(id);
  }

  /** Inside the transaction that saves what the box held. */
  add(box: BoxSecret, now: Millis): void {
    const network = this.network();
    if (network === null) return;
    const notBefore = Math.floor(now + randomBetween(this.rng, ...ERASE_AFTER));
    const signature = signTombstone(box.seed, network.id);
    const { rowId } = this.store.run(
      'INSERT INTO tombstones (box_id, mark, signature, not_before) VALUES (?, ?, ?, ?)',
      box.id,
      box.mark,
      signature,
      notBefore,
    );
    this.entries.set(rowId, {
      id: rowId,
      boxId: box.id,
      mark: box.mark,
      signature,
      notBefore,
      tries: 0,
      done: [false, false],
      inFlight: false,
    });
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.store.run('UPDATE tombstones SET not_before = max(0, not_before - ?)', Math.floor(by));
    for (const entry of this.entries.values()) entry.notBefore -= by;
  }

  next(now: Millis, retries: boolean): Plan | null {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    for (const entry of this.entries.values()) {
      if (entry.inFlight || entry.notBefore > now) continue;
      const step = nextStep(entry, network.places(current, entry.mark));
      if (step === null) {
        this.forget(entry);
        continue;
      }
      const { edge, home, tries, retry } = step;
      if ((retry && !retries) || !network.reaches(current, edge)) continue;
      return {
        what: 'tombstone',
        edge,
        request: { kind: 'tombstone', id: entry.boxId, signature: entry.signature },
        retry,
        onSent: () => {
          entry.inFlight = true;
          entry.tries = tries;
          this.store.run('UPDATE tombstones SET tries = ? WHERE id = ?', tries, entry.id);
          return true;
        },
        settle: (answer, at) => {
          entry.inFlight = false;
          if (answer?.status === 'stored') entry.done[home] = true;
          else entry.notBefore = at + pauseAfter(this.rng, entry.tries);
        },
        late: (answer) => {
          if (answer.status === 'stored') entry.done[home] = true;
        },
      };
    }
    return null;
  }

  private forget({ id }: Tombstone): void {
    this.store.run('DELETE FROM tombstones WHERE id = ?', id);
    this.entries.delete(id);
  }
}
