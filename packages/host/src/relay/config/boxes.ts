/** Reads the key `boxes`: where an edge keeps its boxes, and how a cluster is reached. */
import { resolve } from 'node:path';
import { AppError } from '@tacet/base';
import { parseAddress } from '@tacet/directory';
import { LIMITS } from '../limits.ts';
import type { BoxesConfig, BoxesTls } from './types.ts';

const REDIS_KEYS = ['engine', 'nodes', 'user', 'passwordFile', 'tls'];
const TLS_KEYS = ['caFile', 'certFile', 'keyFile', 'serverName'];

/** @param base folder that relative paths start from. @throws `config-key`, `config-value` */
export function readBoxes(value: Record<string, unknown>, base: string): BoxesConfig {
  switch (value['engine']) {
    case 'sqlite':
      only(value, ['engine'], 'boxes');
      return { engine: 'sqlite' };
    case 'redis':
      only(value, REDIS_KEYS, 'boxes');
      return {
        engine: 'redis',
        nodes: nodesOf(value['nodes']),
        user: name(value, 'user'),
        passwordFile: path(value, 'passwordFile', base),
        tls: tlsOf(value['tls'], base),
      };
    default:
      throw wrong('`boxes` is wrong: its `engine` is sqlite or redis');
  }
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
