/**
 * One program under test: a child process with its log, ended by its pid, and with this process
 * however that ends.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { endWithUs } from '@tacet/testkit/children';

const STOP_PATIENCE = 10_000;
/**
 * Four epochs of a minute. Votes for a network's first document that a busy machine brings too late
 * count for nothing, and an authority signs once an epoch, so the next chance is the next epoch.
 */
const READY_PATIENCE = 240_000;

export interface ProgramOptions {
  /** For errors and logs. */
  readonly name: string;
  readonly entry: string;
  readonly args: readonly string[];
  /** Standard output and error are added to it. */
  readonly log: string;
  /** Descriptor on which a line tells that it takes calls, and what stands in that line. */
  readonly ready?: { readonly fd: 1 | 3; readonly word: string };
  /** Measured: it goes before other programs of this machine, where that is allowed. */
  readonly urgent?: boolean;
  /** Instead of ours. */
  readonly env?: NodeJS.ProcessEnv;
}

let refused = false;

/** Whether urgent programs were given their priority: it belongs beside a figure. */
export function priorityGranted(): boolean {
  return !refused;
}

export class Program {
  readonly name: string;
  readonly log: string;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private readonly readyLine: Promise<string> | null;
  private readonly readyWord: string;
  private readonly urgent: boolean;
  private wanted = false;

  constructor(options: ProgramOptions) {
    const { name, entry, args, log, ready } = options;
    this.name = name;
    this.log = log;
    this.urgent = options.urgent === true;
    const file = openSync(log, 'a', 0o600);
    // Standard input ends with us, and with it every program that follows it.
    this.child = spawn(process.execPath, [entry, ...args], {
      stdio: ['pipe', ready?.fd === 1 ? 'pipe' : file, file, ready?.fd === 3 ? 'pipe' : 'ignore'],
      env: {
        ...(options.env ?? process.env),
        NODE_OPTIONS: undefined,
        NODE_TEST_CONTEXT: undefined,
      },
    });
    closeSync(file);
    endWithUs(this.child);
    // What it still reads when it is killed: nobody waits for the rest.
    this.child.stdin?.on('error', () => {});
    this.exited = new Promise((resolve) => {
      this.child.once('error', () => resolve());
      this.child.once('exit', () => resolve());
    });
    this.readyWord = ready?.word ?? '';
    const pipe = ready === undefined ? null : this.child.stdio[ready.fd];
    this.readyLine = pipe ? lineWith(pipe as Readable, this.readyWord, log) : null;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ended although nobody asked it to. */
  get crashed(): boolean {
    return !this.wanted && !this.isRunning;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Rejects when it ends before it is ready, or takes too long. */
  async ready(): Promise<void> {
    if (this.readyLine === null) return;
    const late = `${this.name} is ready${this.tail()}`;
    const line = await withTimeout(this.readyLine, READY_PATIENCE, late);
    if (!line.includes(this.readyWord)) {
      throw new Error(`${this.name} did not start: ${line}${this.tail()}`);
    }
    if (this.urgent) hurry(this.pid);
  }

  /** Writes a line to its standard input. */
  say(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** Ends its standard input. */
  endInput(): void {
    this.wanted = true;
    this.child.stdin?.end();
  }

  /** Resolves when it has ended by itself, with its exit status. */
  async ended(): Promise<number | null> {
    this.wanted = true;
    await this.exited;
    return this.child.exitCode;
  }

  /** Kill -9. */
  async kill(): Promise<void> {
    this.wanted = true;
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** SIGTERM, and kill -9 when that does not help. True when it ended by itself. */
  async stop(): Promise<boolean> {
    this.wanted = true;
    this.child.kill('SIGTERM');
    try {
      await withTimeout(this.exited, STOP_PATIENCE, this.name);
      return true;
    } catch {
      await this.kill();
      return false;
    }
  }

  /** The last lines of its log, for an error text. */
  tail(lines = 15): string {
    const text = readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    return text === '' ? '' : `\n--- ${this.name}\n${text}`;
  }
}

/**
 * Real-time scheduling for every thread of a program, so that other work on this machine is not
 * what is measured. Takes root, and `chrt` of util-linux; without them it stays as it was.
 */
export function hurry(pid: number): void {
  const { status } = spawnSync('chrt', ['--all-tasks', '--rr', '--pid', '1', String(pid)], {
    stdio: 'ignore',
  });
  if (status !== 0) refused = true;
}

/** Adds everything to the log; resolves with the first line with `word`, or all at the end. */
function lineWith(pipe: Readable, word: string, log: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    let found = false;
    pipe.on('data', (chunk: Buffer) => {
      appendFileSync(log, chunk);
      if (found) return;
      text += chunk.toString('utf8');
      const line = text.split('\n').find((one) => one.includes(word));
      if (line === undefined && !text.includes('"error"')) return;
      found = true;
      resolve(line ?? text.trim());
    });
    pipe.on('end', () => resolve(text.trim()));
    pipe.on('error', () => resolve(text.trim()));
  });
}

export async function withTimeout<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not within ${ms / 1_000} s: ${what}`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
