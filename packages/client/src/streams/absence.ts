/** Remembers how far digests were seen, and starts recovery when some were missed for good. */
import { MINUTE, type Millis, SECOND, utf8 } from '@tacet/base';
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
}

export class Absence {
  private readonly d: AbsenceDeps;
  private readonly recovery = new RecoveryClock();
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
    if (missed !== null) this.recovery.missed(missed);
    const parameters = network?.current(now)?.parameters;
    const since = parameters === undefined ? null : this.recovery.take(now);
    if (since !== null && parameters !== undefined) {
      reader.recover(now, since, parameters.boxLifeDays);
      // The answer to an invitation, and the answer to that, stand in one fixed box each.
      for (const watch of watches.meetings()) reads.catchUp(watch, now, null);
    }
    // Not before all of an absence was asked for: who dies in the middle begins again.
    if (reads.catchingUp || this.recovery.waiting) return;
    const complete = network?.completeTo ?? newest;
    // Edges tell an hour again, so that a minute less costs nothing, and an idle disk may rest.
    const further = complete - this.saved;
    if (further >= 0 && further < MINUTE) return;
    this.saved = complete;
    writeSetting(store, 'last-digest', utf8(String(Math.floor(complete))));
  }
}
