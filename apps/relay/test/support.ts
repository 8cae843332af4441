import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '@tacet/testkit/children';
import { main } from '../src/index.ts';

const PROGRAM = fileURLToPath(new URL('../bin/tacet-relay.mjs', import.meta.url));

const made: string[] = [];
process.once('exit', () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-relay-app-'));
  made.push(dir);
  return dir;
}

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The program as a function: for commands that end by themselves. */
export async function command(...args: string[]): Promise<Result> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, {
    out: (line) => out.push(line),
    warn: (line) => err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** The program as a process: for commands that run until they are told to stop. */
export class Program {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  text = '';

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    endWithUs(this.child);
    this.exit = once(this.child, 'exit').then(([code]) => code as number | null);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.text += String(chunk);
      });
    }
  }

  async says(line: string): Promise<void> {
    while (!this.text.includes(line)) {
      if (this.child.exitCode !== null) throw new Error(`ended before \`${line}\`: ${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
