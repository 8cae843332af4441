/**
 * Boxes to read, known before they exist. A digest that names one of their marks makes a read
 * due at that edge; a read that finds a valid record hands its plaintext to the owner, forgets
 * the box and leaves a tombstone to be sent, all in one transaction.
 */
import { AppError, BytesMap, dayOf, type Millis } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import {
  type BoxId,
  type BoxRecord,
  type Digest,
  MARK,
  type Mark,
  openRecord,
  packedMarks,
} from '@tacet/wire';
import type { Network } from '../network/network.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { Attempts } from '../store/attempt.ts';
import { blob, num, text } from '../store/rows.ts';
import type { BoxSecret } from '../streams/chain.ts';

export interface Watch {
  readonly id: number;
  owner: string;
  readonly ref: number;
  readonly index: number;
  readonly box: BoxSecret;
  createdDay: number;
}

/** Who waits for a box. `onRecord` runs inside the transaction that forgets the watch. */
export interface WatchOwner {
  onRecord(watch: Watch, plaintext: Uint8Array, record: BoxRecord, now: Millis): void;
  /** A digest named it. */
  announced?(watch: Watch): void;
}

export interface WatchListener {
  /** A digest of `edge` named this box. */
  onAnnounced(watch: Watch, edge: RelayHash, now: Millis): void;
  /** The box was read: erase it at its edges later. */
  onRead(watch: Watch, now: Millis): void;
  /** What stood in a box could not be taken. */
  onFailed?(error: unknown, now: Millis): void;
}

/** Owners of boxes that one person writes once; the last: where an address tells its end. */
const MEETING: ReadonlySet<string> = new Set(['invite', 'visit', 'request']);

/** Owners that say themselves how long. */
const LASTING: ReadonlySet<string> = new Set(['stream', 'healed', 'recovery']);

export class WatchList {
  private readonly store: ProfileStore;
  private readonly network: () => Network | null;
  private readonly listener: WatchListener;
  private readonly owners = new Map<string, WatchOwner>();
  private readonly byMark = new BytesMap<Watch>();
  private readonly attempts: Attempts;
  /** What stands in these could not be taken: they are waited for again from the next start on. */
  private readonly resting = new Set<number>();

  constructor(
    store: ProfileStore,
    network: () => Network | null,
    listener: WatchListener,
    attempts = new Attempts(store),
  ) {
    this.store = store;
    this.attempts = attempts;
    this.network = network;
    this.listener = listener;
    for (const row of store.all('SELECT * FROM watches')) this.adopt(row);
  }

  private adopt(row: SqlRow): void {
    const watch: Watch = {
      id: num(row, 'id'),
      owner: text(row, 'owner'),
      ref: num(row, 'ref'),
      index: num(row, 'idx'),
      box: {
        seed: blob(row, 'seed'),
        key: blob(row, 'key'),
        id: blob(row, 'box_id') as BoxId,
        mark: blob(row, 'mark') as Mark,
      },
      createdDay: num(row, 'created_day'),
    };
    this.byMark.set(watch.box.mark, watch);
  }

  /** As the store has it, where a transaction was taken back. */
  restore(): void {
    const saved = new Set<number>();
    for (const row of this.store.all('SELECT id, owner, mark FROM watches')) {
      const [id, owner] = [num(row, 'id'), text(row, 'owner')];
      const watch = this.byMark.get(blob(row, 'mark'));
      saved.add(id);
      if (watch?.id === id) watch.owner = owner;
      else if (!this.resting.has(id)) this.load(id);
    }
    for (const [mark, { id }] of this.byMark.entries()) {
      if (!saved.has(id)) this.byMark.delete(mark);
    }
  }

  private load(id: number): void {
    const row = this.store.get('SELECT * FROM watches WHERE id = ?', id);
    if (row !== undefined) this.adopt(row);
  }

  register(owner: string, handler: WatchOwner): void {
    this.owners.set(owner, handler);
  }

