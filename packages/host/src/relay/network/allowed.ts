/**
 * `allowed.json`: the relays an authority admits, with what an operator should see of each. Written
 * by `authority allow` and `remove`; a running authority reads it again when told to.
 */
import { readFileSync } from 'node:fs';
import { AppError, fromHex, fromUtf8 } from '@tacet/base';
import { isCountry, isName, MAX_RELAYS, type RelayHash } from '@tacet/directory';
import { writeDurably } from '../files.ts';
import { LIMITS } from '../limits.ts';
import { parseJson } from '../parse-json.ts';
import { fieldsOf, hashTextOf, listOf } from './json.ts';

export interface AllowedRelay {
  /** Identity hash, hex. */
  readonly relay: string;
  readonly role: 'mix' | 'edge';
  /** 1, 2 or 3 for a mix, else 0. */
  readonly layer: number;
  readonly family: string;
  readonly country: string;
}

/** @throws `allow-list` */
export function readAllowed(path: string): AllowedRelay[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw wrong(cause);
  }
  return decodeAllowed(bytes);
}

/** @throws `allow-list` */
export function decodeAllowed(bytes: Uint8Array): AllowedRelay[] {
  try {
    if (bytes.length > LIMITS.configBytes) throw new RangeError('length');
    return listOf(parseJson(fromUtf8(bytes)), MAX_RELAYS, readAllowedRelay);
  } catch (cause) {
    throw wrong(cause);
  }
}

export function writeAllowed(path: string, relays: readonly AllowedRelay[]): void {
  if (relays.length > MAX_RELAYS) {
    throw new AppError('allow-list-full', 'refused', 'a network has at most 128 relays');
  }
  writeDurably(path, Buffer.from(`${JSON.stringify(relays, null, 2)}\n`));
}

export function hashesOf(relays: readonly AllowedRelay[]): RelayHash[] {
  return relays.map(({ relay }) => fromHex(relay) as RelayHash);
}

/** Throws `RangeError` unless every field is what a descriptor could say. */
export function readAllowedRelay(value: unknown): AllowedRelay {
  const fields = fieldsOf(value, ['relay', 'role', 'layer', 'family', 'country']);
  const { role, layer, family, country } = fields;
  const relay = hashTextOf(fields.relay);
  if (!isName(family) || !isCountry(country)) throw new RangeError('family');
  if (role === 'edge' && layer === 0) return { relay, role, layer, family, country };
  if (role === 'mix' && (layer === 1 || layer === 2 || layer === 3)) {
    return { relay, role, layer, family, country };
  }
  throw new RangeError('layer');
}

function wrong(cause: unknown): AppError {
  return new AppError(
    'allow-list',
    'usage',
    'the list of admitted relays cannot be read: put it back, or write it anew with `authority allow`',
    { cause },
  );
}
