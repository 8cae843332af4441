/** Reads the key `boxes`: where an edge keeps its boxes, and how a cluster is reached. */
import { resolve } from 'node:path';
import { AppError } from '@tacet/base';
import { parseAddress } from '@tacet/directory';
import { EDGE_LIMITS } from '@tacet/relay';
import { LIMITS } from '../limits.ts';
import type { BoxesConfig, BoxesTls } from './types.ts';

const SQLITE_KEYS = ['engine', 'capacity'];
const REDIS_KEYS = [...SQLITE_KEYS, 'nodes', 'user', 'passwordFile', 'tls'];
const TLS_KEYS = ['caFile', 'certFile', 'keyFile', 'serverName'];

/** @param base folder that relative paths start from. @throws `config-key`, `config-value` */
export function readBoxes(value: Record<string, unknown>, base: string): BoxesConfig {
  switch (value['engine']) {
    case 'sqlite':
      only(value, SQLITE_KEYS, 'boxes');
      return { engine: 'sqlite', capacity: capacityOf(value['capacity']) };
    case 'redis':
      only(value, REDIS_KEYS, 'boxes');
      return {
        engine: 'redis',
        capacity: capacityOf(value['capacity']),
        nodes: nodesOf(value['nodes']),
        user: name(value, 'user'),
        passwordFile: path(value, 'passwordFile', base),
        tls: tlsOf(value['tls'], base),
      };
    default:
      throw wrong('`boxes` is wrong: its `engine` is sqlite or redis');
  }
}

function capacityOf(value: unknown): number {
  if (value === undefined) return EDGE_LIMITS.boxes;
  const isOne = Number.isInteger(value) && Number(value) >= 1_000 && Number(value) <= 1e9;
  if (isOne) return Number(value);
  throw wrong('`boxes` is wrong: `capacity` is a number of boxes, 1,000 to 1,000,000,000');
}

function nodesOf(value: unknown): string[] {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= LIMITS.boxNodes;
  if (!isList || !value.every((node) => typeof node === 'string' && parseAddress(node) !== null)) {
    throw wrong('`boxes` is wrong: `nodes` is a list of host:port, some nodes of the cluster');
  }
  return value;
}

function tlsOf(value: unknown, base: string): BoxesTls | null {
  if (value === undefined || value === false) return null;
  const given = value === true ? {} : value;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw wrong('`boxes` is wrong: `tls` is true, false or an object of files');
  }
  const object = given as Record<string, unknown>;
  only(object, TLS_KEYS, 'boxes.tls');
  const tls = {
    caFile: path(object, 'caFile', base),
    certFile: path(object, 'certFile', base),
    keyFile: path(object, 'keyFile', base),
    serverName: name(object, 'serverName'),
  };
  if ((tls.certFile === null) !== (tls.keyFile === null)) {
    throw wrong('`boxes` is wrong: `certFile` and `keyFile` go together');
  }
  return tls;
}

function path(object: Record<string, unknown>, key: string, base: string): string | null {
  const text = name(object, key);
  return text === null ? null : resolve(base, text);
}

function name(object: Record<string, unknown>, key: string): string | null {
  const value = object[key];
  if (value === undefined) return null;
  if (typeof value === 'string' && /^[^\p{C}]{1,4096}$/u.test(value)) return value;
  throw wrong(`\`boxes\` is wrong: \`${key}\` is a text`);
}

function only(object: Record<string, unknown>, keys: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  const shown = /^\w{1,64}$/.test(unknown) ? `\`${unknown}\`` : 'a key that is no word';
  throw new AppError('config-key', 'usage', `${shown} is no key of \`${where}\``);
}

function wrong(message: string): AppError {
  return new AppError('config-value', 'usage', message);
}
