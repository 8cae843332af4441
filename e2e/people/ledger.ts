/** What the six have done, written down as it is done: what every store must agree with. */
import type { Millis } from '@tacet/base';

/** A text, as its writer gave it. */
export interface Said {
  /** The text, unlike any other. */
  readonly text: string;
  readonly from: string;
  readonly to: string;
  /** At its writer. */
  readonly id: string;
  readonly at: Millis;
  /** What was played when it was given. */
  readonly chapter: string;
  /** The newest text its writer had of this conversation; null in the first. */
  readonly after: string | null;
}

export class Ledger {
  readonly said: Said[] = [];
  /** Written down beside what is given from now on. */
  chapter = '';

  /** Of one conversation, both ways. */
  between(a: string, b: string): readonly Said[] {
    return this.said.filter(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  }
}
