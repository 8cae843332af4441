/**
 * Erasure of boxes that were read (docs/spec/05-boxes.md, 4): signed at once, so that the box's
 * seed can be forgotten; sent in idle slots some minutes after the read, to each edge the box is
 * placed on. A large file leaves a hundred thousand of them, so only those that are due are in memory.
 */
import { MINUTE, type Millis, type Rng, randomBetween } from '@tacet/base';
import { type BoxId, type Mark, signTombstone } from '@tacet/wire';
import type { Current, Network } from '../network/network.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { blob, num } from '../store/rows.ts';
import type { BoxSecret } from '../streams/chain.ts';
import { type Erasure, type ErasureStep, nextStep } from './erasure.ts';
import { pauseAfter } from './put-entry.ts';

/** Well after the receipt that frees the writer, so that it dates nothing. */
export const ERASE_AFTER: readonly [Millis, Millis] = [5 * MINUTE, 60 * MINUTE];

/** Taken from the store at once. */
const AT_ONCE = 32;
/** In memory at most: those whose answers are lost wait there for their next try. */
const HELD = 1_024;
/** One at whose edge nothing arrives now is looked at again after this. */
const UNREACHED: Millis = MINUTE;

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
  /** Some of those that are due. */
  private readonly held = new Map<number, Tombstone>();
  /** Of those that are not held none is due before. */
  private nextDue: Millis = Number.NEGATIVE_INFINITY;

  constructor(store: ProfileStore, rng: Rng, network: () => Network | null) {
    this.store = store;
    this.rng = rng;
    this.network = network;
  }

  /** As the store has it, where a transaction was taken back. */
  restore(): void {
    for (const id of this.held.keys()) {
      const sql = 'SELECT 1 AS one FROM tombstones WHERE id = ?';
      if (this.store.get(sql, id) === undefined) this.held.delete(id);
    }
    this.nextDue = Number.NEGATIVE_INFINITY;
  }

  /** Inside the transaction that saves what the box held. */
  add(box: BoxSecret, now: Millis): void {
    const network = this.network();
    if (network === null) return;
    const notBefore = Math.floor(now + randomBetween(this.rng, ...ERASE_AFTER));
    this.store.run(
      'INSERT INTO tombstones (box_id, mark, signature, not_before) VALUES (?, ?, ?, ?)',
      box.id,
      box.mark,
      signTombstone(box.seed, network.id),
      notBefore,
    );
    this.nextDue = Math.min(this.nextDue, notBefore);
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.store.run('UPDATE tombstones SET not_before = max(0, not_before - ?)', Math.floor(by));
    for (const entry of this.held.values()) entry.notBefore -= by;
    this.nextDue = Number.NEGATIVE_INFINITY;
  }

  next(now: Millis, retries: boolean): Plan | null {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const first = this.ofHeld(network, current, now, retries);
    return first !== null || !this.takeMore(now)
      ? first
      : this.ofHeld(network, current, now, retries);
  }

  private ofHeld(network: Network, current: Current, now: Millis, retries: boolean): Plan | null {
    for (const entry of this.held.values()) {
      if (entry.inFlight || entry.notBefore > now) continue;
      const step = nextStep(entry, network.places(current, entry.mark));
      if (step === null) {
        this.forget(entry);
        continue;
      }
      if (step.retry && !retries) continue;
      if (network.reaches(current, step.edge)) return this.plan(entry, step);
      this.putOff(entry, now + UNREACHED);
    }
    return null;
  }

  /** False when no other one is due, or there is no room for more. */
  private takeMore(now: Millis): boolean {
    if (this.nextDue > now || this.held.size >= HELD) return false;
    // Those that are held are due, too, and come along.
    const most = this.held.size + AT_ONCE;
    const rows = this.store.all(
      'SELECT * FROM tombstones WHERE not_before <= ? ORDER BY not_before LIMIT ?',
      Math.floor(now),
      most,
    );
    const before = this.held.size;
    for (const row of rows) this.take(row);
    // In the order in which their boxes were read.
    const sorted = [...this.held].sort(([a], [b]) => a - b);
    this.held.clear();
    for (const [id, entry] of sorted) this.held.set(id, entry);
    if (rows.length < most) {
      const sql = 'SELECT min(not_before) AS due FROM tombstones WHERE not_before > ?';
      const due = this.store.get(sql, Math.floor(now))?.['due'];
      this.nextDue = typeof due === 'number' ? due : Number.POSITIVE_INFINITY;
    }
    return this.held.size > before;
  }

  private take(row: SqlRow): void {
    const id = num(row, 'id');
    if (this.held.has(id)) return;
    this.held.set(id, {
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

  private plan(entry: Tombstone, { edge, home, tries, retry }: ErasureStep): Plan {
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

  /** Of one that was never tried nothing is lost by that, and its place is free for others. */
  private putOff(entry: Tombstone, until: Millis): void {
    entry.notBefore = Math.floor(until);
    const { id, notBefore, tries } = entry;
    this.store.run('UPDATE tombstones SET not_before = ? WHERE id = ?', notBefore, id);
    if (tries > 0) return;
    this.held.delete(id);
    this.nextDue = Math.min(this.nextDue, notBefore);
  }

  private forget({ id }: Tombstone): void {
    this.store.run('DELETE FROM tombstones WHERE id = ?', id);
    this.held.delete(id);
  }
}
