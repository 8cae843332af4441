/**
 * `allowed.json`: the relays an authority admits, with what an operator should see of each. Written
 * by `authority allow` and `remove`; a running authority reads it again when told to.
 */
import { readFileSync } from 'node:fs';
import { AppError, fromHex, isAppError } from '@tacet/base';
import { MAX_RELAYS, type RelayHash } from '@tacet/directory';
import { writeDurably } from '../files.ts';
import { LIMITS } from '../limits.ts';

export interface AllowedRelay {
  /** Identity hash, hex. */
  readonly relay: string;
  readonly role: 'mix' | 'edge';
  readonly layer: number;
  readonly family: string;
  readonly country: string;
}

/** @throws `allow-list` */
export function readAllowed(path: string): AllowedRelay[] {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > LIMITS.configBytes) throw wrong();
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (!Array.isArray(value) || value.length > MAX_RELAYS) throw wrong();
    return value.map(readAllowedRelay);
  } catch (cause) {
    if (isAppError(cause, 'allow-list')) throw cause;
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

/** @throws `allow-list` */
export function readAllowedRelay(value: unknown): AllowedRelay {
  const { relay, role, layer, family, country, ...more } = value as Record<string, unknown>;
  const known =
    /^[0-9a-f]{64}$/.test(String(relay)) &&
    (role === 'mix' || role === 'edge') &&
    Number.isInteger(layer) &&
    Object.keys(more).length === 0;
  if (!known) throw wrong();
  return {
    relay: String(relay),
    role,
    layer: Number(layer),
    family: String(family),
    country: String(country),
  };
}

function wrong(cause?: unknown): AppError {
  return new AppError(
    'allow-list',
    'usage',
    'the list of admitted relays cannot be read: put it back, or write it anew with `authority allow`',
    { cause },
  );
}
