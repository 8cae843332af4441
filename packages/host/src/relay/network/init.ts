/**
 * `init`: an operator's own folder, step by step. Without a network: keys and a request (setup.ts).
 * With a relay card: the configurations too, for a network that was founded with this folder's
 * request, or for one that it asks to be admitted to.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { AppError, hex } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { authorityHashOf, relayHashOf } from '@tacet/directory';
import { readKeys } from '../keys.ts';
import { withPorts } from './create.ts';
import { DESCRIPTION_FILE, type NetworkDescription } from './description.ts';
import { establish } from './establish.ts';
import type { Place } from './names.ts';
import { readSetup } from './read-setup.ts';
import type { RelayCard } from './relay-card.ts';
import { encodeOperatorRequest, type OperatorRequest } from './request.ts';
import { makeSetup, REQUEST_FILE, SETUP_FILE } from './setup.ts';
import { type CodeSource, UNKNOWN_SOURCE } from './source.ts';

export interface InitOptions {
  readonly dir: string;
  readonly places: readonly Place[];
  readonly family: string;
  readonly country: string;
  readonly host: string;
  /** Address to listen on; null: the host when it is an address, else every interface. */
  readonly listen: string | null;
  /** First of a row of ports; 0 for any free ones. */
  readonly basePort: number;
  readonly capacity: number;
  /** Unknown unless given. */
  readonly source?: CodeSource;
}

/** Makes keys, `setup.json` and `request.json`. @throws `network-exists`, `port-in-use` */
export async function initFolder(options: InitOptions): Promise<OperatorRequest> {
  const { dir, places, family, country, host, capacity } = options;
  const listen = options.listen ?? (isIP(host) === 0 ? '::' : host);
  const processes = await withPorts(places, listen, options.basePort, systemRng);
  const source = options.source ?? UNKNOWN_SOURCE;
  const setup = { family, country, host, listen, capacity, ...source, processes };
  const request = makeSetup(dir, setup, systemRng, Date.now());
  writeFileSync(join(dir, REQUEST_FILE), encodeOperatorRequest(request));
  return request;
}

export function hasSetup(dir: string): boolean {
  return existsSync(join(dir, SETUP_FILE));
}

/**
 * Writes configurations for the network of the card. An authority must be one of the card's.
 * @throws `network-exists`, `setup-missing`, `setup-damaged`, `authority-not-of-card`
 */
export function joinNetwork(dir: string, relayCard: RelayCard): NetworkDescription {
  if (existsSync(join(dir, DESCRIPTION_FILE))) {
    throw new AppError('network-exists', 'usage', 'this folder has joined a network already');
  }
  const setup = readSetup(dir);
  const authority = setup.processes.find(({ role }) => role === 'authority');
  if (authority !== undefined) {
    const { identity } = readKeys(join(dir, authority.name, 'data'));
    const own = hex(authorityHashOf(identity.publicKey));
    if (!relayCard.authorities.some(({ hash }) => hash === own)) {
      throw new AppError(
        'authority-not-of-card',
        'refused',
        'authorities are part of what a network is: none can be added after it was founded',
      );
    }
  }
  return establish(dir, setup, relayCard);
}

/** Whether every relay of the folder is among those the network began with. */
export function isFounder(dir: string, relayCard: RelayCard): boolean {
  return readSetup(dir)
    .processes.filter(({ role }) => role !== 'authority')
    .every(({ name }) => {
      const { identity } = readKeys(join(dir, name, 'data'));
      const own = hex(relayHashOf(identity.publicKey));
      return relayCard.relays.some(({ relay }) => relay === own);
    });
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError(
      'file-missing',
      'missing',
      'a file named on the command line cannot be read',
      {
        cause,
      },
    );
  }
}
