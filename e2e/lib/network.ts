/**
 * A whole network as processes: `tacet-relay network create`, then one process for the authority
 * and each relay, killed and started again by name. Rates come with the network document.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Parameters } from '@tacet/directory';
import { leasePorts } from '@tacet/testkit/ports';
import { Program } from './program.ts';

const ENTRY = fileURLToPath(new URL('../../apps/relay/bin/tacet-relay.mjs', import.meta.url));

/** Enough for the processes of one network. */
const PORTS = 48;

/** What `network.json` says of each process. */
export interface Described {
  readonly name: string;
  readonly role: 'authority' | 'mix' | 'edge';
  readonly config: string;
  readonly admin: string;
}

export interface NetworkOptions {
  /** An empty or missing folder. */
  readonly dir: string;
  /** What differs from the demonstration's parameters. */
  readonly parameters: Partial<Parameters>;
  readonly authorities?: number;
  readonly mixesPerLayer?: number;
  readonly edges?: number;
  /** What every process listens on and is dialled by: an address of this machine, or its name. */
  readonly host?: string;
  /** Changes a process's configuration before it first runs, e.g. the address clients dial. */
  readonly configure?: (name: string, config: Record<string, unknown>) => Record<string, unknown>;
  /** Another program for the processes of a role, e.g. one that is measured. */
  readonly entryOf?: (name: string) => string | undefined;
  readonly argsOf?: (name: string) => readonly string[];
  /** Measured, see `ProgramOptions`. */
  readonly urgent?: boolean;
}

export class RelayNetwork {
  readonly dir: string;
  readonly card: string;
  readonly processes: Described[];
  private readonly options: NetworkOptions;
  private readonly programs = new Map<string, Program>();

  private constructor(options: NetworkOptions) {
    this.options = options;
    this.dir = options.dir;
    const description = JSON.parse(readFileSync(join(this.dir, 'network.json'), 'utf8')) as {
      card: string;
      processes: Described[];
    };
    this.processes = description.processes;
    this.card = readFileSync(join(this.dir, description.card), 'utf8').trim();
  }

  /** Makes the folder and starts everything; resolves when all processes are ready. */
  static async start(options: NetworkOptions): Promise<RelayNetwork> {
    const { dir, parameters, authorities = 1, mixesPerLayer = 1, edges = 2 } = options;
    const { host = '127.0.0.1' } = options;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const [port] = await leasePorts(PORTS);
    const log = join(dir, '..', 'network-create.log');
    const create = new Program({
      name: 'network create',
      entry: ENTRY,
      args: [
        ...['network', 'create', '--dir', dir, '--name', 'e2e', '--demo'],
        ...(authorities === 1 ? [] : ['--authorities', String(authorities)]),
        ...['--host', host, '--base-port', String(port)],
        ...['--mixes-per-layer', String(mixesPerLayer), '--edges', String(edges)],
        ...setting(parameters),
      ],
      log,
      ready: { fd: 1, word: 'made a network' },
    });
    await create.ready();
    await create.ended();
    const network = new RelayNetwork(options);
    network.configure();
    try {
      await Promise.all(network.processes.map(({ name }) => network.run(name)));
    } catch (error) {
      await network.stop();
      throw error;
    }
    return network;
  }

  names(role?: Described['role']): string[] {
    return this.processes.filter((one) => role === undefined || one.role === role).map(byName);
  }

  /** Where its configuration stands and, in `data`, what it keeps. */
  folder(name: string): string {
    return dirname(resolvePath(this.dir, this.described(name).config));
  }

  program(name: string): Program {
    const program = this.programs.get(name);
    if (program === undefined) throw new RangeError(`no process ${name}`);
    return program;
  }

  /** Starts one; resolves when it is ready, which takes its neighbours. */
  async run(name: string): Promise<void> {
    const { config } = this.described(name);
    const program = new Program({
      name,
      entry: this.options.entryOf?.(name) ?? ENTRY,
      args: [
        ...['run', '--config', resolvePath(this.dir, config), '--until-stdin-ends'],
        ...(this.options.argsOf?.(name) ?? []),
      ],
      log: join(this.dir, name, 'log'),
      urgent: this.options.urgent ?? false,
      ready: { fd: 1, word: 'ready ' },
    });
    this.programs.set(name, program);
    await program.ready();
  }

  /** Runs `tacet-relay` with these arguments to its end; resolves when it exits with 0. */
  async command(...args: string[]): Promise<void> {
    const log = join(this.dir, '..', 'commands.log');
    const program = new Program({ name: args.slice(0, 2).join(' '), entry: ENTRY, args, log });
    const status = await program.ended();
    if (status !== 0) throw new Error(`tacet-relay ${args.join(' ')}: ${status}${program.tail()}`);
  }

  /** A process that came later, in a folder of its own; from then on it is one of ours. */
  async adopt(process: Described): Promise<void> {
    mkdirSync(join(this.dir, process.name), { mode: 0o700 });
    this.processes.push(process);
    await this.run(process.name);
  }

  /** Kills one that was adopted; from then on it is none of ours. */
  async dismiss(name: string): Promise<void> {
    await this.kill(name);
    this.processes.splice(this.processes.indexOf(this.described(name)), 1);
  }

  /** It was ended by somebody else. */
  async gone(name: string): Promise<void> {
    await this.program(name).ended();
  }

  async kill(name: string): Promise<void> {
    await this.program(name).kill();
  }

  pids(): number[] {
    return [...this.programs.values()].filter((one) => one.isRunning).map(({ pid }) => pid);
  }

  /** Processes that ended although nobody asked them to. */
  crashed(): string[] {
    return [...this.programs.values()].filter((one) => one.crashed).map(byName);
  }

  counters(name: string): Promise<Record<string, number>> {
    const { admin } = this.described(name);
    return new Promise((resolve, reject) => {
      get({ socketPath: resolvePath(this.dir, admin), path: '/counters' }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(JSON.parse(text).counters as Record<string, number>));
      }).on('error', reject);
    });
  }

  /** Names of those that had to be killed. */
  async stop(): Promise<string[]> {
    const all = [...this.programs.values()];
    const outcomes = await Promise.all(all.map((one) => one.stop()));
    return all.filter((_, i) => outcomes[i] === false).map(byName);
  }

  tails(): string {
    return [...this.programs.values()].map((one) => one.tail()).join('');
  }

  private described(name: string): Described {
    const found = this.processes.find((one) => one.name === name);
    if (found === undefined) throw new RangeError(`no process ${name}`);
    return found;
  }

  private configure(): void {
    const { configure } = this.options;
    if (configure === undefined) return;
    for (const { name, config } of this.processes) {
      const path = join(this.dir, config);
      const changed = configure(name, JSON.parse(readFileSync(path, 'utf8')));
      writeFileSync(path, JSON.stringify(changed), { mode: 0o600 });
    }
  }
}

/** As `network create` and `npm start` take parameters. */
export function setting(parameters: Partial<Parameters>): string[] {
  return Object.entries(parameters).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
}

function byName({ name }: { readonly name: string }): string {
  return name;
}