  get size(): number {
    return this.byMark.size;
  }

  /** Saves a box to wait for. Inside the caller's transaction. */
  add(owner: string, ref: number, index: number, box: BoxSecret, now: Millis): Watch {
    const createdDay = dayOf(now);
    const { rowId } = this.store.run(
      `INSERT INTO watches (owner, ref, idx, mark, box_id, seed, key, created_day)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      owner,
      ref,
      index,
      box.mark,
      box.id,
      box.seed,
      box.key,
      createdDay,
    );
    const watch = { id: rowId, owner, ref, index, box, createdDay };
    this.byMark.set(box.mark, watch);
    return watch;
  }

  /** Still waited for? */
  holds(watch: Watch): boolean {
    return this.byMark.get(watch.box.mark)?.id === watch.id;
  }

  /** Whoever waits for it. */
  at(mark: Mark): Watch | null {
    return this.byMark.get(mark) ?? null;
  }

  find(owner: string, ref: number, index: number): Watch | null {
    const row = this.store.get(
      'SELECT mark FROM watches WHERE owner = ? AND ref = ? AND idx = ?',
      owner,
      ref,
      index,
    );
    return row === undefined ? null : (this.byMark.get(blob(row, 'mark')) ?? null);
  }

  /** Those of `from` <= index < `to`, lowest first. */
  range(owner: string, ref: number, from: number, to: number): Watch[] {
    return this.store
      .all(
        'SELECT mark FROM watches WHERE owner = ? AND ref = ? AND idx >= ? AND idx < ? ORDER BY idx',
        owner,
        ref,
        from,
        to,
      )
      .flatMap((row) => this.byMark.get(blob(row, 'mark')) ?? []);
  }

  /** How many `range` has. */
  count(owner: string, ref: number, from: number, to: number): number {
    const row = this.store.get(
      'SELECT count(*) AS n FROM watches WHERE owner = ? AND ref = ? AND idx >= ? AND idx < ?',
      ...[owner, ref, from, to],
    );
    return row === undefined ? 0 : num(row, 'n');
  }

  /** Boxes of meetings, ours and those we are guests of. */
  meetings(): Watch[] {
    const watches = [...this.byMark.entries()].map(([, watch]) => watch);
    return watches.filter(({ owner }) => MEETING.has(owner));
  }

  /** Whose boxes are waited for. */
  refs(owner: string): number[] {
    return this.store
      .all('SELECT DISTINCT ref FROM watches WHERE owner = ?', owner)
      .map((row) => num(row, 'ref'));
  }

  /** The lowest index waited for. */
  lowest(owner: string, ref: number): Watch | null {
    const row = this.store.get(
      'SELECT mark FROM watches WHERE owner = ? AND ref = ? ORDER BY idx LIMIT 1',
      owner,
      ref,
    );
    return row === undefined ? null : (this.byMark.get(blob(row, 'mark')) ?? null);
  }

  /** Stops waiting for all boxes of one owner's thing. In a transaction. */
  cancel(owner: string, ref: number): void {
    this.store.run('DELETE FROM watches WHERE owner = ? AND ref = ?', owner, ref);
    for (const [mark, watch] of this.byMark.entries()) {
      if (watch.owner === owner && watch.ref === ref) this.byMark.delete(mark);
    }
  }

  /** Stops waiting for one box. In a transaction. */
  remove(watch: Watch): void {
    this.store.run('DELETE FROM watches WHERE id = ?', watch.id);
    this.byMark.delete(watch.box.mark);
  }

  /**
   * One box is waited for anew, by this owner; what a digest said of it stays. In a transaction.
   */
  renew(watch: Watch, owner: string, now: Millis): void {
    watch.owner = owner;
    watch.createdDay = dayOf(now);
    this.store.run(
      'UPDATE watches SET owner = ?, created_day = ? WHERE id = ?',
      owner,
      watch.createdDay,
      watch.id,
    );
  }

  /** All boxes of one owner's thing belong to another owner from now on. In a transaction. */
  rename(owner: string, to: string, ref: number): void {
    for (const watch of this.range(owner, ref, 0, Number.MAX_SAFE_INTEGER)) watch.owner = to;
    this.store.run('UPDATE watches SET owner = ? WHERE owner = ? AND ref = ?', to, owner, ref);
  }

  /** Forgets boxes nobody can have filled any more: `life` days and two of grace. */
  expire(today: number, lifeDays: number): void {
    const before = today - lifeDays - 2;
    const { changes } = this.store.run(
      "DELETE FROM watches WHERE created_day < ? AND owner NOT IN ('stream', 'healed', 'recovery')",
      before,
    );
    if (changes === 0) return;
    for (const [mark, watch] of this.byMark.entries()) {
      const lasts = LASTING.has(watch.owner);
      if (watch.createdDay < before && !lasts) this.byMark.delete(mark);
    }
  }

  onDigest({ edge, marks }: Digest, now: Millis): void {
    for (const watch of among(this.byMark, packedMarks(marks))) this.announced(watch, edge, now);
  }

  /**
   * Boxes that are waited for since now: what digests of the last five minutes said of them counts
   * as if it came now. Their writer may have been quicker than the word of them.
   */
  hearAgain(watches: readonly Watch[], now: Millis): void {
    const wanted = new BytesMap<Watch>();
    for (const watch of watches) wanted.set(watch.box.mark, watch);
    for (const { edge, marks } of this.network()?.marks.recent(now) ?? []) {
      for (const watch of among(wanted, marks)) this.announced(watch, edge, now);
    }
  }

  /** A digest of the last five minutes named it. */
  heardOf(mark: Mark, now: Millis): boolean {
    const wanted = new BytesMap<Mark>();
    wanted.set(mark, mark);
    for (const { marks } of this.network()?.marks.recent(now) ?? []) {
      if (among(wanted, marks).length > 0) return true;
    }
    return false;
  }

  private announced(watch: Watch, edge: RelayHash, now: Millis): void {
    this.owners.get(watch.owner)?.announced?.(watch);
    this.listener.onAnnounced(watch, edge, now);
  }

  /** Tries bytes an edge returned for this box. True when they were the box. */
  offer(watch: Watch, bytes: Uint8Array, now: Millis): boolean {
    const network = this.network();
    if (network === null || !this.holds(watch)) return false;
    const record = bytes as BoxRecord;
    const plaintext = openRecord(watch.box, network.id, record);
    if (plaintext === null) return false;
    const owner = this.owners.get(watch.owner);
    if (owner === undefined) throw new AppError('watch-owner', 'bug', 'a watch without an owner');
    const failure = this.attempts.saved(() => {
      this.store.run('DELETE FROM watches WHERE id = ?', watch.id);
      this.byMark.delete(watch.box.mark);
      this.listener.onRead(watch, now);
      owner.onRecord(watch, plaintext, record, now);
    });
    if (failure === null) return true;
    // A mistake of ours, which whoever wrote the box may have found. It stands at its edges as long as
    // nobody erases it, and comes again if it was a part of something.
    this.resting.add(watch.id);
    this.byMark.delete(watch.box.mark);
    this.listener.onFailed?.(failure.error, now);
    return true;
  }
}

const NONE: readonly never[] = [];

/** What is kept of these marks. @param packed side by side */
function among<T>(wanted: BytesMap<T>, packed: Uint8Array): readonly T[] {
  let found: T[] | undefined;
  for (let at = 0; at < packed.length; at += MARK) {
    if (!wanted.mayHave(packed, at)) continue;
    const one = wanted.get(packed.subarray(at, at + MARK));
    if (one === undefined) continue;
    found ??= [];
    found.push(one);
  }
  return found ?? NONE;
}
