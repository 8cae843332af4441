/** All of a recovery, wired, and when a restored daemon begins (docs/spec/20-recovery.md, 9). */
import type { Millis } from '@tacet/base';
import type { OwnBoxes } from '../copies/own-boxes.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { CatchUp } from '../streams/recovery.ts';
import type { RecoveryDeps } from './deps.ts';
import { ListReader } from './list-reader.ts';
import { ListWriter } from './list-writer.ts';
import { Rekey } from './rekey.ts';
import { Restating } from './restating.ts';

export interface JoinDeps extends Omit<RecoveryDeps, 'renumbering'> {
  readonly outbox: Outbox;
  readonly ownBoxes: OwnBoxes;
  readonly catchUp: CatchUp;
}

export class RecoveryParts {
  readonly rekey: Rekey;
  readonly restating: Restating;
  private readonly list: ListWriter;
  private readonly listed: ListReader;
  private readonly d: JoinDeps;

  constructor(deps: JoinDeps) {
    const { outbox } = deps;
    const all = { ...deps, renumbering: () => outbox.renumbering };
    this.d = deps;
    this.rekey = new Rekey(all);
    this.restating = new Restating({ ...all, recall: (id) => outbox.recall(id) });
    this.list = new ListWriter(deps);
    this.listed = new ListReader(deps);
  }

  /** Before each slot: a restored daemon begins once it knows network, time and contacts. */
  advance(linked: boolean, now: Millis): void {
    if (!this.restating.waits || !linked) return;
    const parameters = this.d.network()?.current(now)?.parameters;
    if (parameters === undefined || !this.listed.advance(parameters.boxLifeDays, now)) return;
    this.d.store.transaction(() => {
      this.listed.end();
      this.begin(this.listed.counter, now);
    });
  }

  /** @param lifeDays of boxes */
  hourly(lifeDays: number, now: Millis): void {
    this.rekey.tryAgain();
    this.restating.postAgain(lifeDays, now);
    this.list.post(lifeDays, now);
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
