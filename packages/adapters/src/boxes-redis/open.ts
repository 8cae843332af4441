/** Opens the store: reaches the cluster, makes sure that it keeps what it acknowledges. */
import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '@tacet/base';
import type { BoxStore } from '@tacet/relay';
import { Cluster, refusalOf } from './cluster.ts';
import type { Address, Connection, Door } from './connection.ts';
import { Hold } from './hold.ts';
import { ServerError } from './resp.ts';
import { RedisBoxes } from './store.ts';
import { nameOf } from './topology.ts';
import { nameSpaceOf } from './values.ts';

export interface RedisBoxesOptions {
  /** Some nodes of the cluster; the others are found through them. */
  readonly nodes: readonly Address[];
  /** The relay hash of the edge whose boxes these are, 32 bytes. */
  readonly edge: Uint8Array;
  readonly user?: string;
  readonly password?: string;
  readonly tls?: Door['tls'];
}

/**
 * Rejects with `boxes-unreachable`, `boxes-tls`, `boxes-login`, `boxes-not-cluster`,
 * `boxes-uncovered`, `boxes-evicting`, `boxes-volatile`, `boxes-in-use` or `boxes-failed`.
 */
export async function openRedisBoxes(options: RedisBoxesOptions): Promise<BoxStore> {
  const cluster = await openCluster(options);
  try {
    const nameSpace = nameSpaceOf(options.edge);
    const hold = await Hold.take(cluster, nameSpace, randomBytes(16).toString('base64url'));
    return new RedisBoxes(cluster, nameSpace, hold);
  } catch (error) {
    cluster.end();
    throw error;
  }
}

export interface RedisBoxesProbe {
  readonly primaries: number;
  readonly replicas: number;
}

/** Everything `openRedisBoxes` does before it takes hold of the boxes; changes nothing. */
export async function probeRedisBoxes(options: RedisBoxesOptions): Promise<RedisBoxesProbe> {
  const cluster = await openCluster(options);
  const { primaries, addresses } = cluster;
  cluster.end();
  return { primaries: primaries.length, replicas: addresses.length - primaries.length };
}

export async function openCluster(options: Omit<RedisBoxesOptions, 'edge'>): Promise<Cluster> {
  const { nodes, user = null, password = null, tls = null } = options;
  const cluster = await Cluster.open(nodes, { user, password, tls });
  try {
    const primaries = new Set(cluster.primaries.map(nameOf));
    for (const address of cluster.addresses) {
      try {
        await checkNode(cluster, address);
      } catch (error) {
        // A replica that is away is looked at by nobody until it is back.
        if (primaries.has(nameOf(address)) || !isAppError(error, 'boxes-unreachable')) throw error;
      }
    }
    return cluster;
  } catch (error) {
    cluster.end();
    throw error;
  }
}

async function checkNode(cluster: Cluster, address: Address): Promise<void> {
  const connection = await cluster.connect(address);
  try {
    await checkSettings(connection);
  } finally {
    connection.end();
  }
}

/** A server that does not name a setting has none that could do harm. */
async function checkSettings(connection: Connection): Promise<void> {
  const policy = await setting(connection, 'memory', 'maxmemory_policy');
  if (policy !== null && policy !== 'noeviction') {
    throw new AppError(
      'boxes-evicting',
      'usage',
      'a node of the box cluster throws keys away when it is full: set `maxmemory-policy noeviction`',
    );
  }
  if ((await setting(connection, 'persistence', 'aof_enabled')) === '0') {
    throw new AppError(
      'boxes-volatile',
      'usage',
      'a node of the box cluster keeps nothing on its disk: set `appendonly yes`',
    );
  }
}

async function setting(
  connection: Connection,
  section: string,
  name: string,
): Promise<string | null> {
  const reply = await connection.call('INFO', section);
  if (reply instanceof ServerError) throw refusalOf(reply);
  const text = reply instanceof Uint8Array ? Buffer.from(reply).toString('latin1') : '';
  return new RegExp(`^${name}:([^\\r\\n]*)`, 'm').exec(text)?.[1] ?? null;
}
