/** A demonstration in a folder of its own, as `npm start` runs it, and its command line. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noneRunsIn } from '../../lib/running.ts';
import { type Outcome, tacet as runTacet } from '../../lib/tacet.ts';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Started {
  readonly child: ChildProcess;
  text(): string;
  readonly ended: Promise<number | null>;
}

export interface Demonstration {
  /** Made by the first start. */
  readonly home: string;
  readonly started: readonly Started[];
  start(...options: string[]): Started;
  /** `tacet --profile PROFILE ...` over its people. */
  tacet(profile: string, ...args: string[]): Promise<Outcome>;
  /** What Bob has of Alice. */
  textsOfAlice(): Promise<string[]>;
  end(): Promise<void>;
}

export function demonstration(): Demonstration {
  const home = mkdtempSync(join(tmpdir(), 'tacet-start-'));
  rmSync(home, { recursive: true });
  const env = { PATH: process.env['PATH'], HOME: tmpdir(), TACET_HOME: home };
  const started: Started[] = [];

  function start(...options: string[]): Started {
    const args = [join(root, 'tools/run.mjs'), join(root, 'tools/start.ts'), '--no-open'];
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const child = spawn(process.execPath, [...args, ...options], { env, stdio: [...stdio] });
    let text = '';
    const add = (chunk: Buffer) => {
      text += chunk.toString('utf8');
    };
    child.stdout?.on('data', add);
    child.stderr?.on('data', add);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const one = { child, text: () => text, ended };
    started.push(one);
    return one;
  }

  const tacet = (profile: string, ...args: string[]): Promise<Outcome> =>
    runTacet(home, profile, args, { timeout: 90_000 });

  async function textsOfAlice(): Promise<string[]> {
    const { out } = await tacet('bob', 'message', 'list', 'alice', '--json');
    const { messages } = JSON.parse(out) as { messages: { text: string }[] };
    return messages.map(({ text }) => text);
  }

  async function end(): Promise<void> {
    for (const { child } of started) child.kill('SIGKILL');
    await noneRunsIn(home);
    rmSync(home, { recursive: true, force: true });
  }
  return { home, started, start, tacet, textsOfAlice, end };
}

export async function says(one: Started, words: string, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (!one.text().includes(words)) {
    assert.equal(one.child.exitCode, null, one.text());
    assert.ok(performance.now() < end, `not in ${seconds} s: ${words}\n${one.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
