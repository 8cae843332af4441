/** `setup.json` of an operator's folder, read strictly: its names become folders, its words configurations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, fromUtf8 } from '@tacet/base';
import { isCountry, isName } from '@tacet/directory';
import { checkValue } from '../config/values.ts';
import { LIMITS } from '../limits.ts';
import { parseJson } from '../parse-json.ts';
import { fieldsOf, listOf, textOf } from './json.ts';
import { MOST_PROCESSES, type PlannedProcess, parseHost, SETUP_FILE, type Setup } from './setup.ts';
import { checkSource } from './source.ts';

/** As `names.ts` gives them: one becomes the name of a folder. */
const PROCESS_NAME = /^(authority|edge|mix-[123])(-[1-9]\d{0,3})?$/;

/** @throws `setup-missing`, `setup-damaged` */
export function readSetup(dir: string): Setup {
  return decodeSetup(readBytes(join(dir, SETUP_FILE)));
}

/** @throws `setup-damaged` */
export function decodeSetup(bytes: Uint8Array): Setup {
  try {
    if (bytes.length > LIMITS.configBytes) throw new RangeError('length');
    return setupFrom(parseJson(fromUtf8(bytes)));
  } catch (cause) {
    const message = '`setup.json` of this folder is damaged: put it back from a copy';
    throw new AppError('setup-damaged', 'usage', message, { cause });
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AppError(
      'setup-missing',
      'missing',
      'this folder was not made by `tacet-relay init`',
      { cause },
    );
  }
}

/** Throws unless every field is what `makeSetup` was given. */
function setupFrom(value: unknown): Setup {
  const fields = fieldsOf(value, [
    ...(['version', 'family', 'country', 'host'] as const),
    ...(['listen', 'capacity', 'sourceUrl', 'sourceCommit', 'processes'] as const),
  ]);
  const { version, family, country } = fields;
  const host = textOf(fields.host);
  if (version !== 1 || !isName(family) || !isCountry(country) || !parseHost(host)) {
    throw new RangeError('operator');
  }
  const processes = listOf(fields.processes, MOST_PROCESSES, processFrom);
  const names = new Set(processes.map(({ name }) => name));
  if (names.size !== processes.length || names.size === 0) throw new RangeError('names');
  return {
    family,
    country,
    host,
    listen: textOf(checkValue('listenHost', fields.listen, '')),
    capacity: Number(checkValue('capacity', fields.capacity, '')),
    ...checkSource(fields),
    processes,
  };
}

function processFrom(value: unknown): PlannedProcess {
  const fields = fieldsOf(value, ['name', 'role', 'layer', 'ports']);
  const name = textOf(fields.name);
  const [, kind = ''] = PROCESS_NAME.exec(name) ?? [];
  const role = kind === 'authority' || kind === 'edge' ? kind : 'mix';
  const layer = role === 'mix' ? Number(kind.slice('mix-'.length)) : 0;
  if (kind === '' || fields.role !== role || fields.layer !== layer) throw new RangeError('role');
  const ports = listOf(fields.ports, 2, (port) => Number(checkValue('port', port, '')));
  if (ports.length !== (role === 'edge' ? 2 : 1)) throw new RangeError('ports');
  return { name, role, layer, ports };
}
