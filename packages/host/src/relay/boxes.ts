/** Opens the store an edge's configuration names. Secrets are read from their files here and now. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  openRedisBoxes,
  probeRedisBoxes,
  type RedisBoxesOptions,
  type RedisBoxesProbe,
} from '@tacet/adapters/boxes-redis';
import { openBoxes } from '@tacet/adapters/boxes-sqlite';
import { AppError, fromUtf8 } from '@tacet/base';
import { parseAddress, type RelayHash } from '@tacet/directory';
import type { BoxStore } from '@tacet/relay';
import type { BoxesConfig, BoxesTls, RelayConfig } from './config/types.ts';
import { readSecret } from './files.ts';

type RedisConfig = Extract<BoxesConfig, { engine: 'redis' }>;

/** @throws what the engines throw; `config-file`, `key-missing` or `key-readable` for their files */
export async function openStore(config: RelayConfig, self: RelayHash): Promise<BoxStore> {
  const { boxes } = config;
  if (boxes.engine === 'sqlite') return openBoxes({ dir: join(config.data, 'boxes') });
  return openRedisBoxes(redisOptions(boxes, self));
}

/** For the doctor: null where there is nothing to be reached. */
export async function probeStore(
  { boxes }: RelayConfig,
  self: RelayHash,
): Promise<RedisBoxesProbe | null> {
  return boxes.engine === 'sqlite' ? null : probeRedisBoxes(redisOptions(boxes, self));
}

function redisOptions(boxes: RedisConfig, self: RelayHash): RedisBoxesOptions {
  const { user, passwordFile, tls } = boxes;
  return {
    edge: self,
    nodes: boxes.nodes.map(parseAddress).filter((address) => address !== null),
    ...(user === null ? {} : { user }),
    // One line of text, as editors and `echo` leave it.
    ...(passwordFile === null ? {} : { password: secretText(passwordFile).replace(/\r?\n$/, '') }),
    ...(tls === null ? {} : { tls: tlsOf(tls) }),
  };
}

function tlsOf({ caFile, certFile, keyFile, serverName }: BoxesTls) {
  return {
    ...(caFile === null ? {} : { ca: readFile(caFile) }),
    ...(certFile === null ? {} : { cert: readFile(certFile) }),
    ...(keyFile === null ? {} : { key: secretText(keyFile) }),
    ...(serverName === null ? {} : { servername: serverName }),
  };
}

function secretText(path: string): string {
  const bytes = readSecret(path);
  if (bytes !== null) return fromUtf8(bytes);
  throw new AppError(
    'key-missing',
    'missing',
    'a file named by `boxes` that holds a secret is not there',
  );
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('config-file', 'usage', 'a file named by `boxes` cannot be read', { cause });
  }
}
