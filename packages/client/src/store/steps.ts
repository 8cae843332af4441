/** The tables of a new profile in short pieces of work: for a host whose thread must not be held for long. */
import type { ProfileStore } from '../ports.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './schema.ts';

/** To be run in this order, all of them; afterwards there is nothing left to migrate. */
export function schemaSteps(store: ProfileStore): readonly (() => void)[] {
  return MIGRATIONS.map((_, n) => () => void migrate(store, MIGRATIONS.slice(0, n + 1)));
}
