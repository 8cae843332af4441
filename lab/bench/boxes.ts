/** Box stores of edges: rates, restart, memory, disk, each engine by itself in `boxes/`. */
import { runRedis } from './boxes/redis.ts';
import { runSqlite } from './boxes/sqlite.ts';

export interface BoxesBenchOptions {
  /** Boxes written to SQLite; the goals are for a million. A cluster here gets fewer. */
  readonly boxes?: number;
  readonly say?: (line: string) => void;
}

/** Six servers hold each box twice, in memory. */
const CLUSTER_BOXES = 200_000;

export async function run(options: BoxesBenchOptions = {}): Promise<Record<string, number>> {
  return {
    ...(await runSqlite(options)),
    ...(await runRedis({
      boxes: Math.min(options.boxes ?? CLUSTER_BOXES, CLUSTER_BOXES),
      say: options.say,
    })),
  };
}
