/** The processes of the demonstration: started, watched, ended; never anybody else's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

const FOLLOW = join(import.meta.dirname, 'follow.mjs');
const END_MS = 10_000;

export interface ChildOptions {
  readonly name: string;
  /** Entry and its arguments. */
  readonly args: readonly string[];
  /** The child says on descriptor 3 that it is ready. */
  readonly tellsReady?: boolean;
  /** Instead of ours. */
  readonly env?: NodeJS.ProcessEnv;
}

export class Children {
  private readonly logs: string;
  private readonly running = new Map<string, ChildProcess>();
  private readonly onDeath: (name: string) => void;
  private ending = false;

  /** @param onDeath a child ended although nobody asked it to. */
  constructor(logs: string, onDeath: (name: string) => void) {
    this.logs = logs;
    this.onDeath = onDeath;
  }

  /**
   * Its own process group, so that Ctrl-C reaches only us and we end things in order. It follows
   * its standard input, so that it ends with us even when we are killed.
   */
  start({ name, args, tellsReady, env = process.env }: ChildOptions): ChildProcess {
    const log = openSync(join(this.logs, `${name}.log`), 'a', 0o600);
    const child = spawn(process.execPath, [FOLLOW, ...args], {
      detached: true,
      env,
      stdio: ['pipe', log, log, tellsReady === true ? 'pipe' : 'ignore'],
    });
    closeSync(log);
    this.running.set(name, child);
    child.stdin?.on('error', () => {});
    child.once('error', () => this.ended(name));
    child.once('exit', () => this.ended(name));
    return child;
  }

  /** The line a child writes when it is ready, or null when it ended before. */
  ready(child: ChildProcess): Promise<string | null> {
    const pipe = child.stdio[3] as NodeJS.ReadableStream;
    return new Promise((resolve) => {
      let text = '';
      pipe.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      pipe.on('close', () => resolve(text.endsWith('\n') ? text : null));
    });
  }

  has(name: string): boolean {
    return this.running.has(name);
  }

  /** People first, then the network they use. */
  async endAll(first: readonly string[]): Promise<void> {
    this.ending = true;
    await Promise.all(first.map((name) => this.end(name)));
    await Promise.all([...this.running.keys()].map((name) => this.end(name)));
  }

  private async end(name: string): Promise<void> {
    const child = this.running.get(name);
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await gone;
    clearTimeout(timer);
  }

  private ended(name: string): void {
    if (!this.running.delete(name)) return;
    if (!this.ending) this.onDeath(name);
  }
}
