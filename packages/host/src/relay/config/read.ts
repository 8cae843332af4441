/**
 * Reads the one configuration file of a process, and what the environment overrides. Everything
 * is checked before anything is used; an unknown key stops the program (house style 11).
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError, fromUtf8, isAppError, nearest } from '@tacet/base';
import {
  decodeCard,
  MAX_ECHO_BYTES,
  MAX_RELEASE_BYTES,
  type NetworkCard,
  parametersFrom,
  parseAddress,
} from '@tacet/directory';
import { LIMITS } from '../limits.ts';
import { isWord, named, parseJson } from '../parse-json.ts';
import { readBoxes } from './boxes.ts';
import { environmentName, FIELDS, type Field, KEYS, type Key, type Role } from './fields.ts';
import type { AuthorityConfig, ProcessConfig, RelayConfig } from './types.ts';
import { checkValue, fromEnvironment } from './values.ts';

export type Source = 'file' | 'environment' | 'default';

export interface Setting {
  readonly key: Key;
  readonly value: unknown;
  readonly source: Source;
}

export interface ReadConfig {
  readonly config: ProcessConfig;
  /** Every key of this role with its effective value, in the order of the table. */
  readonly settings: readonly Setting[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type Values = ReadonlyMap<Key, unknown>;

/** @throws `config-file`, `key-twice`, `config-key`, `config-value`, `config-missing`, `config-card` */
export function readConfig(path: string, environment: Environment): ReadConfig {
  const base = dirname(resolve(path));
  const file = readJson(path);
  const raw = new Map<Key, { value: unknown; source: Source }>();
  for (const [name, value] of Object.entries(file)) raw.set(keyOf(name), { value, source: 'file' });
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !name.startsWith('TACET_RELAY_')) continue;
    const key = KEYS.find((candidate) => environmentName(candidate) === name);
    if (key === undefined) throw unknownKey(name);
    raw.set(key, { value: fromEnvironment(key, text), source: 'environment' });
  }
  const role = checkValue('role', raw.get('role')?.value, base) as Role;
  for (const key of raw.keys()) {
    if (!(FIELDS[key] as Field).roles.includes(role)) {
      throw new AppError('config-key', 'usage', `\`${key}\` has no meaning for role ${role}`);
    }
  }
  const settings = KEYS.filter((key) => (FIELDS[key] as Field).roles.includes(role)).map((key) =>
    setting(key, raw, base),
  );
  const values = new Map(settings.map(({ key, value }) => [key, value]));
  const config = role === 'authority' ? authority(values) : relay(role, values, base);
  return { config, settings };
}

function setting(
  key: Key,
  raw: ReadonlyMap<Key, { value: unknown; source: Source }>,
  base: string,
): Setting {
  const given = raw.get(key);
  if (given !== undefined) {
    return { key, value: checkValue(key, given.value, base), source: given.source };
  }
  const field: Field = FIELDS[key];
  if (!('fallback' in field)) {
    throw new AppError('config-missing', 'usage', `\`${key}\` is missing: ${field.help}`);
  }
  return { key, value: checkValue(key, field.fallback, base), source: 'default' };
}

function relay(role: 'mix' | 'edge', values: Values, base: string): RelayConfig {
  const get = <T>(key: Key): T => values.get(key) as T;
  const isEdge = role === 'edge';
  return {
    role,
    layer: isEdge ? 0 : get('layer'),
    data: get('data'),
    admin: get('admin'),
    card: readCard(get('card')),
    authorities: get('authorities'),
    listenHost: get('listenHost'),
    relayPort: get('relayPort'),
    clientPort: isEdge ? get('clientPort') : 0,
    relayAddress: get('relayAddress'),
    clientAddress: isEdge ? get('clientAddress') : '',
    socks: get('socks'),
    reach: readReach(get('reach')),
    family: get('family'),
    country: get('country'),
    capacity: get('capacity'),
    sourceUrl: get('sourceUrl'),
    sourceCommit: get('sourceCommit'),
    maxClients: isEdge ? get('maxClients') : 0,
    clientsPerAddress: isEdge ? get('clientsPerAddress') : 0,
    boxes: readBoxes(isEdge ? get('boxes') : { engine: 'sqlite' }, base),
    metricsPort: get('metricsPort'),
    schedule: {
      epochMs: get('epochMs'),
      graceMs: get('graceMs'),
      keysAhead: get('keysAhead'),
    },
  };
}

function readReach(value: Record<string, unknown>): Map<string, string> {
  const isAddress = (text: unknown) => typeof text === 'string' && parseAddress(text) !== null;
  for (const [from, to] of Object.entries(value)) {
    if (isAddress(from) && isAddress(to)) continue;
    throw new AppError('config-value', 'usage', '`reach` is wrong: host:port to host:port');
  }
  return new Map(Object.entries(value as Record<string, string>));
}

function authority(values: Values): AuthorityConfig {
  const get = <T>(key: Key): T => values.get(key) as T;
  return {
    role: 'authority',
    data: get('data'),
    admin: get('admin'),
    networkName: get('name'),
    listenHost: get('listenHost'),
    port: get('port'),
    allowed: get('allowed'),
    peers: get('peers'),
    socks: get('socks'),
    parameters: checkParameters(get('parameters')),
    echo: optionalFile(get('echo'), 'echo', MAX_ECHO_BYTES),
    release: optionalFile(get('release'), 'release', MAX_RELEASE_BYTES),
    metricsPort: get('metricsPort'),
  };
}

/** Empty without a path. What would not fit into a document stops the program, not the network. */
function optionalFile(path: string, what: string, cap: number): Uint8Array {
  const bytes = path === '' ? new Uint8Array(0) : new Uint8Array(readBytes(path, what));
  if (bytes.length <= cap) return bytes;
  throw new AppError('config-file', 'usage', `the ${what} file is too large`);
}

function checkParameters(value: unknown) {
  try {
    return parametersFrom(value);
  } catch (cause) {
    const message = '`parameters` is wrong: every number of the network, each in its range';
    throw new AppError('config-value', 'usage', message, { cause });
  }
}

function readCard(path: string): NetworkCard {
  try {
    return decodeCard(fromUtf8(readBytes(path, 'card')));
  } catch (cause) {
    if (isAppError(cause, 'config-file')) throw cause;
    throw new AppError('config-card', 'usage', 'the file named by `card` holds no network card', {
      cause,
    });
  }
}

function readJson(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(fromUtf8(readBytes(path, 'configuration')));
  } catch (cause) {
    if (isAppError(cause, 'config-file') || isAppError(cause, 'key-twice')) throw cause;
    throw new AppError('config-file', 'usage', 'the configuration is not JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('config-file', 'usage', 'the configuration must be one JSON object');
  }
  return value as Record<string, unknown>;
}

function readBytes(path: string, what: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new AppError('config-file', 'usage', `the ${what} file cannot be read`, { cause });
  }
  if (bytes.length > LIMITS.configBytes) {
    throw new AppError('config-file', 'usage', `the ${what} file is too large`);
  }
  return bytes;
}

function keyOf(name: string): Key {
  const key = KEYS.find((candidate) => candidate === name);
  if (key === undefined) throw unknownKey(name);
  return key;
}

function unknownKey(name: string): AppError {
  const known = name.startsWith('TACET_RELAY_') ? KEYS.map(environmentName) : KEYS;
  const meant = isWord(name) ? nearest(name, known) : null;
  const advice = meant === null ? 'see `tacet-relay config keys`' : `did you mean \`${meant}\`?`;
  return new AppError(
    'config-key',
    'usage',
    `${named(name)} is no key of the configuration: ${advice}`,
  );
}
