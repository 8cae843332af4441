/**
 * The reading end of streams: keeps the secrets of every box that may still come (look-ahead and
 * gaps), slides on the highest index seen, follows beacons after an absence. Gaps never block.
 */
import { AppError, DAY, dayOf, HOUR, isAppError, MINUTE, type Millis } from '@tacet/base';
import type { BoxRecord, Mark } from '@tacet/wire';
import type { NextBoxes } from '../boxes/standing.ts';
import type { Watch, WatchList, WatchOwner } from '../boxes/watches.ts';
import { LOOK_AHEAD, MAX_GAPS, MAX_SKIP } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { TheirRoots } from '../recovery/their-roots.ts';
import { blobOrNull, num } from '../store/rows.ts';
import { beaconBox, firstBeacon, firstChain, nextBeacon, nextChain, streamBox } from './chain.ts';
import { HealingReader, OFFERED, OFFERED_BEACON } from './healing-reader.ts';
import { type BoxContent, decodeBoxContent } from './parts.ts';
import { type CatchUp, Recovery } from './recovery.ts';

export interface StreamListener {
  /** A part or control of a contact was read. In the transaction that forgets its box. */
  onContent(
    contactId: number,
    content: Extract<BoxContent, { kind: 'part' | 'control' }>,
    /** Of the box in its stream. */
    index: number,
    now: Millis,
  ): void;
  /** Valid box, senseless content: a dead letter. */
  onSenseless(contactId: number, plaintext: Uint8Array, now: Millis): void;
}

/** From seeing a gap to asking for it. */
const GAP_PAUSE: Millis = MINUTE;
/** A gap that was asked for in vain: again after an hour, doubled each time, at most a day. */
const FIRST_REST: Millis = HOUR;
const LONGEST_REST: Millis = DAY;

export class StreamReader implements WatchOwner, NextBoxes {
  private readonly store: ProfileStore;
  private readonly watches: WatchList;
  private readonly listener: StreamListener;
  private readonly catchUp: CatchUp;
  readonly healing: HealingReader;
  readonly roots: TheirRoots;
  private readonly recovery: Recovery;
  /** Contacts with a fresh gap, and when to ask for it: a late box may still be announced. */
  private readonly gapsDue = new Map<number, Millis>();

  constructor(store: ProfileStore, watches: WatchList, catchUp: CatchUp, listener: StreamListener) {
    this.store = store;
    this.watches = watches;
    this.catchUp = catchUp;
    this.listener = listener;
    this.healing = new HealingReader(store, watches);
    this.roots = new TheirRoots(store, watches, catchUp);
    this.recovery = new Recovery(watches, catchUp, (contactId) => this.head(contactId));
    watches.register('stream', this);
    watches.register('beacon', { onRecord: (w, p, _r, now) => this.onBeacon(w, p, now) });
    watches.register(OFFERED, {
      onRecord: (w, p, r, now) => {
        this.healing.switch(w.ref);
        this.onRecord(w, p, r, now);
      },
    });
    watches.register(OFFERED_BEACON, {
      onRecord: (w, p, _r, now) => {
        this.healing.switch(w.ref);
        this.onBeacon(w, p, now);
      },
    });
  }

  /** Begins the other side's stream of a new pair. In a transaction. */
  begin(contactId: number, root: Uint8Array, now: Millis): void {
    this.store.run(
      'UPDATE contacts SET in_chain = ?, in_next = 0, in_head = 0, in_beacon = ?, in_beacon_day = ? WHERE id = ?',
      firstChain(root),
      firstBeacon(root),
      dayOf(now),
      contactId,
    );
    this.healing.begin(contactId, root);
    this.roots.begin(contactId, root, now);
    this.extend(contactId, 0, now);
    this.addBeacons(contactId, now);
  }

  /** What was written before the stream was known here: its first boxes are asked for. In a transaction. */
  lookAhead(contactId: number, now: Millis): void {
    this.recovery.begin(contactId, [], now);
  }

  /**
   * Its writer began before the stream was known here. What was named in the last minutes is read as
   * if it were named now; where the word of the stream is older than that, its first boxes are asked
   * for. In a transaction.
   * @param word mark of the box that brought it
   */
  beganBefore(contactId: number, word: Mark, now: Millis): void {
    const first = this.watches.range('stream', contactId, 0, LOOK_AHEAD);
    this.watches.hearAgain(first, now);
    if (!this.watches.heardOf(word, now)) this.lookAhead(contactId, now);
  }

