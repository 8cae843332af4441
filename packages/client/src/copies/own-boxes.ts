/**
 * Notices a second daemon on a copy of this store (docs/spec/10-store.md 6). Every ten minutes a
 * daemon writes one box that only its own secrets lead to, with random bytes in it; the first
 * write wins. A box that holds other bytes, signed and sealed by keys nobody else has, was written
 * by a copy: this daemon then sends nothing more and says so. Before it sends the first content
 * after a start or a sleep it waits for the answer to its box, so that the two never speak as one.
 */
import {
  ByteWriter,
  equalBytes,
  MINUTE,
  type Millis,
  type Rng,
  randomBytes,
  randomUnit,
} from '@tacet/base';
import { hash } from '@tacet/crypto';
import { BOX_PLAINTEXT, sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner, PutQueue } from '../boxes/puts.ts';
import type { Watch, WatchList, WatchOwner } from '../boxes/watches.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import { blob, num } from '../store/rows.ts';
import { readSetting } from '../store/settings.ts';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';

/** One box in so long, and one at each start and each sign of trouble. */
const SLOT: Millis = 10 * MINUTE;
/** A box that stands vouches for so long that nobody else runs. */
const VOUCHES: Millis = SLOT + 3 * MINUTE;
/** Digests after which the other one had time to see this one's first box and to answer it. */
const DIGESTS = 3;
/** Where no answer comes, content waits no longer: an edge that is down must stop nobody. */
const PATIENCE: Millis = MINUTE;
/** Signs of trouble count once in so long: a contact can make them. */
const SIGNS: Millis = MINUTE;
/** Boxes remembered: more than a day of them. */
const KEPT = 200;
const KIND = 5;
const NONCE = 16;

export interface OwnBoxesDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly puts: PutQueue;
  readonly watches: WatchList;
  readonly network: () => Network | null;
  readonly catchUp: (watch: Watch, now: Millis) => void;
  readonly alarm: (code: string, now: Millis) => void;
}

export class OwnBoxes implements PutOwner, WatchOwner {
  private readonly d: OwnBoxesDeps;
  private readonly secret: Uint8Array;
  /** From when and until when content may go. */
  private clearFrom: Millis = 0;
  private clearUntil: Millis = Number.NEGATIVE_INFINITY;
  /** Since when content waits for an answer; null: not linked. */
  private waitsSince: Millis | null = null;
  /** Within each ten minutes, so that not all daemons write at once. */
  private readonly offset: Millis;
  private written = -1;
  private lastSign: Millis = Number.NEGATIVE_INFINITY;
  private noticed: Millis | null;

  constructor(deps: OwnBoxesDeps) {
    this.d = deps;
    this.secret = hash('own-root', readSetting(deps.store, 'root-secret') ?? new Uint8Array(32));
    this.offset = randomUnit(deps.rng) * MINUTE;
    const row = deps.store.get('SELECT at FROM copied LIMIT 1');
    this.noticed = row === undefined ? null : num(row, 'at');
    deps.puts.paused = this.noticed !== null;
    deps.puts.register('own', this);
    deps.watches.register('own', this);
    // A box this store has not come to yet: whoever filled it is a copy.
    deps.watches.register('own-next', {
      onRecord: (_watch, _text, _record, at) => {
        if (this.noticed !== null) return;
        this.notice(at);
        this.answer(at);
      },
    });
  }

  /** When it was noticed; null: this store runs once, as far as it knows. */
  get copiedAt(): Millis | null {
    return this.noticed;
  }

  /** The other daemon was ended: this one goes on. In a transaction. */
  resume(now: Millis): void {
    this.d.store.run('DELETE FROM copied');
    this.noticed = null;
    this.d.puts.paused = false;
    this.wait(now);
    // Boxes of these ten minutes may be those of the daemon that was ended.
    this.written = Math.floor(now / SLOT);
  }

  /** Content may be sent. */
  maySend(now: Millis): boolean {
    if (now < this.clearUntil && now >= this.clearFrom) return true;
    return this.waitsSince !== null && now - this.waitsSince > PATIENCE;
  }

  private wait(now: Millis): void {
    this.clearUntil = Number.NEGATIVE_INFINITY;
    this.waitsSince = now;
  }

  /** Somebody else may have used our boxes or sequences: look now. */
  trouble(now: Millis): void {
    if (Math.abs(now - this.lastSign) < SIGNS) return;
    this.lastSign = now;
    this.wait(now);
    // The answer that is awaited will tell.
    const asks = "SELECT 1 AS one FROM puts WHERE owner = 'own' AND copies = 0";
    if (this.d.store.get(asks) !== undefined || this.d.watches.lowest('own', 0) !== null) return;
    this.written = -1;
  }

