/**
 * Every key a configuration may have: for which roles, of what form, with what default. The same
 * table reads files and the environment, and prints `config check`. Unknown keys stop the program.
 */
import type { ProcessConfig } from './types.ts';

export type Role = ProcessConfig['role'];

export type Form =
  | 'role'
  | 'path'
  | 'text'
  | 'host'
  | 'port'
  | 'address'
  | 'hash'
  | 'authorities'
  | 'peers'
  | 'socks'
  | 'country'
  | 'commit'
  | 'url'
  | 'object'
  | { readonly min: number; readonly max: number };

export interface Field {
  readonly roles: readonly Role[];
  readonly form: Form;
  /** A field without one must be given. */
  readonly fallback?: unknown;
  readonly help: string;
}

const ALL: readonly Role[] = ['mix', 'edge', 'authority'];
const RELAYS: readonly Role[] = ['mix', 'edge'];
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

export const FIELDS = {
  role: { roles: ALL, form: 'role', help: 'mix, edge or authority' },
  layer: { roles: ['mix'], form: { min: 1, max: 3 }, help: 'layer of a mix' },
  data: { roles: ALL, form: 'path', fallback: 'data', help: 'folder of keys and state' },
  admin: { roles: ALL, form: 'path', fallback: 'admin.sock', help: "the operator's socket" },
  card: { roles: RELAYS, form: 'path', help: 'file with the network card' },
  authorities: {
    roles: RELAYS,
    form: 'authorities',
    help: 'all authorities: [{ address: host:port, keyHash: SHA-256 of the TLS key, hex }]',
  },
  listenHost: { roles: ALL, form: 'host', fallback: '127.0.0.1', help: 'address to listen on' },
  port: { roles: ['authority'], form: 'port', help: 'port for relays' },
  relayPort: { roles: RELAYS, form: 'port', help: 'port for other relays' },
  clientPort: { roles: ['edge'], form: 'port', help: 'port for clients' },
  relayAddress: { roles: RELAYS, form: 'address', help: 'host:port other relays dial' },
  clientAddress: { roles: ['edge'], form: 'address', help: 'host:port clients dial' },
  socks: {
    roles: ALL,
    form: 'socks',
    fallback: '',
    help: 'SOCKS 5 server for everything this process dials; empty: directly',
  },
  family: { roles: RELAYS, form: 'text', help: 'who operates this relay: same name, same hands' },
  country: { roles: RELAYS, form: 'country', fallback: 'ZZ', help: 'two letters, ZZ for unknown' },
  reach: {
    roles: RELAYS,
    form: 'object',
    fallback: {},
    help: 'addresses to dial in place of those a document names: relays near by, or just moved',
  },
  capacity: {
    roles: RELAYS,
    form: { min: 1, max: 100_000 },
    fallback: 1_000,
    help: 'packets a second this relay is built for; sizes its replay set, and its opening threads: one for each 4,000',
  },
  sourceUrl: {
    roles: RELAYS,
    form: 'url',
    fallback: 'https://example.org/tacet',
    help: 'where the source of the running code is (AGPL)',
  },
  sourceCommit: {
    roles: RELAYS,
    form: 'commit',
    fallback: '0'.repeat(40),
    help: 'its commit; zeros for unknown',
  },
  maxClients: {
    roles: ['edge'],
    form: { min: 1, max: 20_000 },
    fallback: 10_000,
    help: 'client links at a time',
  },
  clientsPerAddress: {
    roles: ['edge'],
    form: { min: 1, max: 20_000 },
    fallback: 4,
    help: 'client links of one IPv4 address or IPv6 /56; loopback is not counted',
  },
  boxes: {
    roles: ['edge'],
    form: 'object',
    fallback: { engine: 'sqlite' },
    help: 'where boxes are kept: {"engine":"sqlite"}, or a cluster (docs/ops/redis.md)',
  },
  metricsPort: {
    roles: ALL,
    form: { min: 0, max: 65_535 },
    fallback: 0,
    help: 'loopback port of the Prometheus export; 0: off',
  },
  epochMs: {
    roles: RELAYS,
    form: { min: 10 * SECOND, max: 24 * HOUR },
    fallback: HOUR,
    help: 'epoch of the network, until the first document says so',
  },
  graceMs: {
    roles: RELAYS,
    form: { min: SECOND, max: HOUR },
    fallback: 300 * SECOND,
    help: 'grace of epoch keys, until the first document says so',
  },
  keysAhead: {
    roles: RELAYS,
    form: { min: 1, max: 31 },
    fallback: 24,
    help: 'epochs of keys published ahead, until the first document says so',
  },
  name: { roles: ['authority'], form: 'text', help: 'name of the network' },
  allowed: {
    roles: ['authority'],
    form: 'path',
    fallback: 'allowed.json',
    help: 'file with the admitted relays; `authority allow` writes it',
  },
  peers: {
    roles: ['authority'],
    form: 'peers',
    fallback: [],
    help: 'the other authorities: [{ identity: hash, address: host:port, keyHash }], all hex',
  },
  parameters: { roles: ['authority'], form: 'object', help: 'all numbers of the network' },
  echo: { roles: ['authority'], form: 'path', fallback: '', help: "file with Echo's address" },
  release: {
    roles: ['authority'],
    form: 'path',
    fallback: '',
    help: 'file with the newest signed release statement',
  },
} as const satisfies Readonly<Record<string, Field>>;

export type Key = keyof typeof FIELDS;

export const KEYS = Object.keys(FIELDS) as Key[];

/** `clientPort` is `TACET_RELAY_CLIENT_PORT`. */
export function environmentName(key: Key): string {
  return `TACET_RELAY_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
