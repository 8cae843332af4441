/**
 * Ports of the demonstration network. Chosen once, below the range the system hands out, and
 * remembered in the network's configuration. When one is taken later, all move: configurations and
 * card follow at once; relays are told where the others went until the next document says so.
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
  processes: { name: string; role: string; config: string; ports: number[] }[];
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
    const wentTo =
      process.role === 'authority' ? {} : { reach: reach(config, moved, network.host) };
    const renamed = renumber(config, port, address) as Record<string, unknown>;
    writeJson(file, { ...renamed, ...wentTo });
    process.ports = process.ports.map(port);
  }
  const cardFile = join(folder, network.card);
  const card = decodeCard(readFileSync(cardFile, 'utf8').trim());
  const edges = card.edges.map((edge) => ({ ...edge, address: address(edge.address) }));
  writeFileSync(cardFile, `${encodeCard({ ...card, edges })}\n`, { mode: 0o600 });
  writeJson(path, network);
}

/** Every port and address of a configuration, also within lists. */
function renumber(
  value: unknown,
  port: (value: number) => number,
  address: (value: string) => string,
): unknown {
  if (Array.isArray(value)) return value.map((one) => renumber(one, port, address));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (/^(port|relayPort|clientPort)$/.test(key)) return [key, port(Number(one))];
      if (/address$/i.test(key) && typeof one === 'string') return [key, address(one)];
      return [key, renumber(one, port, address)];
    }),
  );
}

/** Where to dial what a document names: every address this network ever had leads to the new one. */
function reach(
  config: Readonly<Record<string, unknown>>,
  moved: ReadonlyMap<number, number>,
  host: string,
): Record<string, string> {
  const before = (config['reach'] ?? {}) as Record<string, string>;
  const now = [...moved].map(([from, to]) => [`${host}:${from}`, `${host}:${to}`] as const);
  const latest = new Map<string, string>(now);
  const older = Object.entries(before).map(([from, to]) => [from, latest.get(to) ?? to] as const);
  return Object.fromEntries([...older, ...now]);
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
