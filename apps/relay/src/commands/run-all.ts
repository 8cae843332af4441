/**
 * `run-all`: every process of a folder made by `network create`, as processes of their own. They
 * end together: on a signal, or when one of them ends by itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tacet/base';
import { type ProcessDescription, readDescription } from '@tacet/host/relay';
import { readOptions, textOption } from '../options.ts';
import type { Output } from '../output.ts';
import { stopSignal } from '../signals.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tacet-relay.mjs', import.meta.url));
/** Longer than a relay takes to drain. */
const PATIENCE_MS = 15_000;

interface Child {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
}

export async function runAll(args: readonly string[], output: Output): Promise<void> {
  const values = readOptions(args, {
    dir: { type: 'string' },
    'until-stdin-ends': { type: 'boolean' },
  });
  const dir = textOption(values, 'dir');
  const description = readDescription(dir);
  const stop = stopSignal(values['until-stdin-ends'] === true);
  const children = description.processes.map((described) => start(dir, described, output));
  const early = Promise.race(children.map(({ ended }) => ended)).then(() => 'ended' as const);
  const allReady = Promise.all(children.map(({ ready }) => ready)).then(() => 'ready' as const);
  const stopped = stop.stopped.then(() => 'stopped' as const);
  let outcome: 'ready' | 'ended' | 'stopped' = await Promise.race([allReady, early, stopped]);
  if (outcome === 'ready') {
    output.out('network ready');
    outcome = await Promise.race([early, stopped]);
  }
  await endAll(children);
  if (outcome === 'ended') {
    throw new AppError(
      'process-ended',
      'state',
      'a process of the network ended by itself, so all were stopped; its message is above',
    );
  }
}

function start(dir: string, { name, role, config }: ProcessDescription, output: Output): Child {
  const child = spawn(
    process.execPath,
    [PROGRAM, 'run', '--config', join(dir, config), '--until-stdin-ends'],
    // Its standard input is a pipe from us: it ends when we end, however that happens.
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  child.stdin?.on('error', () => undefined);
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line !== `ready ${role}`) return;
      output.out(`ready ${name}`);
      resolve();
    });
  });
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    output.warn(`${name}: ${line.replace(/^tacet-relay: /, '')}`);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { process: child, ready, ended };
}

async function endAll(children: readonly Child[]): Promise<void> {
  for (const child of children) child.process.kill('SIGTERM');
  const late = setTimeout(() => {
    for (const child of children) child.process.kill('SIGKILL');
  }, PATIENCE_MS);
  await Promise.all(children.map(({ ended }) => ended));
  clearTimeout(late);
}
