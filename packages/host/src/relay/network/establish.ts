/**
 * The third step: from an operator's folder and the relay card to configurations that run. Also how
 * a relay joins a network that is there already.
 */
import { writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { encodeCard } from '@tacet/directory';
import { writeAllowed } from './allowed.ts';
import {
  DESCRIPTION_FILE,
  type NetworkDescription,
  type ProcessDescription,
} from './description.ts';
import { writeJson } from './json.ts';
import { encodeRelayCard, type RelayCard } from './relay-card.ts';
import { addressOf, type PlannedProcess, type Setup } from './setup.ts';
import { writeStartScript } from './start-script.ts';

export const CARD_FILE = 'network.card';
export const RELAY_CARD_FILE = 'relay.card';

/** An authority of the folder begins with the relays of the card. */
export function establish(dir: string, setup: Setup, relayCard: RelayCard): NetworkDescription {
  writeFileSync(join(dir, CARD_FILE), `${encodeCard(relayCard.card)}\n`, { mode: 0o600 });
  writeFileSync(join(dir, RELAY_CARD_FILE), encodeRelayCard(relayCard), { mode: 0o600 });
  for (const planned of setup.processes) {
    const folder = join(dir, planned.name);
    if (planned.role === 'authority') {
      writeAllowed(join(folder, 'allowed.json'), relayCard.relays);
      writeJson(join(folder, 'config.json'), authorityConfig(setup, planned, relayCard));
    } else {
      writeJson(join(folder, 'config.json'), relayConfig(setup, planned, relayCard));
    }
  }
  const description = describe(setup, relayCard);
  writeJson(join(dir, DESCRIPTION_FILE), description);
  writeStartScript(dir);
  return description;
}

/** One description of several operators' folders, for `run-all`. */
export function describeAll(
  dir: string,
  folders: readonly { readonly dir: string; readonly description: NetworkDescription }[],
): NetworkDescription {
  const [first] = folders;
  if (first === undefined) throw new RangeError('a network of nobody');
  const under = (folder: string, path: string): string => join(relative(dir, folder), path);
  const description: NetworkDescription = {
    ...first.description,
    card: CARD_FILE,
    processes: folders.flatMap((folder) =>
      folder.description.processes.map((process) => ({
        ...process,
        name: `${basename(folder.dir)}/${process.name}`,
        config: under(folder.dir, process.config),
        admin: under(folder.dir, process.admin),
      })),
    ),
  };
  writeJson(join(dir, DESCRIPTION_FILE), description);
  writeStartScript(dir);
  return description;
}

function describe(setup: Setup, { card, parameters }: RelayCard): NetworkDescription {
  return {
    version: 1,
    name: card.networkName,
    demonstration: !parameters.crowd,
    host: setup.host,
    card: CARD_FILE,
    processes: setup.processes.map(
      ({ name, role, ports }): ProcessDescription => ({
        name,
        role,
        config: `${name}/config.json`,
        admin: `${name}/admin.sock`,
        ports,
      }),
    ),
  };
}

function authorityConfig(
  { host, listen }: Setup,
  { ports: [port = 0] }: PlannedProcess,
  { card, parameters, authorities }: RelayCard,
): Record<string, unknown> {
  const own = addressOf(host, port);
  const peers = authorities
    .filter(({ address }) => address !== own)
    .map(({ hash, address, keyHash }) => ({ identity: hash, address, keyHash }));
  return {
    role: 'authority',
    name: card.networkName,
    listenHost: listen,
    port,
    peers,
    parameters,
  };
}

function relayConfig(
  setup: Setup,
  { role, layer, ports: [relayPort = 0, clientPort = 0] }: PlannedProcess,
  { parameters, authorities }: RelayCard,
): Record<string, unknown> {
  const { epochMs, graceMs, keysAhead } = parameters;
  const isEdge = role === 'edge';
  const { host, listen, family, country, capacity, sourceUrl, sourceCommit } = setup;
  return {
    role,
    ...(isEdge ? {} : { layer }),
    card: `../${CARD_FILE}`,
    authorities: authorities.map(({ address, keyHash }) => ({ address, keyHash })),
    listenHost: listen,
    relayPort,
    ...(isEdge ? { clientPort } : {}),
    relayAddress: addressOf(host, relayPort),
    ...(isEdge ? { clientAddress: addressOf(host, clientPort) } : {}),
    family,
    country,
    capacity,
    sourceUrl,
    sourceCommit,
    epochMs,
    graceMs,
    keysAhead,
  };
}