  /** At every turn. */
  advance(linked: boolean, now: Millis): void {
    const network = this.d.network();
    if (!linked || network === null || network.current(now) === null) {
      this.waitsSince = null;
      return;
    }
    if (this.waitsSince === null || this.waitsSince > now) this.waitsSince = now;
    if (this.clearUntil > now + VOUCHES) this.wait(now);
    const slot = Math.floor(now / SLOT);
    if (slot === this.written || this.noticed !== null) return;
    // The first of a start at once, later ones a while into their ten minutes.
    if (this.written >= 0 && now - slot * SLOT < this.offset) return;
    this.written = slot;
    this.write(network, slot, now);
  }

  private box(slot: number, turn: number): BoxSecret {
    const at = new ByteWriter(12).u64(slot).u32(turn).bytes;
    return boxFrom(hash('own-seed', this.secret, at), hash('own-key', this.secret, at));
  }

  private write(network: Network, slot: number, now: Millis): void {
    const { store, puts, watches } = this.d;
    store.transaction(() => {
      // Ten minutes later an unanswered one says nothing any more.
      for (const row of store.all("SELECT ref FROM puts WHERE owner = 'own' AND copies = 0")) {
        puts.cancel('own', num(row, 'ref'));
      }
      const turns = store.get('SELECT count(*) AS n FROM own_boxes WHERE slot = ?', slot);
      const turn = turns === undefined ? 0 : num(turns, 'n');
      watches.cancel('own', 0);
      watches.cancel('own-next', 0);
      watches.add('own-next', 0, slot, this.box(slot, turn + 1), now);
      watches.add('own-next', 0, slot + 1, this.box(slot + 1, 0), now);
      this.put(network, slot, turn, now);
    });
  }

  /** In a transaction. */
  private put(network: Network, slot: number, turn: number, now: Millis): void {
    const { store, puts } = this.d;
    const nonce = randomBytes(this.d.rng, NONCE);
    const content = new ByteWriter(BOX_PLAINTEXT).u8(KIND).put(nonce).bytes;
    const { rowId } = store.run(
      'INSERT INTO own_boxes (slot, turn, nonce) VALUES (?, ?, ?)',
      slot,
      turn,
      nonce,
    );
    store.run('DELETE FROM own_boxes WHERE id <= ?', rowId - KEPT);
    const box = this.box(slot, turn);
    puts.add({
      owner: 'own',
      ref: rowId,
      part: 0,
      priority: 1,
      contactId: null,
      record: sealRecord(box, network.id, content),
      mark: box.mark,
      notBefore: now,
      moves: 0,
    });
  }

  onSent(): void {
    // What counts is the answer.
  }

  onStored(_put: PutEntry, now: Millis): void {
    const digestMs = this.d.network()?.current(now)?.parameters.digestMs ?? 0;
    if (now >= this.clearUntil) this.clearFrom = now + DIGESTS * digestMs;
    this.clearUntil = now + VOUCHES;
  }

  onExhausted(): void {
    // The next ten minutes have a box of their own.
  }

  /** Only what stands there proves anything: an edge may say so of any box. */
  onTaken(put: PutEntry, now: Millis): void {
    this.wait(now);
    const { store, watches } = this.d;
    const row = store.get('SELECT slot, turn FROM own_boxes WHERE id = ?', put.ref);
    if (row === undefined) return;
    const box = this.box(num(row, 'slot'), num(row, 'turn'));
    const known = watches.find('own', 0, put.ref);
    this.d.catchUp(known ?? watches.add('own', 0, put.ref, box, now), now);
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: unknown, now: Millis): void {
    const row = this.d.store.get('SELECT nonce FROM own_boxes WHERE id = ?', watch.index);
    if (row === undefined) return;
    if (equalBytes(blob(row, 'nonce'), plaintext.subarray(1, 1 + NONCE))) return;
    this.notice(now);
  }

  /** In a transaction. */
  private notice(now: Millis): void {
    if (this.noticed !== null) return;
    this.noticed = Math.floor(now);
    this.d.store.run('INSERT INTO copied (at) VALUES (?)', this.noticed);
    this.d.puts.paused = true;
    this.d.alarm('store-copied', now);
  }

  /** The other one began without knowing: it sees the box that is written now, and stops, too. */
  private answer(now: Millis): void {
    const network = this.d.network();
    if (network === null) return;
    // Its own box stands one turn after the last this store wrote; this one after that.
    const slot = Math.floor(now / SLOT);
    const last = this.d.store.get('SELECT max(turn) AS turn FROM own_boxes WHERE slot = ?', slot);
    const turn = typeof last?.['turn'] === 'number' ? last['turn'] : -1;
    for (const next of [turn + 1, turn + 2]) this.put(network, slot, next, now);
  }
}
