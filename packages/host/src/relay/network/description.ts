/**
 * `network.json`: what a folder made by `network create` holds, for `run-all` and for programs
 * that start the processes themselves.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, fromUtf8, isAppError } from '@tacet/base';
import { checkValue } from '../config/values.ts';
import { newer } from '../data-format.ts';
import { LIMITS } from '../limits.ts';
import { named, parseJson } from '../parse-json.ts';
import { fieldsOf, listOf, textOf } from './json.ts';
import { MOST_PROCESSES } from './setup.ts';

export interface ProcessDescription {
  /** Name of its folder, for example `edge-1`. */
  readonly name: string;
  readonly role: 'authority' | 'mix' | 'edge';
  /** Relative to the folder of the network. */
  readonly config: string;
  readonly admin: string;
  /** Ports it listens on. */
  readonly ports: readonly number[];
}

export interface NetworkDescription {
  readonly version: 1;
  readonly name: string;
  readonly demonstration: boolean;
  readonly host: string;
  /** File with the network card, relative to the folder. */
  readonly card: string;
  /** In the order in which they are started. */
  readonly processes: readonly ProcessDescription[];
}

export const DESCRIPTION_FILE = 'network.json';
/** 1: first. */
const VERSION = 1;

/** @throws `network-folder`, `data-newer`, `config-key`, `key-twice`, `network-damaged` */
export function readDescription(folder: string): NetworkDescription {
  return decodeDescription(readBytes(join(folder, DESCRIPTION_FILE)));
}

/** @throws `data-newer`, `config-key`, `key-twice`, `network-damaged` */
export function decodeDescription(bytes: Uint8Array): NetworkDescription {
  try {
    if (bytes.length > LIMITS.configBytes) throw new RangeError('length');
    return descriptionFrom(parseJson(fromUtf8(bytes)));
  } catch (cause) {
    if (SAID.some((code) => isAppError(cause, code))) throw cause;
    throw damaged(cause);
  }
}

/** What says more than that a file is damaged. */
const SAID = ['data-newer', 'config-key', 'key-twice'];

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw damaged(cause);
    throw new AppError(
      'network-folder',
      'missing',
      'this folder holds no network: make one with `tacet-relay network create --dir DIR --name NAME`',
      { cause },
    );
  }
}

function damaged(cause: unknown): AppError {
  const message = '`network.json` of this folder is damaged: put it back from a copy';
  return new AppError('network-damaged', 'usage', message, { cause });
}

/** Of a newer version nothing more is read: what its keys mean is not known here. */
function descriptionFrom(value: unknown): NetworkDescription {
  const version = typeof value === 'object' && value !== null && Reflect.get(value, 'version');
  if (Number.isSafeInteger(version) && Number(version) > VERSION) throw newer();
  if (version !== VERSION) throw new RangeError('version');
  const { demonstration, ...fields } = knownFieldsOf(value, [
    ...(['version', 'name', 'demonstration'] as const),
    ...(['host', 'card', 'processes'] as const),
  ]);
  if (typeof demonstration !== 'boolean') throw new RangeError('demonstration');
  return {
    version,
    name: textOf(fields.name),
    demonstration,
    host: textOf(fields.host),
    card: textOf(fields.card),
    processes: listOf(fields.processes, MOST_PROCESSES, processFrom),
  };
}

function processFrom(value: unknown): ProcessDescription {
  const fields = knownFieldsOf(value, ['name', 'role', 'config', 'admin', 'ports']);
  return {
    name: textOf(fields.name),
    role: checkValue('role', fields.role, '') as ProcessDescription['role'],
    config: textOf(fields.config),
    admin: textOf(fields.admin),
    ports: listOf(fields.ports, 2, (port) => Number(checkValue('port', port, ''))),
  };
}

/** As `fieldsOf`, and names a key that is none: people take processes out by hand. */
function knownFieldsOf<K extends string>(value: unknown, keys: readonly K[]) {
  const names: readonly string[] = keys;
  for (const key of Object.keys(Object(value))) {
    if (names.includes(key)) continue;
    throw new AppError('config-key', 'usage', `${named(key)} is no key of \`network.json\``);
  }
  return fieldsOf(value, keys);
}
