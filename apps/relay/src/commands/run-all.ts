/**
 * `run-all`: every process of a folder made by `network create` or `init`, as processes of their own.
 * They end together: on a signal, or when one of them fails. One that was drained may end before.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tacet/base';
import { type ProcessDescription, readDescription } from '@tacet/host/relay';
import type { Command, Given } from '../command.ts';
import { textOption } from '../options.ts';
import type { Output } from '../output.ts';
import { stopSignal } from '../signals.ts';
import { UNTIL_STDIN } from './run.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tacet-relay.mjs', import.meta.url));
/** Longer than a relay takes to drain. */
const PATIENCE_MS = 15_000;

interface Child {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  /** Settles only when it ended and should not have. */
  readonly failed: Promise<void>;
}

export const runAll: Command = {
  path: 'run-all',
  summary: 'run every process of a folder, stop them together',
  options: {
    dir: { type: 'string', value: 'DIR', help: 'folder made by `network create` or `init`' },
    ...UNTIL_STDIN,
  },
  examples: ['tacet-relay run-all --dir net'],
  run: startAll,
};

async function startAll({ values }: Given, output: Output): Promise<void> {
  const dir = textOption(values, 'dir');
  const description = readDescription(dir);
  const stop = stopSignal(values['until-stdin-ends'] === true);
  const children = description.processes.map((described) =>
    start(dir, described, output, () => stop.signal.aborted),
  );
  const early = Promise.race([
    ...children.map(({ failed }) => failed),
    Promise.all(children.map(({ ended }) => ended)),
  ]).then(() => 'ended' as const);
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

function start(
  dir: string,
  { name, role, config }: ProcessDescription,
  output: Output,
  stopping: () => boolean,
): Child {
  const child = spawn(
    process.execPath,
    ['--disable-sigusr1', PROGRAM, 'run', '--config', join(dir, config), '--until-stdin-ends'],
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
  const end = Promise.withResolvers<void>();
  const failure = Promise.withResolvers<void>();
  child.once('exit', (code) => {
    if (code !== 0) failure.resolve();
    else if (!stopping()) output.out(`ended ${name}`);
    end.resolve();
  });
  child.once('error', () => {
    failure.resolve();
    end.resolve();
  });
  return { process: child, ready, ended: end.promise, failed: failure.promise };
}

async function endAll(children: readonly Child[]): Promise<void> {
  for (const child of children) child.process.kill('SIGTERM');
  const late = setTimeout(() => {
    for (const child of children) child.process.kill('SIGKILL');
  }, PATIENCE_MS);
  await Promise.all(children.map(({ ended }) => ended));
  clearTimeout(late);
}
