/**
 * Makes a folder with a whole small network: authorities, mixes, edges, each with keys and a
 * configuration, the cards that let people and relays in, and a description of the processes to
 * start. With several operators each has a folder of its own to take away; all keys are made here,
 * so where operators do not trust each other they begin with `init` (setup.ts) instead.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, nearest, type Rng } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import {
  defaultParameters,
  demonstrationParameters,
  encodeCard,
  type Parameters,
  parametersFrom,
} from '@tacet/directory';
import { privateFolder } from '../files.ts';
import type { NetworkDescription } from './description.ts';
import { CARD_FILE, describeAll, establish, RELAY_CARD_FILE } from './establish.ts';
import { foundNetwork } from './found.ts';
import { deal, type Place, placesOf } from './names.ts';
import { choosePorts, isLocal } from './ports.ts';
import { encodeRelayCard, type RelayCard } from './relay-card.ts';
import type { OperatorRequest } from './request.ts';
import { makeSetup, type PlannedProcess, type Setup } from './setup.ts';
import { type CodeSource, UNKNOWN_SOURCE } from './source.ts';

export interface OperatorOptions {
  readonly family: string;
  /** `ZZ` for unknown. */
  readonly country: string;
  /** Where this operator's relays are reached. */
  readonly host: string;
}

export interface ParameterOptions {
  /** Quick rates, marked *no crowd*. */
  readonly demonstration: boolean;
  /** Parameters that differ from the set the network starts from. */
  readonly set: Readonly<Record<string, unknown>>;
}

export interface CreateOptions extends ParameterOptions {
  readonly dir: string;
  readonly name: string;
  /** Every relay listens on it and is reached by it, unless its operator has another. */
  readonly host: string;
  /** 0 for any free ports. */
  readonly basePort: number;
  /** 1 unless given. */
  readonly authorities?: number;
  readonly mixesPerLayer: number;
  readonly edges: number;
  /** Of the one operator where `operators` names none. */
  readonly family: string;
  readonly operators?: readonly OperatorOptions[];
  readonly capacity: number;
  /** Unknown unless given. */
  readonly source?: CodeSource;
}

/** @throws `network-exists`, `config-value`, `port-in-use`, `card-too-long`, `operators-unequal` */
export async function createNetwork(options: CreateOptions): Promise<NetworkDescription> {
  const { dir, name } = options;
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    throw new AppError('network-exists', 'usage', 'the folder is not empty: choose another --dir');
  }
  const parameters = networkParameters(options, options.authorities ?? 1);
  const rng = systemRng;
  const setups = await planSetups(options, rng);
  privateFolder(dir);
  const now = Date.now();
  const requests = setups.map(({ folder, setup }) => makeSetup(folder, setup, rng, now));
  const relayCard = foundNetwork({ name, parameters, requests }, rng);
  const folders = setups.map(({ folder, setup }) => ({
    dir: folder,
    description: establish(folder, setup, relayCard),
  }));
  const [only, ...others] = folders;
  if (only !== undefined && others.length === 0) return only.description;
  writeCards(dir, relayCard);
  return describeAll(dir, folders);
}

/** Founds a network of operators who made their keys themselves: a folder with its two cards. */
export function foundFromRequests(
  options: ParameterOptions & { readonly dir: string; readonly name: string },
  requests: readonly OperatorRequest[],
): RelayCard {
  const { dir, name } = options;
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    throw new AppError('network-exists', 'usage', 'the folder is not empty: choose another --dir');
  }
  const authorities = requests.filter(({ authority }) => authority !== null).length;
  const parameters = networkParameters(options, authorities);
  const relayCard = foundNetwork({ name, parameters, requests }, systemRng);
  privateFolder(dir);
  writeCards(dir, relayCard);
  return relayCard;
}

function writeCards(dir: string, relayCard: RelayCard): void {
  writeFileSync(join(dir, CARD_FILE), `${encodeCard(relayCard.card)}\n`, { mode: 0o600 });
  writeFileSync(join(dir, RELAY_CARD_FILE), encodeRelayCard(relayCard), { mode: 0o600 });
}

/**
 * With three or more authorities one may fail at any time, so keys need not be published a day
 * ahead: K = 2, V = 3 (docs/spec/parameters.md).
 */
