/** What a chapter of their lives may use, and what it hands back. */
import type { Millis } from '@tacet/base';
import type { Town } from '../lib/town.ts';
import type { Outcome } from '../network/stage.ts';
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

export interface Chapter {
  readonly name: string;
  readonly expected: string;
  play(stage: Stage): Promise<Outcome>;
}
