/** Both ends of a recovery, wired, and when a restored daemon begins (docs/spec/20-recovery.md, 9). */
import type { Millis } from '@tacet/base';
import type { OwnBoxes } from '../copies/own-boxes.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { RecoveryDeps } from './deps.ts';
import { Rekey } from './rekey.ts';
import { Restating } from './restating.ts';

export interface JoinDeps extends Omit<RecoveryDeps, 'renumbering'> {
  readonly outbox: Outbox;
  readonly ownBoxes: OwnBoxes;
}

export class RecoveryParts {
  readonly rekey: Rekey;
  readonly restating: Restating;
  private readonly d: JoinDeps;

  constructor(deps: JoinDeps) {
    const { outbox } = deps;
    const all = { ...deps, renumbering: () => outbox.renumbering };
    this.d = deps;
    this.rekey = new Rekey(all);
    this.restating = new Restating({ ...all, recall: (id) => outbox.recall(id) });
  }

  /** Before each slot: a restored daemon begins once it knows the network and its time. */
  advance(linked: boolean, now: Millis): void {
    if (!this.restating.waits || !linked || this.d.network()?.current(now) == null) return;
    this.d.store.transaction(() => this.begin(0, now));
  }

  /**
   * This daemon goes on, in place of every other of its profile. In a transaction.
   * @param known restore counter of another one
   */
  begin(known: number, now: Millis): void {
    this.restating.begin(known, now);
    this.d.ownBoxes.begin(now);
  }
}
