/** Checks one value of a configuration against its form. */
import { isAbsolute, resolve } from 'node:path';
import { NO_SOCKS, parseSocks } from '@tacet/adapters/socks';
import { AppError, fromHex } from '@tacet/base';
import { type AuthorityHash, MAX_AUTHORITIES, parseAddress } from '@tacet/directory';
import { FIELDS, type Form, type Key, type Role } from './fields.ts';
import type { AuthorityAddress, AuthorityPeer } from './types.ts';

const HASH = /^[0-9a-f]{64}$/;
const IN_JSON: ReadonlySet<Form> = new Set(['port', 'authorities', 'peers', 'object']);

/** @throws `config-value`, which names the key and never the value */
export function checkValue(key: Key, value: unknown, base: string): unknown {
  const checked = convert(FIELDS[key].form, value, base);
  if (checked !== undefined) return checked;
  throw new AppError('config-value', 'usage', `\`${key}\` is wrong: ${wanted(key)}`);
}

/** The environment has text only: numbers, lists and objects are written as JSON there. */
export function fromEnvironment(key: Key, text: string): unknown {
  const { form } = FIELDS[key] as { form: Form };
  if (typeof form === 'string' && !IN_JSON.has(form)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wanted(key: Key): string {
  const { form, help } = FIELDS[key] as { form: Form; help: string };
  if (typeof form === 'object') return `a whole number from ${form.min} to ${form.max} (${help})`;
  const forms: Readonly<Record<Exclude<Form, object>, string>> = {
    role: 'mix, edge or authority',
    path: 'a path',
    text: 'a name of 1 to 32 bytes',
    host: 'an IP address or a host name',
    port: 'a port from 1 to 65535',
    address: 'host:port or [IPv6]:port',
    hash: '64 hexadecimal digits',
    socks: 'IP:port, [IPv6]:port or localhost:port',
    authorities: 'a list of 1 to 9 objects, each with `address` and `keyHash`',
    peers: 'a list of up to 8 objects, each with `identity`, `address` and `keyHash`',
    country: 'two capital letters',
    commit: '40 or 64 hexadecimal digits',
    url: 'a https:// address',
    object: 'an object',
  };
  return `${forms[form]} (${help})`;
}

/** Undefined when the value has another form. */
function convert(form: Form, value: unknown, base: string): unknown {
  if (typeof form === 'object') return integer(value, form.min, form.max);
  if (form === 'port') return integer(value, 1, 65_535);
  if (form === 'object') {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  }
  if (form === 'authorities') return listOf(value, 1, MAX_AUTHORITIES, authority);
  if (form === 'peers') return listOf(value, 0, MAX_AUTHORITIES - 1, peer);
  return typeof value === 'string' ? fromText(form, value, base) : undefined;
}

function listOf<T>(
  value: unknown,
  min: number,
  max: number,
  read: (item: unknown) => T | undefined,
): T[] | undefined {
  if (!Array.isArray(value) || value.length < min || value.length > max) return undefined;
  const items = value.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function peer(value: unknown): AuthorityPeer | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { identity, ...more } = value as Record<string, unknown>;
  const found = authority(more);
  if (found === undefined || !HASH.test(String(identity))) return undefined;
  return { ...found, identity: fromHex(String(identity)) as AuthorityHash };
}

function authority(value: unknown): AuthorityAddress | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { address, keyHash, ...more } = value as Record<string, unknown>;
  if (typeof address !== 'string' || parseAddress(address) === null) return undefined;
  if (!HASH.test(String(keyHash)) || Object.keys(more).length > 0) return undefined;
  return { address, keyHash: fromHex(String(keyHash)) };
}

function integer(value: unknown, min: number, max: number): number | undefined {
  const isOne = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  return isOne ? Number(value) : undefined;
}

type TextForm = Exclude<Form, object | 'port' | 'object' | 'authorities' | 'peers'>;

function fromText(form: TextForm, value: string, base: string): unknown {
  switch (form) {
    case 'role':
      return (['mix', 'edge', 'authority'] satisfies Role[]).find((role) => role === value);
    case 'path':
      return value === '' || isAbsolute(value) ? value : resolve(base, value);
    case 'hash':
      return HASH.test(value) ? fromHex(value) : undefined;
    case 'address':
      return parseAddress(value) === null ? undefined : value;
    case 'socks':
      return value === NO_SOCKS || parseSocks(value) !== null ? value : undefined;
    case 'text':
      return matching(value, /^[^\p{C}]{1,32}$/u);
    case 'host':
      return matching(value, /^[0-9A-Za-z.:-]{1,253}$/);
    case 'country':
      return matching(value, /^[A-Z]{2}$/);
    case 'commit':
      return matching(value, /^([0-9a-f]{40}|[0-9a-f]{64})$/);
    case 'url':
      return matching(value, /^https:\/\/[a-z0-9][A-Za-z0-9._~:/?#@!$&'()*+,;=%[\]-]{0,190}$/);
  }
}

function matching(value: string, pattern: RegExp): string | undefined {
  return pattern.test(value) ? value : undefined;
}
