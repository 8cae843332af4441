/**
 * Boxes to read, known before they exist. A digest that names one of their marks makes a read
 * due at that edge; a read that finds a valid record hands its plaintext to the owner, forgets
 * the box and leaves a tombstone to be sent, all in one transaction.
 */
import { AppError, BytesMap, dayOf, type Millis } from '@tacet/base';
import { type BoxId, type BoxRecord, type Digest, type Mark, openRecord } from '@tacet/wire';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import { blob, num, text } from '../store/rows.ts';
import type { BoxSecret } from '../streams/chain.ts';

export interface Watch {
  readonly id: number;
  owner: string;
  readonly ref: number;
  readonly index: number;
  readonly box: BoxSecret;
  readonly createdDay: number;
}

/** Who waits for a box. `onRecord` runs inside the transaction that forgets the watch. */
export interface WatchOwner {
  onRecord(watch: Watch, plaintext: Uint8Array, record: BoxRecord, now: Millis): void;
  /** A digest named it. */
  announced?(watch: Watch): void;
}

export interface WatchListener {
  /** A digest of `edge` named this box. */
  onAnnounced(watch: Watch, digest: Digest, now: Millis): void;
  /** The box was read: erase it at its edges later. */
  onRead(watch: Watch, now: Millis): void;
}

/** Owners of boxes that one person writes once; the last: where an address tells its end. */
const MEETING: ReadonlySet<string> = new Set(['invite', 'visit', 'request']);

export class WatchList {
  private readonly store: ProfileStore;
  private readonly network: () => Network | null;
  private readonly listener: WatchListener;
  private readonly owners = new Map<string, WatchOwner>();
  private readonly byMark = new BytesMap<Watch>();

  constructor(store: ProfileStore, network: () => Network | null, listener: WatchListener) {
    this.store = store;
    this.network = network;
    this.listener = listener;
    for (const row of store.all('SELECT * FROM watches')) {
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

  /** One box belongs to another owner from now on; what a digest said of it stays. In a transaction. */
  give(watch: Watch, to: string): void {
    watch.owner = to;
    this.store.run('UPDATE watches SET owner = ? WHERE id = ?', to, watch.id);
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
      "DELETE FROM watches WHERE created_day < ? AND owner NOT IN ('stream', 'healed')",
      before,
    );
    if (changes === 0) return;
    for (const [mark, watch] of this.byMark.entries()) {
      const lasts = watch.owner === 'stream' || watch.owner === 'healed';
      if (watch.createdDay < before && !lasts) this.byMark.delete(mark);
    }
  }

  onDigest(digest: Digest, now: Millis): void {
    for (const mark of digest.marks) {
      const watch = this.byMark.get(mark);
      if (watch === undefined) continue;
      this.owners.get(watch.owner)?.announced?.(watch);
      this.listener.onAnnounced(watch, digest, now);
    }
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
    this.store.transaction(() => {
      this.store.run('DELETE FROM watches WHERE id = ?', watch.id);
      this.byMark.delete(watch.box.mark);
      this.listener.onRead(watch, now);
      owner.onRecord(watch, plaintext, record, now);
    });
    return true;
  }
}
