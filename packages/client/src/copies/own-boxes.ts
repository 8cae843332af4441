/**
 * Notices a second daemon on a copy of this store (docs/spec/10-store.md, 7). Every ten minutes a
 * daemon writes one box that only its own secrets lead to, with random bytes in it; the first
 * write wins. A box that holds other bytes, signed and sealed by keys nobody else has, was written
 * by a copy: this daemon then sends nothing more and says so. Before it sends the first content
 * after a start or a sleep it waits for the answer to its box, so that the two never speak as one.
 */
import {
  ByteReader,
  ByteWriter,
  DAY,
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
import type { ProfileStore, SqlRow } from '../ports.ts';
import { restoreCounter } from '../recovery/counter.ts';
import { isSilent } from '../recovery/restored.ts';
import { num } from '../store/rows.ts';
import { readSetting } from '../store/settings.ts';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';
import { DIGESTS, patienceOf } from './patience.ts';

/** One box in so long, and one at each start and each sign of trouble. */
const SLOT: Millis = 10 * MINUTE;
/** A box that stands vouches for so long that nobody else runs. */
const VOUCHES: Millis = SLOT + 3 * MINUTE;
/** Signs of trouble count once in so long: a contact can make them. */
const SIGNS: Millis = MINUTE;
/** Boxes remembered: more than a day of them. */
const KEPT = 200;
/** Digests come for so many slots back to who returns. */
const ANNOUNCED = 6;
/** Boxes of ours after which others may have gone on: as many starts without an answer. */
const SINCE = 32;
/** Turns left to the daemon that was ended. */
const TURNS = 64;
const KIND = 5;
const NONCE = 16;

export interface OwnBoxesDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly puts: PutQueue;
  readonly watches: WatchList;
  readonly network: () => Network | null;
  readonly catchUp: (watch: Watch, now: Millis, onAbsent: () => void) => void;
  readonly alarm: (code: string, now: Millis) => void;
  /** This store may be an older state of itself and cannot know. In a transaction. */
  readonly onStale: () => void;
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
  /** Restore counter of the daemon that was met last, and this one's. */
  private other: number;
  private counter: number;
  /** Boxes looked for whose edges have not all answered, by watch. */
  private readonly asked = new Set<number>();

  constructor(deps: OwnBoxesDeps) {
    this.d = deps;
    this.secret = hash('own-root', readSetting(deps.store, 'root-secret') ?? new Uint8Array(32));
    this.offset = randomUnit(deps.rng) * MINUTE;
    const row = deps.store.get('SELECT at, counter FROM copied LIMIT 1');
    this.noticed = row === undefined ? null : num(row, 'at');
    this.other = row === undefined ? 0 : num(row, 'counter');
    this.counter = restoreCounter(deps.store);
    deps.puts.paused = this.noticed !== null || isSilent(deps.store);
    deps.puts.register('own', this);
    deps.watches.register('own', this);
    // A box this store has not come to yet: whoever filled it is a copy.
    deps.watches.register('own-next', {
      onRecord: (_watch, text, _record, at) => {
        // What was written to be seen by another one stands there, too.
        if (this.noticed !== null || this.isOwn(text)) return;
        this.meet(text, at);
        // Also to one that comes after a restore of this profile, and does not know of it.
        if (this.other <= this.counter) this.answer(at);
      },
    });
  }

  /** When it was noticed; null: this store runs once, as far as it knows. */
  get copiedAt(): Millis | null {
    return this.noticed;
  }

  /** Of a daemon of this profile that goes on in place of this one; null: there is none. */
  get superseded(): number | null {
    return this.noticed !== null && this.other > this.counter ? this.other : null;
  }

  /** This daemon took a restore counter, and speaks from now on. In a transaction. */
  begin(now: Millis): void {
    this.counter = restoreCounter(this.d.store);
    this.d.store.run('DELETE FROM copied');
    this.noticed = null;
    this.d.puts.paused = false;
    this.wait(now);
  }

  /** The other daemon was ended: this one goes on. In a transaction. */
  resume(now: Millis): void {
    this.d.store.run('DELETE FROM copied');
    this.noticed = null;
    this.d.puts.paused = false;
    this.wait(now);
    // Boxes of these ten minutes may be those of the daemon that was ended.
    const slot = Math.floor(now / SLOT);
    this.written = slot;
    this.forgetAsked();
    const { id } = this.remember(slot, this.turn(slot) + TURNS);
    this.d.store.run('UPDATE own_boxes SET alone = 1 WHERE id = ?', id);
  }

  /** Content may be sent. */
  maySend(now: Millis): boolean {
    if (now < this.clearUntil && now >= this.clearFrom && this.asked.size === 0) return true;
    const rates = this.d.network()?.current(now)?.parameters;
    if (this.waitsSince === null || rates === undefined) return false;
    return now - this.waitsSince > patienceOf(rates);
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
    if (this.d.store.get(asks) !== undefined || this.asked.size > 0) return;
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
    const starts = this.written < 0;
    this.written = slot;
    this.write(network, slot, starts, now);
  }

  private box(slot: number, turn: number): BoxSecret {
    const at = new ByteWriter(12).u64(slot).u32(turn).bytes;
    return boxFrom(hash('own-seed', this.secret, at), hash('own-key', this.secret, at));
  }

  private write(network: Network, slot: number, starts: boolean, now: Millis): void {
    const { store, puts, watches } = this.d;
    store.transaction(() => {
      // Ten minutes later an unanswered one says nothing about now, but somebody may have filled it.
      for (const row of store.all("SELECT ref FROM puts WHERE owner = 'own' AND copies = 0")) {
        puts.cancel('own', num(row, 'ref'));
        if (!starts) this.unanswered(num(row, 'ref'), now);
      }
      this.follow(network, slot, starts, now);
      const turn = this.turn(slot);
      watches.cancel('own-next', 0);
      watches.add('own-next', 0, slot, this.box(slot, turn + 1), now);
      watches.add('own-next', 0, slot + 1, this.box(slot + 1, 0), now);
      this.put(network, slot, turn, now);
    });
  }

  /**
   * Whoever went on from a box of ours, whenever that was, wrote one of the two that follow it. So
   * those of every box since this store was last known to run alone are looked for at a start, and
   * who leaves ten minutes out fills the first of them. In a transaction.
   */
  private follow(network: Network, slot: number, starts: boolean, now: Millis): void {
    const { store } = this.d;
    const rows = store.all(
      `SELECT slot, turn FROM own_boxes
       WHERE id >= (SELECT max(id) FROM own_boxes WHERE alone = 1) ORDER BY id DESC LIMIT ${SINCE}`,
    );
    const [newest] = rows;
    if (newest === undefined) return;
    const last = num(newest, 'slot');
    if (starts) this.lookBack(network, rows, last, slot, now);
    if (last + 1 >= slot || this.turn(last + 1) > 0) return;
    if (!starts) this.lookFor(last + 1, 0, now);
    this.put(network, last + 1, 0, now);
  }

  /**
   * At a start. In a transaction.
   * @param rows own boxes since this store was known to run alone, the newest first
   * @param last the ten minutes of the newest, @param slot those of now
   */
  private lookBack(
    network: Network,
    rows: readonly SqlRow[],
    last: number,
    slot: number,
    now: Millis,
  ): void {
    const { watches } = this.d;
    const life = (network.current(now)?.parameters.boxLifeDays ?? 0) * DAY;
    // What was written after it may have ended at the edges by now.
    if (now - last * SLOT > life / 2) this.d.onStale();
    this.asked.clear();
    const expected = new Set<number>();
    for (const [one, turn] of followers([...rows].reverse())) {
      // What is written now is answered for by its own edge.
      if (one > slot || (one === slot && turn >= this.turn(slot))) continue;
      // Only turn 0 is ever written after its ten minutes: of the others none stands any more.
      if (turn > 0 && now - (one + 1) * SLOT > life + DAY) continue;
      expected.add(this.lookFor(one, turn, now).id);
    }
    // These are announced to who returns.
    for (let one = Math.max(last + 2, slot - ANNOUNCED); one < slot; one++) {
      expected.add(this.expect(one, 0, now).id);
    }
    for (const watch of watches.range('own', 0, 0, Number.MAX_SAFE_INTEGER)) {
      if (!expected.has(watch.id)) watches.remove(watch);
    }
  }

  /**
   * A follower of the last own box was watched for before, and the digests of the last hour, which
   * come first, may have named it: that is not forgotten. In a transaction.
   */
  private expect(slot: number, turn: number, now: Millis): Watch {
    const { watches } = this.d;
    const box = this.box(slot, turn);
    const known = watches.at(box.mark);
    if (known === null) return watches.add('own', 0, slot, box, now);
    watches.renew(known, 'own', now);
    return known;
  }

  /** In a transaction. */
  private lookFor(slot: number, turn: number, now: Millis): Watch {
    const watch = this.expect(slot, turn, now);
    this.asked.add(watch.id);
    this.d.catchUp(watch, now, () => this.answered(watch));
    return watch;
  }

  private forgetAsked(): void {
    this.asked.clear();
    this.d.watches.cancel('own', 0);
  }

  private answered(watch: Watch): void {
    if (this.asked.delete(watch.id)) this.settle();
  }

  /** Nothing stands where it should not, and the newest box stands: this store runs alone so far. */
  private settle(): void {
    const { store } = this.d;
    const open = "SELECT 1 AS one FROM puts WHERE owner = 'own' AND copies = 0";
    if (this.noticed !== null || this.asked.size > 0 || store.get(open) !== undefined) return;
    store.run('UPDATE own_boxes SET alone = 1 WHERE id = (SELECT max(id) FROM own_boxes)');
  }

  /** The first turn of these ten minutes that this store has not used. */
  private turn(slot: number): number {
    const row = this.d.store.get('SELECT max(turn) AS turn FROM own_boxes WHERE slot = ?', slot);
    return typeof row?.['turn'] === 'number' ? row['turn'] + 1 : 0;
  }

  /** What this store wrote, or passed over. In a transaction. */
  private remember(
    slot: number,
    turn: number,
  ): { readonly id: number; readonly nonce: Uint8Array } {
    const nonce = randomBytes(this.d.rng, NONCE);
    const { rowId } = this.d.store.run(
      'INSERT INTO own_boxes (slot, turn, nonce) VALUES (?, ?, ?)',
      slot,
      turn,
      nonce,
    );
    this.d.store.run('DELETE FROM own_boxes WHERE id <= ?', rowId - KEPT);
    return { id: rowId, nonce };
  }

  /** In a transaction. */
  private put(network: Network, slot: number, turn: number, now: Millis): void {
    const { id, nonce } = this.remember(slot, turn);
    const content = new ByteWriter(BOX_PLAINTEXT).u8(KIND).put(nonce).u64(this.counter).bytes;
    const box = this.box(slot, turn);
    this.d.puts.add({
      owner: 'own',
      ref: id,
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

  onStored(put: PutEntry, now: Millis): void {
    const row = this.d.store.get('SELECT slot FROM own_boxes WHERE id = ?', put.ref);
    // That nobody went on from an earlier one says nothing about now.
    if (row === undefined || num(row, 'slot') !== this.written) return;
    const digestMs = this.d.network()?.current(now)?.parameters.digestMs ?? 0;
    if (now >= this.clearUntil) this.clearFrom = now + DIGESTS * digestMs;
    this.clearUntil = now + VOUCHES;
    this.settle();
  }

  /** The next ten minutes have a box of their own. */
  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    this.unanswered(put.ref, now);
  }

  /** Only what stands there proves anything: an edge may say so of any box. */
  onTaken(put: PutEntry, now: Millis): void {
    this.wait(now);
    this.unanswered(put.ref, now);
  }

  /**
   * Whether this store's bytes stand in a box of its own is not known: it is read, and what is not
   * settled by then is asked for again after a crash. In a transaction.
   */
  private unanswered(ref: number, now: Millis): void {
    const { store } = this.d;
    const row = store.get('SELECT slot, turn FROM own_boxes WHERE id = ?', ref);
    if (row === undefined) return;
    store.run('UPDATE own_boxes SET alone = 0 WHERE id >= ?', ref);
    this.lookFor(num(row, 'slot'), num(row, 'turn'), now);
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: unknown, now: Millis): void {
    if (!this.isOwn(plaintext)) {
      this.meet(plaintext, now);
      // Of these ten minutes: what is asked of its successor vouches for this one.
      if (this.noticed === null && watch.index === Math.floor(now / SLOT)) this.answer(now);
    }
    this.answered(watch);
  }

  /** This store wrote these bytes. */
  private isOwn(plaintext: Uint8Array): boolean {
    const nonce = plaintext.slice(1, 1 + NONCE);
    const sql = 'SELECT 1 AS one FROM own_boxes WHERE nonce = ?';
    return this.d.store.get(sql, nonce) !== undefined;
  }

  /** Another daemon of this profile wrote this: of the two the higher counter goes on. In a transaction. */
  private meet(plaintext: Uint8Array, now: Millis): void {
    this.other = counterIn(plaintext);
    if (this.other >= this.counter) this.notice(now);
  }

  /** In a transaction. */
  private notice(now: Millis): void {
    if (this.noticed !== null) return;
    this.noticed = Math.floor(now);
    const sql = 'INSERT INTO copied (at, counter) VALUES (?, ?)';
    this.d.store.run(sql, this.noticed, this.other);
    this.d.puts.paused = true;
    this.d.alarm(this.other > this.counter ? 'restored-elsewhere' : 'store-copied', now);
  }

  /** The other one began without knowing: it sees the box that is written now, and stops, too. */
  private answer(now: Millis): void {
    const network = this.d.network();
    if (network === null) return;
    // Its own box stands one turn after the last this store wrote; this one after that.
    const slot = Math.floor(now / SLOT);
    const turn = this.turn(slot);
    for (const next of [turn, turn + 1]) this.put(network, slot, next, now);
  }
}

function counterIn(plaintext: Uint8Array): number {
  const at = 1 + NONCE;
  try {
    return new ByteReader(plaintext.subarray(at, at + 8), 'own box').u64();
  } catch {
    // None of ours writes that.
    return 0;
  }
}

/** The next turn of the same ten minutes, and turn 0 of the next. */
function followers(rows: readonly SqlRow[]): readonly (readonly [slot: number, turn: number])[] {
  const all = rows.flatMap((row) => {
    const [slot, turn] = [num(row, 'slot'), num(row, 'turn')];
    return [
      [slot, turn + 1],
      [slot + 1, 0],
    ] as const;
  });
  return [...new Map(all.map((one) => [one.join(), one])).values()];
}
