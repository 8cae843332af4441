/** Time for a role: from the first moment of the document to the end of its epoch, in even steps. */
import { MINUTE, type Millis } from '@tacet/base';
import { TEST_NOW } from '@tacet/testkit';

const SPAN: Millis = 30 * MINUTE;

export class RoleClock {
  now: Millis = TEST_NOW;
  private readonly step: Millis;

  /** @param steps so many `tick`s fit */
  constructor(steps: number, longest: Millis) {
    this.step = Math.min(longest, SPAN / Math.max(1, steps));
  }

  tick(by: Millis = this.step): Millis {
    this.now += by;
    return this.now;
  }
}
