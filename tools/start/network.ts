/** The demonstration network: an authority, three mixes, two edges, each a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../lib/tree.ts';
import type { Children } from './children.ts';
import { type DemoHome, StartError } from './home.ts';
import { freeRow, moveNetwork, taken } from './ports.ts';

const RELAY = join(REPOSITORY, 'apps/relay/bin/tacet-relay.mjs');
const HOST = '127.0.0.1';
/** Authority 1, mixes 3, edges 2 times 2. */
const PORTS = 8;
const READY_MS = 60_000;
/** An earlier start may still be ending. */
const LET_GO_MS = 4_000;

interface Description {
  readonly host: string;
  readonly card: string;
  readonly processes: readonly {
    readonly name: string;
    readonly role: string;
    readonly config: string;
    readonly admin: string;
    readonly ports: readonly number[];
  }[];
}

export interface DemoNetwork {
  readonly names: readonly string[];
  readonly card: string;
  /** Its ports changed since the last time. */
  readonly moved: boolean;
  ready(): Promise<void>;
}

/** @param set KEY=VALUE, what differs from the demonstration's parameters in a network made now */
export async function startNetwork(
  home: DemoHome,
  children: Children,
  set: readonly string[],
): Promise<DemoNetwork> {
  const folder = home.network;
  if (!existsSync(join(folder, 'network.json'))) await create(folder, set);
  else if (set.length > 0) {
    throw new StartError('the network has its rates; to choose others begin anew with --fresh');
  }
  let network = describe(folder);
  const moved = await settlePorts(folder, network);
  if (moved) network = describe(folder);
  for (const { name, config } of network.processes) {
    children.start({ name, args: [RELAY, 'run', '--config', join(folder, config)] });
  }
  return {
    names: network.processes.map(({ name }) => name),
    card: readFileSync(join(folder, network.card), 'utf8').trim(),
    moved,
    ready: async () => {
      const end = performance.now() + READY_MS;
      for (const { name, admin } of network.processes) {
        await waitReady(name, join(folder, admin), end, children);
      }
    },
  };
}

/** True when another program took some of its ports, and the network moved to others. */
async function settlePorts(folder: string, network: Description): Promise<boolean> {
  const ports = network.processes.flatMap((one) => one.ports);
  const end = performance.now() + LET_GO_MS;
  let blocked = await taken(ports, network.host);
  while (blocked.length > 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    blocked = await taken(ports, network.host);
  }
  if (blocked.length === 0) return false;
  await moveNetwork(folder);
  return true;
}

async function create(folder: string, set: readonly string[]): Promise<void> {
  const base = await freeRow(PORTS, HOST);
  const args = [
    RELAY,
    'network',
    'create',
    '--dir',
    folder,
    '--name',
    'demonstration',
    '--demo',
    '--host',
    HOST,
    '--base-port',
    String(base),
    ...set.flatMap((one) => ['--set', one]),
  ];
  try {
    await promisify(execFile)(process.execPath, args);
  } catch (error) {
    throw new StartError(`the network could not be made: ${lastLine(error)}`);
  }
}

function describe(folder: string): Description {
  return JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8')) as Description;
}

async function waitReady(
  name: string,
  admin: string,
  end: number,
  children: Children,
): Promise<void> {
  while (!(await isReady(admin))) {
    if (!children.has(name)) throw new StartError(`${name} ended; its log says why`);
    if (performance.now() > end) throw new StartError(`${name} did not get ready; see its log`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function isReady(admin: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: admin, path: '/readyz' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return text.trim().split('\n').at(-1) ?? 'no reason was given';
}
