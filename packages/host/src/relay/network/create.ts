/**
 * Makes a folder with a whole small network: an authority, mixes, edges, each with keys and a
 * configuration, the card that lets people in, and a description of the processes to start.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, hex, randomBytes } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import {
  authorityHashOf,
  defaultParameters,
  demonstrationParameters,
  encodeCard,
  type NetworkCard,
  type Parameters,
  parametersFrom,
  type RelayHash,
  relayHashOf,
} from '@tacet/directory';
import { privateFolder } from '../files.ts';
import { createKeys, type RelayKeys } from '../keys.ts';
import {
  DESCRIPTION_FILE,
  type NetworkDescription,
  type ProcessDescription,
} from './description.ts';
import { choosePorts } from './ports.ts';

export interface CreateOptions {
  readonly dir: string;
  readonly name: string;
  /** Quick rates, marked *no crowd*. */
  readonly demonstration: boolean;
  /** Every relay listens on it and is reached by it. */
  readonly host: string;
  /** 0 for any free ports. */
  readonly basePort: number;
  readonly mixesPerLayer: number;
  readonly edges: number;
  readonly family: string;
  readonly capacity: number;
  /** Parameters that differ from the set the network starts from. */
  readonly set: Readonly<Record<string, unknown>>;
}

interface Planned {
  readonly name: string;
  readonly role: 'mix' | 'edge';
  readonly layer: number;
  readonly keys: RelayKeys;
  readonly hash: RelayHash;
  readonly ports: readonly number[];
}

/** @throws `network-exists`, `config-value`, `port-in-use`, `card-too-long` */
export async function createNetwork(options: CreateOptions): Promise<NetworkDescription> {
  const { dir, name, host } = options;
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    throw new AppError('network-exists', 'usage', 'the folder is not empty: choose another --dir');
  }
  const parameters = parametersOf(options);
  const names = relayNames(options);
  const count = 1 + names.length + options.edges;
  const ports = await choosePorts(count, host, options.basePort, systemRng);
  const [authorityPort = 0] = ports.splice(0, 1);
  privateFolder(dir);
  const authorityKeys = createKeys(join(dir, 'authority', 'data'), systemRng);
  const relays: Planned[] = names.map(({ name: folder, layer }) => {
    const keys = createKeys(join(dir, folder, 'data'), systemRng);
    return {
      name: folder,
      role: layer === 0 ? 'edge' : 'mix',
      layer,
      keys,
      hash: relayHashOf(keys.identity.publicKey),
      ports: ports.splice(0, layer === 0 ? 2 : 1),
    };
  });
  const card: NetworkCard = {
    networkName: name,
    authorities: [authorityHashOf(authorityKeys.identity.publicKey)],
    threshold: 1,
    edges: relays
      .filter((relay) => relay.role === 'edge')
      .slice(0, 2)
      .map(({ hash, ports: [, port = 0] }) => ({ relay: hash, address: addressOf(host, port) })),
    joinSecret: parameters.closed ? randomBytes(systemRng, 16) : new Uint8Array(0),
  };
  writeFileSync(join(dir, 'network.card'), `${encodeCard(card)}\n`, { mode: 0o600 });
  writeJson(join(dir, 'authority', 'config.json'), {
    role: 'authority',
    name,
    listenHost: host,
    port: authorityPort,
    relays: relays.map(({ hash }) => hex(hash)),
    parameters,
  });
  const authorities = [
    { address: addressOf(host, authorityPort), keyHash: hex(authorityKeys.link.keyHash) },
  ];
  for (const relay of relays) {
    const config = relayConfig(relay, options, parameters, authorities);
    writeJson(join(dir, relay.name, 'config.json'), config);
  }
  const description: NetworkDescription = {
    version: 1,
    name,
    demonstration: !parameters.crowd,
    host,
    card: 'network.card',
    processes: [
      processOf({ name: 'authority', role: 'authority', ports: [authorityPort] }),
      ...relays.map(processOf),
    ],
  };
  writeJson(join(dir, DESCRIPTION_FILE), description);
  return description;
}

function parametersOf({ demonstration, set }: CreateOptions): Parameters {
  const base = demonstration ? demonstrationParameters : defaultParameters;
  try {
    return parametersFrom({ ...base, ...set });
  } catch (cause) {
    throw new AppError(
      'config-value',
      'usage',
      '--set names no parameter of a network, or a value out of its range',
      { cause },
    );
  }
}

function relayNames(options: CreateOptions): { name: string; layer: number }[] {
  const mixes = [1, 2, 3].flatMap((layer) =>
    Array.from({ length: options.mixesPerLayer }, (_, i) => ({
      name: options.mixesPerLayer === 1 ? `mix-${layer}` : `mix-${layer}-${i + 1}`,
      layer,
    })),
  );
  const edges = Array.from({ length: options.edges }, (_, i) => ({
    name: `edge-${i + 1}`,
    layer: 0,
  }));
  return [...mixes, ...edges];
}

function relayConfig(
  relay: Planned,
  options: CreateOptions,
  parameters: Parameters,
  authorities: readonly Readonly<Record<string, string>>[],
): Record<string, unknown> {
  const [relayPort = 0, clientPort = 0] = relay.ports;
  const { epochMs, graceMs, keysAhead } = parameters;
  const isEdge = relay.role === 'edge';
  return {
    role: relay.role,
    ...(isEdge ? {} : { layer: relay.layer }),
    card: '../network.card',
    authorities,
    listenHost: options.host,
    relayPort,
    ...(isEdge ? { clientPort } : {}),
    relayAddress: addressOf(options.host, relayPort),
    ...(isEdge ? { clientAddress: addressOf(options.host, clientPort) } : {}),
    family: options.family,
    capacity: options.capacity,
    epochMs,
    graceMs,
    keysAhead,
  };
}

function processOf(of: Pick<Planned, 'name' | 'ports'> & { role: ProcessDescription['role'] }) {
  const { name, role, ports } = of;
  return { name, role, config: `${name}/config.json`, admin: `${name}/admin.sock`, ports };
}

function addressOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
