/** What a chapter of their lives may use. */
import type { Millis } from '@tacet/base';
import type { Chapter as PlainChapter } from '../lib/chapters.ts';
import type { Town } from '../lib/town.ts';
import { within } from '../network/stage.ts';
import type { Ledger } from './ledger.ts';
import type { Person } from './person.ts';

export interface Stage {
  readonly town: Town;
  readonly ledger: Ledger;
  readonly seed: string;
  readonly epochMs: Millis;
  /** Epochs for which a document is good. */
  readonly validEpochs: number;
  readonly say: (line: string) => void;
  person(name: string): Person;
  readonly people: readonly Person[];
}

export type Chapter = PlainChapter<Stage>;

/** Looks whether what a chapter waits for comes, and keeps what did not. */
export class Witness {
  readonly faults: string[] = [];
  private readonly say: (line: string) => void;
  private readonly patienceMs: Millis;

  constructor({ say }: Pick<Stage, 'say'>, patienceMs: Millis) {
    this.say = say;
    this.patienceMs = patienceMs;
  }

  async see(what: string, holds: () => Promise<boolean>): Promise<void> {
    const seen = await within(this.patienceMs, holds);
    this.say(`  ${what}${seen ? '' : ' NOT'}`);
    if (!seen) this.faults.push(`not seen: ${what}`);
  }

  must(what: string, found: unknown, wanted: unknown): void {
    if (found !== wanted) this.faults.push(`${what}: ${String(found)}, not ${String(wanted)}`);
  }
}

export type Pair = readonly [string, string];

export function areAmong(pairs: readonly Pair[], a: string, b: string): boolean {
  return pairs.some(([one, other]) => (one === a && other === b) || (one === b && other === a));
}
