/**
 * The first step of a relay's life: an operator's folder with keys for each of its processes, a note
 * of ports and addresses (`setup.json`), and the request file others need. No network is needed yet.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, DAY, type Millis, type Rng, randomBytes } from '@tacet/base';
import { kemKeyPair } from '@tacet/crypto';
import {
  authorityHashOf,
  encodeLinkProof,
  makeLinkCertificate,
  parseAddress,
  relayHashOf,
  signDescriptor,
  verifyDescriptor,
} from '@tacet/directory';
import { UNMEASURED } from '../descriptors.ts';
import { privateFolder } from '../files.ts';
import { createKeys, type RelayKeys } from '../keys.ts';
import { LIMITS } from '../limits.ts';
import { writeJson } from './json.ts';
import type { OperatorRequest, RequestedAuthority, RequestedRelay } from './request.ts';
import type { CodeSource } from './source.ts';

export interface PlannedProcess {
  /** Name of its folder, for example `edge-1`. */
  readonly name: string;
  readonly role: 'authority' | 'mix' | 'edge';
  /** 1, 2 or 3 for a mix, else 0. */
  readonly layer: number;
  /** One port, for an edge two: relays, then clients. */
  readonly ports: readonly number[];
}

export interface Setup extends CodeSource {
  readonly family: string;
  readonly country: string;
  /** Name or address by which others reach this machine. */
  readonly host: string;
  /** Address to listen on. */
  readonly listen: string;
  readonly capacity: number;
  readonly processes: readonly PlannedProcess[];
}

/** Processes of one folder, as its files name them. */
export const MOST_PROCESSES = 1_000;
export const SETUP_FILE = 'setup.json';
export const REQUEST_FILE = 'request.json';

/** Makes keys for every process of the plan; the folder must be empty or not there. */
export function makeSetup(dir: string, setup: Setup, rng: Rng, now: Millis): OperatorRequest {
  if (existsSync(dir) && readdirSync(dir).length > 0) throw notEmpty();
  privateFolder(dir);
  const made = setup.processes.map((planned) => {
    mkdirSync(join(dir, planned.name), { mode: 0o700 });
    return { planned, keys: createKeys(join(dir, planned.name, 'data'), rng) };
  });
  writeJson(join(dir, SETUP_FILE), { version: 1, ...setup });
  const authority = made.find(({ planned }) => planned.role === 'authority');
  return {
    authority: authority ? requestAuthority(setup, authority.planned, authority.keys, now) : null,
    relays: made
      .filter(({ planned }) => planned.role !== 'authority')
      .map(({ planned, keys }) => requestRelay(setup, planned, keys, rng, now)),
  };
}

/** An address or name as descriptors spell it, without a port. */
export function parseHost(text: string): boolean {
  return parseAddress(addressOf(text, 1)) !== null;
}

export function addressOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function requestAuthority(
  { host }: Setup,
  { ports: [port = 0] }: PlannedProcess,
  { identity, link }: RelayKeys,
  now: Millis,
): RequestedAuthority {
  const notAfter = Math.floor(now) + LIMITS.linkDays * DAY;
  const certificate = makeLinkCertificate(identity, link.keyHash, notAfter);
  return {
    hash: authorityHashOf(identity.publicKey),
    address: addressOf(host, port),
    keyHash: link.keyHash,
    proof: encodeLinkProof(identity.publicKey, certificate),
  };
}

/**
 * A descriptor as the relay will send it, but for its packet key: that one is thrown away, since
 * keys of epochs are made when the relay runs.
 */
function requestRelay(
  setup: Setup,
  { role, layer, ports: [relayPort = 0, clientPort = 0] }: PlannedProcess,
  { identity, link }: RelayKeys,
  rng: Rng,
  now: Millis,
): RequestedRelay {
  const issuedAt = Math.floor(now);
  const signed = signDescriptor(identity, {
    identity: identity.publicKey,
    role: role === 'edge' ? 'edge' : 'mix',
    layer,
    family: setup.family,
    country: setup.country,
    relayAddress: addressOf(setup.host, relayPort),
    clientAddress: role === 'edge' ? addressOf(setup.host, clientPort) : '',
    link: makeLinkCertificate(identity, link.keyHash, issuedAt + LIMITS.linkDays * DAY),
    issuedAt,
    firstEpoch: 0,
    keys: [kemKeyPair(randomBytes(rng, 32)).publicKey],
    capacity: setup.capacity,
    sourceUrl: setup.sourceUrl,
    sourceCommit: setup.sourceCommit,
    ...UNMEASURED,
  });
  const { descriptor } = verifyDescriptor(signed);
  return { relay: relayHashOf(identity.publicKey), descriptor, signed };
}

function notEmpty(): AppError {
  return new AppError('network-exists', 'usage', 'the folder is not empty: choose another --dir');
}
