/** Box stores of edges: rates, restart, memory, disk, each engine by itself in `boxes/`. */
import { runSqlite } from './boxes/sqlite.ts';

export interface BoxesBenchOptions {
  /** Boxes written; the goals are for a million. */
  readonly boxes?: number;
  readonly say?: (line: string) => void;
}

export async function run(options: BoxesBenchOptions = {}): Promise<Record<string, number>> {
  return runSqlite(options);
}
