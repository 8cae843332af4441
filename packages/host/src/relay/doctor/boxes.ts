/** Whether the cluster an edge keeps its boxes in can be used. SQLite's files are with the disk. */
import { redisNameSpace } from '@tacet/adapters/boxes-redis';
import { isAppError } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { probeStore } from '../boxes.ts';
import type { RelayConfig } from '../config/types.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

export async function boxesFindings(config: RelayConfig, self: RelayHash): Promise<Finding[]> {
  if (config.boxes.engine === 'sqlite') return [];
  const what = 'box cluster';
  // Public, and what a node's access list must name (docs/ops/redis.md).
  const space = `name space ${redisNameSpace(self)}`;
  try {
    const probe = await probeStore(config, self);
    if (probe === null) return [];
    const { primaries, replicas } = probe;
    const found = `${primaries} primaries, ${replicas} replicas; ${space}`;
    if (replicas >= primaries) return [ok(what, found)];
    return [warn(what, found, 'give each primary a replica: without one no box is taken')];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [bad(what, `${error.message} (${error.code}); ${space}`, 'docs/ops/redis.md')];
  }
}