  nextBox(contactId: number, after: number): Watch | null {
    return this.watches.find('stream', contactId, this.head(contactId) + after);
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: BoxRecord, now: Millis): void {
    const contactId = watch.ref;
    if (watch.index > this.head(contactId)) this.gapsDue.set(contactId, now + GAP_PAUSE);
    this.extend(contactId, watch.index + 1, now);
    let content: BoxContent | null = null;
    try {
      content = decodeBoxContent(plaintext);
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
    if (content === null || content.kind === 'beacon' || content.kind === 'cover') {
      this.listener.onSenseless(contactId, plaintext, now);
    } else {
      this.listener.onContent(contactId, content, watch.index, now);
    }
    this.recovery.onRead(contactId, now);
  }

  private head(contactId: number): number {
    const row = this.store.get('SELECT in_head FROM contacts WHERE id = ?', contactId);
    return row === undefined ? 0 : num(row, 'in_head');
  }

  /** When gaps are next asked for, or null. */
  get deadline(): Millis | null {
    let at: Millis | null = null;
    for (const due of this.gapsDue.values()) at = at === null ? due : Math.min(at, due);
    return at;
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    for (const [contactId, due] of this.gapsDue) this.gapsDue.set(contactId, due - by);
    this.store.run(
      'UPDATE watches SET ask_at = max(0, ask_at - ?) WHERE ask_at > 0',
      Math.floor(by),
    );
  }

  /** Asks for the boxes that were passed over some time ago. */
  advance(now: Millis): void {
    for (const [contactId, due] of this.gapsDue) {
      if (due > now) continue;
      this.gapsDue.delete(contactId);
      this.fetchGaps(contactId, now);
    }
  }

  /** Hourly: gaps of everybody whose rest is over, in case their box was filled late. */
  sweepGaps(now: Millis): void {
    for (const row of this.store.all('SELECT id FROM contacts WHERE in_chain IS NOT NULL')) {
      this.fetchGaps(num(row, 'id'), now, now);
    }
  }

  /**
   * Newest gaps first; a box that was never written costs a read of each of its edges.
   * @param rested only those that may be asked for again by then
   */
  private fetchGaps(contactId: number, now: Millis, rested = Number.MAX_SAFE_INTEGER): void {
    const rows = this.store.all(
      `SELECT id, idx, asks FROM watches
       WHERE owner = 'stream' AND ref = ? AND idx < ? AND ask_at <= ? AND quiet = 0
       ORDER BY idx DESC LIMIT ${LOOK_AHEAD}`,
      contactId,
      this.head(contactId),
      Math.floor(rested),
    );
    if (rows.length === 0) return;
    this.store.transaction(() => {
      for (const row of rows) {
        const rest = Math.min(LONGEST_REST, FIRST_REST * 2 ** num(row, 'asks'));
        this.store.run(
          'UPDATE watches SET asks = asks + 1, ask_at = ? WHERE id = ?',
          Math.floor(now + rest),
          num(row, 'id'),
        );
        const gap = this.watches.find('stream', contactId, num(row, 'idx'));
        if (gap !== null) this.catchUp(gap, now, null);
      }
    });
  }

  /** Derives boxes up to `head` + look-ahead. In a transaction. */
  private extend(contactId: number, head: number, now: Millis): void {
    const row = this.store.get(
      'SELECT in_chain, in_next, in_head FROM contacts WHERE id = ?',
      contactId,
    );
    let chain = row === undefined ? null : blobOrNull(row, 'in_chain');
    if (row === undefined || chain === null) {
      throw new AppError('stream-missing', 'bug', 'a box came before its stream began');
    }
    const seen = Math.max(num(row, 'in_head'), head);
    // A passed-over box lives from now on: it may have been written this minute, however long ago
    // its secrets were derived.
    this.store.run(
      "UPDATE watches SET created_day = ? WHERE owner = 'stream' AND ref = ? AND idx >= ? AND idx < ?",
      dayOf(now),
      contactId,
      num(row, 'in_head'),
      seen,
    );
    let next = num(row, 'in_next');
    for (; next < seen + LOOK_AHEAD; next++) {
      this.watches.add('stream', contactId, next, streamBox(chain), now);
      chain = nextChain(chain);
    }
    this.store.run(
      'UPDATE contacts SET in_chain = ?, in_next = ?, in_head = ? WHERE id = ?',
      chain,
      next,
      seen,
      contactId,
    );
  }

  /** Once a day: the beacon boxes of all days up to tomorrow. */
  everyDay(now: Millis): void {
    this.store.transaction(() => {
      for (const row of this.store.all('SELECT id FROM contacts WHERE in_beacon IS NOT NULL')) {
        this.addBeacons(num(row, 'id'), now);
        this.healing.addBeacons(num(row, 'id'), now);
      }
    });
  }

  private addBeacons(contactId: number, now: Millis): void {
    const row = this.store.get(
      'SELECT in_beacon, in_beacon_day FROM contacts WHERE id = ?',
      contactId,
    );
    let chain = row === undefined ? null : blobOrNull(row, 'in_beacon');
    if (row === undefined || chain === null) return;
    let day = num(row, 'in_beacon_day');
    for (; day <= dayOf(now) + 1; day++) {
      this.watches.add('beacon', contactId, day, beaconBox(chain), now);
      chain = nextBeacon(chain);
    }
    this.store.run(
      'UPDATE contacts SET in_beacon = ?, in_beacon_day = ? WHERE id = ?',
      chain,
      day,
      contactId,
    );
  }

  private onBeacon(watch: Watch, plaintext: Uint8Array, now: Millis): void {
    const contactId = watch.ref;
    let content: BoxContent;
    try {
      content = decodeBoxContent(plaintext);
    } catch {
      this.listener.onSenseless(contactId, plaintext, now);
      return;
    }
    if (content.kind !== 'beacon') {
      this.listener.onSenseless(contactId, plaintext, now);
      return;
    }
    const row = this.store.get('SELECT in_head FROM contacts WHERE id = ?', contactId);
    if (row === undefined) return;
    if (content.generation > this.healing.generation(contactId)) {
      this.listener.onSenseless(contactId, plaintext, now);
      return;
    }
    const skip = content.head - num(row, 'in_head');
    if (skip > MAX_SKIP || (skip > 0 && this.gaps(contactId) + skip > MAX_GAPS)) {
      this.listener.onSenseless(contactId, plaintext, now);
      return;
    }
    this.extend(contactId, content.head, now);
    for (const missed of this.watches.range('stream', contactId, content.lowest, content.head)) {
      this.catchUp(missed, now, null);
    }
    // What waited then waits now, or was read: older ones say nothing more.
    for (const older of this.watches.range('beacon', contactId, 0, watch.index)) {
      this.watches.remove(older);
    }
    this.recovery.onRead(contactId, now);
  }

  private gaps(contactId: number): number {
    const row = this.store.get(
      `SELECT count(*) AS n FROM watches w JOIN contacts c ON c.id = w.ref
       WHERE w.owner = 'stream' AND w.ref = ? AND w.idx < c.in_head`,
      contactId,
    );
    return row === undefined ? 0 : num(row, 'n');
  }

  /**
   * After digests were lost: recent contacts first, each box at its likely home first.
   * @param touched only those with whom something happened since
   */
  recover(now: Millis, since: Millis, lifeDays: number, touched: Millis = 0): void {
    const rows = this.store.all(
      `SELECT id FROM contacts WHERE in_chain IS NOT NULL AND touched_at >= ?
       ORDER BY touched_at DESC`,
      Math.floor(touched),
    );
    const first = Math.max(dayOf(since), dayOf(now) - lifeDays);
    for (const row of rows) {
      const contactId = num(row, 'id');
      this.fetchGaps(contactId, now);
      const beacons = this.watches.range('beacon', contactId, first, dayOf(now) + 1);
      this.recovery.begin(contactId, [...this.healing.toAsk(contactId, first), ...beacons], now);
    }
  }

  /** Forgets gaps that nobody can fill any more. */
  expireGaps(now: Millis, lifeDays: number): void {
    this.store.transaction(() => {
      for (const row of this.store.all(
        'SELECT id, in_head FROM contacts WHERE in_chain IS NOT NULL',
      )) {
        const contactId = num(row, 'id');
        for (const gap of this.store.all(
          "SELECT idx FROM watches WHERE owner = 'stream' AND ref = ? AND idx < ? AND created_day < ?",
          contactId,
          num(row, 'in_head'),
          dayOf(now) - lifeDays - 2,
        )) {
          const watch = this.watches.find('stream', contactId, num(gap, 'idx'));
          if (watch !== null) this.watches.remove(watch);
        }
      }
    });
  }
}