function networkParameters(
  { demonstration, set }: ParameterOptions,
  authorities: number,
): Parameters {
  const base = demonstration ? demonstrationParameters : defaultParameters;
  const ahead = authorities >= 3 ? { keysAhead: 2, validEpochs: 3 } : {};
  const stranger = Object.keys(set).find((key) => !Object.hasOwn(base, key));
  if (stranger !== undefined) throw unknownParameter(stranger, Object.keys(base));
  try {
    return parametersFrom({ ...base, ...ahead, ...set });
  } catch (cause) {
    throw new AppError(
      'config-value',
      'usage',
      '--set: a value is out of its range, or does not go with the others (graceMs at most half ' +
        'of epochMs, inUseSlotMs at most slotMs): see docs/spec/parameters.md',
      { cause },
    );
  }
}

/** Names it, so far as it can be a parameter. */
function unknownParameter(name: string, known: readonly string[]): AppError {
  const isWord = /^\w{1,64}$/.test(name);
  const meant = isWord ? nearest(name, known) : null;
  const shown = isWord ? `\`${name}\`` : 'a key that is no word';
  const advice = meant === null ? 'see docs/spec/parameters.md' : `did you mean \`${meant}\`?`;
  return new AppError('config-value', 'usage', `--set: ${shown} is no parameter: ${advice}`);
}

/** Of a row that cannot be tried on this machine. */
const FIRST_PORT = 7_700;

interface Planned {
  readonly folder: string;
  readonly setup: Setup;
}

async function planSetups(options: CreateOptions, rng: Rng): Promise<Planned[]> {
  const { authorities = 1, mixesPerLayer, edges, capacity, dir } = options;
  const operators = options.operators?.length ? options.operators : operatorsOf(options);
  const source = options.source ?? UNKNOWN_SOURCE;
  const dealt = deal(placesOf({ authorities, mixesPerLayer, edges }), operators.length);
  const names = folderNames(operators);
  const ports = await allPorts(dealt, operators, options.basePort, rng);
  return operators.map((operator, i) => {
    const places = dealt[i] ?? [];
    const authorities = places.filter(({ role }) => role === 'authority').length;
    if (places.length === 0 || authorities > 1) {
      throw new AppError(
        'operators-unequal',
        'usage',
        'there are more operators than relays, or more authorities than operators',
      );
    }
    const processes = places.map((place) => ({
      ...place,
      ports: ports.splice(0, portsOf(place)),
    }));
    return {
      folder: operators.length === 1 ? dir : join(dir, names[i] ?? ''),
      setup: { ...operator, listen: operator.host, capacity, ...source, processes },
    };
  });
}

/** Where none are named: one, or as many as there are authorities, for an operator has one at most. */
function operatorsOf({ authorities = 1, family, host }: CreateOptions): OperatorOptions[] {
  if (authorities === 1) return [{ family, country: 'ZZ', host }];
  return Array.from({ length: authorities }, (_, i) => ({
    family: `${family} ${i + 1}`,
    country: 'ZZ',
    host,
  }));
}

/** One row for all: operators may share a machine, or have one each. */
async function allPorts(
  dealt: readonly (readonly Place[])[],
  operators: readonly OperatorOptions[],
  base: number,
  rng: Rng,
): Promise<number[]> {
  const count = dealt.flat().reduce((sum, place) => sum + portsOf(place), 0);
  const hosts = new Set(operators.map(({ host }) => host));
  const [host] = hosts;
  if (host !== undefined && hosts.size === 1 && isLocal(host)) {
    return choosePorts(count, host, base, rng);
  }
  return Array.from({ length: count }, (_, i) => (base === 0 ? FIRST_PORT : base) + i);
}

/** An edge has a second port for its clients. */
function portsOf({ role }: Place): number {
  return role === 'edge' ? 2 : 1;
}

/** Ports for the processes of one machine; those of an address that is not here are not tried. */
export async function withPorts(
  places: readonly Place[],
  listen: string,
  base: number,
  rng: Rng,
): Promise<PlannedProcess[]> {
  const count = places.reduce((sum, place) => sum + portsOf(place), 0);
  const ports = isLocal(listen)
    ? await choosePorts(count, listen, base, rng)
    : Array.from({ length: count }, (_, i) => (base === 0 ? FIRST_PORT : base) + i);
  return places.map((place) => ({ ...place, ports: ports.splice(0, portsOf(place)) }));
}

function folderNames(operators: readonly OperatorOptions[]): string[] {
  return operators.map(({ family }, i) => {
    const plain = family
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '');
    const twin = operators.slice(0, i).some((other) => other.family === family);
    return plain === '' || twin ? `operator-${i + 1}` : plain;
  });
}
