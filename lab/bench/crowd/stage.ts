/** A network of processes with the rates of the default document, crowds beside it, and /proc. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { type Millis, SECOND } from '@tacet/base';
import { decodeCard, defaultParameters } from '@tacet/directory';
import { hurry, RelayNetwork } from '@tacet/e2e/lib';
import { endWithUs } from '@tacet/testkit/children';
import { type Usage, usageOf } from '../usage.ts';
import type { Command } from './crowd.ts';
import { type Late, readLate } from './late.ts';

const EDGE = join(import.meta.dirname, 'edge.ts');

const PRIORITIES = {
  highest: constants.priority.PRIORITY_HIGHEST,
  usual: constants.priority.PRIORITY_NORMAL,
  lowest: constants.priority.PRIORITY_LOW,
} as const;
/** `urgent`: as the programs that are measured. */
type Priority = keyof typeof PRIORITIES | 'urgent';

/** Before or behind other programs of this machine, where that is allowed. */
function place(pid: number, priority: Priority): void {
  if (priority === 'urgent') {
    hurry(pid);
    return;
  }
  try {
    setPriority(pid, PRIORITIES[priority]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
  }
}

export class Crowd {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  constructor(card: string, edge: number, slotMs: Millis, real: number, priority: Priority) {
    const entry = join(import.meta.dirname, 'crowd.ts');
    const args = [entry, card, String(edge), String(slotMs), String(real)];
    this.child = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    endWithUs(this.child);
    place(this.child.pid ?? 0, priority);
    this.reader = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  async ask<Answer>(command: Command): Promise<Answer> {
    this.child.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error('a crowd ended');
    return JSON.parse(value) as Answer;
  }

  /** Of its process. */
  usage(): Usage {
    return usageOf(this.child.pid ?? 0);
  }

  async end(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    if (this.child.exitCode === null && this.child.signalCode === null) await gone;
  }
}

export class Stage {
  readonly network: RelayNetwork;
  private readonly dir: string;
  private readonly crowds: Crowd[] = [];

  private constructor(dir: string, network: RelayNetwork) {
    this.dir = dir;
    this.network = network;
  }

  static async with<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
    const dir = mkdtempSync(join(tmpdir(), 'tacet-bench-crowd-'));
    const { crowd: _, ...rates } = defaultParameters;
    const network = await RelayNetwork.start({
      dir: join(dir, 'network'),
      parameters: rates,
      urgent: true,
      entryOf: (name) => (name.startsWith('edge') ? EDGE : undefined),
      argsOf: (name) => (name.startsWith('edge') ? ['--late', join(dir, name)] : []),
    });
    writeFileSync(join(dir, 'card'), network.card);
    const stage = new Stage(dir, network);
    try {
      return await work(stage);
    } finally {
      await Promise.all(stage.crowds.map((crowd) => crowd.end()));
      await network.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }

  get slotMs(): Millis {
    return defaultParameters.slotMs;
  }

  /** @param real share of slots with a real cover read; @param edge which one of the card */
  crowd(real: number, priority: Priority = 'highest', edge = 0): Crowd {
    const crowd = new Crowd(join(this.dir, 'card'), edge, this.slotMs, real, priority);
    this.crowds.push(crowd);
    return crowd;
  }

  /** Name of the process behind the card's first edge. */
  get edge(): string {
    const address = decodeCard(this.network.card).edges[0]?.address;
    for (const { name, config } of this.network.processes) {
      const path = join(this.network.dir, config);
      if (JSON.parse(readFileSync(path, 'utf8')).clientAddress === address) return name;
    }
    throw new RangeError('no process has the client address of the card');
  }

  usage(): Usage {
    return usageOf(this.network.program(this.edge).pid);
  }

  /** Of every frame down that has left the edge so far, but for the last moment's. */
  late(): Late[] {
    return readLate(join(this.dir, this.edge));
  }

  /** Of the edge over a stretch of time: share of one core, and memory at its end. */
  async watch(ms: Millis): Promise<{ cpuPct: number; rssKb: number }> {
    const before = this.usage();
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    const after = this.usage();
    const cpuPct = (100 * (after.cpuMs - before.cpuMs)) / (performance.now() - start);
    return { cpuPct, rssKb: after.rssKb };
  }
}

export const MEASURED: Millis = 30 * SECOND;
