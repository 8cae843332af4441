/**
 * Ports of the demonstration network. Chosen once, below the range the system hands out, and
 * remembered in the network's configuration. When one is taken later, all move: the network's
 * configurations and the card follow, the next document tells everybody else.
 */
import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { decodeCard, encodeCard } from '@tacet/directory';

const LOWEST = 20_000;
const HIGHEST = 29_000;
const TRIES = 50;

/** First of a row of `count` free ports. */
export async function freeRow(count: number, host: string): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const base = randomInt(LOWEST, HIGHEST);
    const row = Array.from({ length: count }, (_, k) => base + k);
    if ((await taken(row, host)).length === 0) return base;
  }
  throw new Error('no free ports were found');
}

/** Those of `ports` that cannot be listened on now. */
export async function taken(ports: readonly number[], host: string): Promise<number[]> {
  const free = await Promise.all(ports.map((port) => canListen(port, host)));
  return ports.filter((_, i) => free[i] === false);
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

interface Description {
  host: string;
  card: string;
  processes: { name: string; config: string; ports: number[] }[];
}

/** Writes a new row of ports into every configuration, the card and the description. */
export async function moveNetwork(folder: string): Promise<void> {
  const path = join(folder, 'network.json');
  const network = readJson<Description>(path);
  const old = network.processes.flatMap(({ ports }) => ports);
  const base = await freeRow(old.length, network.host);
  const moved = new Map(old.map((port, i) => [port, base + i]));
  const port = (value: number) => moved.get(value) ?? value;
  const address = (value: string) => value.replace(/\d+$/, (text) => String(port(Number(text))));

  for (const process of network.processes) {
    const file = join(folder, process.config);
    const config = readJson<Record<string, unknown>>(file);
    for (const [key, value] of Object.entries(config)) {
      if (/^(port|relayPort|clientPort)$/.test(key)) config[key] = port(Number(value));
      if (/Address$/.test(key)) config[key] = address(String(value));
    }
    writeJson(file, config);
    process.ports = process.ports.map(port);
  }
  const cardFile = join(folder, network.card);
  const card = decodeCard(readFileSync(cardFile, 'utf8').trim());
  const edges = card.edges.map((edge) => ({ ...edge, address: address(edge.address) }));
  writeFileSync(cardFile, `${encodeCard({ ...card, edges })}\n`, { mode: 0o600 });
  writeJson(path, network);
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
