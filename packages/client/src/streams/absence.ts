/** Remembers how far digests were seen, and starts recovery when some were missed for good. */
import { HOUR, MINUTE, type Millis, SECOND, utf8 } from '@tacet/base';
import type { ReadQueue } from '../boxes/reads.ts';
import type { WatchList } from '../boxes/watches.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import { writeSetting } from '../store/settings.ts';
import type { StreamReader } from './reader.ts';
import { RecoveryClock } from './recovery-clock.ts';

export interface AbsenceDeps {
  readonly store: ProfileStore;
  readonly network: () => Network | null;
  readonly reader: StreamReader;
  readonly reads: ReadQueue;
  readonly watches: WatchList;
  /** Files that are being fetched. */
  readonly files: { recover(now: Millis): void };
}

export class Absence {
  private readonly d: AbsenceDeps;
  /** Everybody costs a slot for each of many boxes; those just spoken with a few. */
  private readonly everybody = new RecoveryClock(10 * MINUTE);
  private readonly recent = new RecoveryClock(MINUTE);
  private lastNoted: Millis = 0;
  /** Up to where the profile knows that digests were seen. */
  private saved: Millis = 0;

  constructor(deps: AbsenceDeps) {
    this.d = deps;
  }

  /** A digest came. */
  note(now: Millis): void {
    const { reader, reads, watches, store } = this.d;
    const network = this.d.network();
    const newest = network?.newestDigest ?? null;
    if (newest === null || newest - this.lastNoted < 10 * SECOND) return;
    this.lastNoted = newest;
    const missed = network?.takeMissed(now) ?? null;
    if (missed !== null) for (const clock of [this.everybody, this.recent]) clock.missed(missed);
    const parameters = network?.current(now)?.parameters;
    if (parameters !== undefined) {
      const since = this.recent.take(now);
      if (since !== null) reader.recover(now, since, parameters.boxLifeDays, now - HOUR);
    }
    const since = parameters === undefined ? null : this.everybody.take(now);
    if (since !== null && parameters !== undefined) {
      reader.recover(now, since, parameters.boxLifeDays);
      // The answer to an invitation, and the answer to that, stand in one fixed box each.
      for (const watch of watches.meetings()) reads.catchUp(watch, now, null);
      reader.roots.ask(since, now);
      this.d.files.recover(now);
    }
    // Not before all of an absence was asked for: who dies in the middle begins again.
    if (reads.catchingUp || this.everybody.waiting) return;
    const complete = network?.completeTo ?? newest;
    // Edges tell an hour again, so that a minute less costs nothing, and an idle disk may rest.
    const further = complete - this.saved;
    if (further >= 0 && further < MINUTE) return;
    this.saved = complete;
    writeSetting(store, 'last-digest', utf8(String(Math.floor(complete))));
  }
}
