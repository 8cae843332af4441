/**
 * Which boxes are asked for without an announcement after digests were lost, and in which order
 * (docs/spec/07-streams.md, 2): of every contact the next box, then beacons, the newest first, and
 * between them the few boxes after the next, which may never have been written. What is found
 * leads to what comes after it.
 */
import { dayOf, type Millis } from '@tacet/base';
import type { Watch, WatchList } from '../boxes/watches.ts';
import { MAX_UNWRITTEN } from '../limits.ts';
import { OFFERED } from './healing-reader.ts';

/** Asks for a box nobody announced; see ReadQueue.catchUp. */
export type CatchUp = (
  watch: Watch,
  now: Millis,
  onAbsent: ((now: Millis) => void) | null,
  rank?: number,
) => void;

/** Places in the order; 0 is what is known to have been written. */
const NEXT = 1;
const NEWEST_BEACON = 2;
/** Boxes after the next are asked for between the beacons of so many days. */
const DAYS_EACH = 6;

export class Recovery {
  private readonly watches: WatchList;
  private readonly catchUp: CatchUp;
  private readonly head: (contactId: number) => number;
  /** Boxes from the head on that are asked for, of contacts that are being caught up with. */
  private readonly open = new Map<number, Set<Watch>>();

  constructor(watches: WatchList, catchUp: CatchUp, head: (contactId: number) => number) {
    this.watches = watches;
    this.catchUp = catchUp;
    this.head = head;
  }

  /** @param others beacons, and the first box of an offered generation */
  begin(contactId: number, others: readonly Watch[], now: Millis): void {
    for (const watch of others) {
      const rank = watch.owner === OFFERED ? NEXT : NEWEST_BEACON + age(watch, now);
      this.catchUp(watch, now, null, rank);
    }
    this.open.set(contactId, this.open.get(contactId) ?? new Set());
    this.ask(contactId, NEXT, now);
  }

  /** A box of this contact was read, or a beacon: the head may have moved. */
  onRead(contactId: number, now: Millis): void {
    const asked = this.open.get(contactId);
    if (asked === undefined) return;
    for (const watch of asked) if (!this.watches.holds(watch)) asked.delete(watch);
    this.ask(contactId, 0, now);
  }

  private ask(contactId: number, first: number, now: Millis): void {
    const head = this.head(contactId);
    for (let n = 0; n <= MAX_UNWRITTEN; n++) {
      const watch = this.watches.find('stream', contactId, head + n);
      if (watch === null) continue;
      const rank = n === 0 ? first : NEWEST_BEACON + n * DAYS_EACH;
      this.open.get(contactId)?.add(watch);
      this.catchUp(watch, now, () => this.absent(contactId, watch), rank);
    }
  }

  private absent(contactId: number, watch: Watch): void {
    const asked = this.open.get(contactId);
    asked?.delete(watch);
    if (asked?.size === 0) this.open.delete(contactId);
  }
}

/** Days since that of a beacon. */
function age(beacon: Watch, now: Millis): number {
  return Math.max(0, dayOf(now) - beacon.index);
}
