/** One kind of thing people do in their lives, and what it leaves in their store. */
import type { Rng } from '@tacet/base';
import type { Person } from './person.ts';

export interface Strand {
  readonly name: string;
  /** How often, against the others. */
  readonly weight: number;
  /** Done once it was answered, however often the daemon was killed meanwhile. */
  act(person: Person, rng: Rng): Promise<void>;
  /** At the end: where this person's store does not agree with what was done, in words. */
  audit(person: Person): Promise<string[]>;
}
