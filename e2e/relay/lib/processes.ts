/** A network of real processes in a folder that goes with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  type CreateOptions,
  createNetwork,
  type NetworkDescription,
  type ProcessDescription,
} from '@tacet/host/relay';
import { leasePorts } from '@tacet/testkit/ports';

const PROGRAM = fileURLToPath(new URL('../../../apps/relay/bin/tacet-relay.mjs', import.meta.url));

/** Enough for the processes of one network. */
const PORTS = 30;

interface Started {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly exit: Promise<number | null>;
}

export class ProcessNetwork {
  readonly dir: string;
  readonly description: NetworkDescription;
  readonly card: string;
  /** What processes wrote to standard error. */
  readonly warnings: string[] = [];
  private readonly started = new Map<string, Started>();

  private constructor(dir: string, description: NetworkDescription) {
    this.dir = dir;
    this.description = description;
    this.card = readFileSync(join(dir, description.card), 'utf8');
  }

  static async create(options: Partial<CreateOptions> = {}): Promise<ProcessNetwork> {
    const dir = mkdtempSync(join(tmpdir(), 'tacet-net-'));
    const [first = 0] = await leasePorts(PORTS);
    const description = await createNetwork({
      name: 'e2e',
      demonstration: true,
      host: '127.0.0.1',
      basePort: first,
      mixesPerLayer: 1,
      edges: 2,
      family: 'e2e',
      capacity: 200,
      set: {},
      ...options,
      dir: join(dir, 'net'),
    });
    return new ProcessNetwork(join(dir, 'net'), description);
  }

  get names(): string[] {
    return this.description.processes.map(({ name }) => name);
  }

  /** Starts all, resolves when all are ready. */
  async startAll(): Promise<void> {
    for (const name of this.names) this.start(name);
    await Promise.all(this.names.map((name) => this.ready(name)));
  }

  start(name: string): void {
    const child = spawn(
      process.execPath,
      [PROGRAM, 'run', '--config', join(this.dir, this.process(name).config), '--until-stdin-ends'],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    child.stdin?.on('error', () => undefined);
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      this.warnings.push(`${name}: ${line}`);
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const ready = new Promise<void>((resolve) => {
      lines.on('line', (line) => line.startsWith('ready ') && resolve());
    });
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    this.started.set(name, { child, ready, exit });
  }

  /** Resolves when the process has said so; rejects when it ended before. */
  async ready(name: string): Promise<void> {
    const { ready, exit } = this.get(name);
    const ended = exit.then((code) => {
      throw new Error(`${name} ended with ${code}: ${this.warnings.join('; ')}`);
    });
    await Promise.race([ready, ended]);
    ended.catch(() => undefined);
  }

  pid(name: string): number {
    const { pid } = this.get(name).child;
    if (pid === undefined) throw new RangeError(`${name} was not started`);
    return pid;
  }

  /** The end of a process that somebody else brings about. */
  watch(name: string): { readonly exit: Promise<number | null> } {
    const { exit } = this.get(name);
    this.started.delete(name);
    return { exit };
  }

  /** @returns the exit code, null after a signal that was not caught. */
  async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child, exit } = this.get(name);
    child.kill(signal);
    this.started.delete(name);
    return exit;
  }

  /** Ends everything that still runs and removes the folder. */
  async close(): Promise<Record<string, number | null>> {
    const names = [...this.started.keys()];
    const codes = await Promise.all(names.map((name) => this.end(name)));
    rmSync(join(this.dir, '..'), { recursive: true, force: true });
    return Object.fromEntries(names.map((name, i) => [name, codes[i] ?? null]));
  }

  /** Asks the admin socket. */
  async admin(name: string, path: string): Promise<{ status: number; body: unknown }> {
    const socketPath = join(this.dir, this.process(name).admin);
    const asked = request({ socketPath, path });
    asked.end();
    const [response] = await once(asked, 'response');
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode, body: JSON.parse(text) };
  }

  async counters(name: string): Promise<Record<string, number>> {
    const { body } = await this.admin(name, '/counters');
    return (body as { counters: Record<string, number> }).counters;
  }

  /** What every relay that runs counted of packets it did not pass on. */
  async drops(): Promise<string> {
    const lines: string[] = [];
    for (const { name, role } of this.description.processes) {
      if (role === 'authority' || !this.started.has(name)) continue;
      const told = Object.entries(await this.counters(name)).filter(([key]) =>
        /packet-|next-|up-|stale|unknown|shed|lost|late|expired/.test(key),
      );
      lines.push(`${name}: ${told.map(([key, n]) => `${key} ${n}`).join(', ')}`);
    }
    return lines.join('\n');
  }

  /** As other programs of the machine see it. */
  commandLine(name: string): string {
    return readFileSync(`/proc/${this.get(name).child.pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  }

  private process(name: string): ProcessDescription {
    const found = this.description.processes.find((one) => one.name === name);
    if (found === undefined) throw new RangeError(`no process ${name}`);
    return found;
  }

  private get(name: string): Started {
    const started = this.started.get(name);
    if (started === undefined) throw new RangeError(`${name} does not run`);
    return started;
  }
}
