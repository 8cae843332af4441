/** Starts the daemon of a profile as a process of its own and waits until it answers. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, type ErrorKind } from '@tacet/base';
import { daemonEnvironment } from '@tacet/daemon/environment';
import type { ProfilePlace } from './paths.ts';

const READY_TIMEOUT_MS = 20_000;

export interface Launch {
  readonly place: ProfilePlace;
  readonly foreground: boolean;
  /** More arguments for the daemon. */
  readonly args: readonly string[];
}

/** Resolves when the daemon takes calls. Throws what the daemon said, or `daemon-start`. */
export async function launchDaemon(launch: Launch): Promise<ChildProcess> {
  const { place } = launch;
  let log: number;
  try {
    mkdirSync(place.dir, { recursive: true, mode: 0o700 });
    log = openSync(join(place.dir, 'daemon.log'), 'a', 0o600);
  } catch {
    throw new AppError('profile-directory', 'storage', 'the profile directory cannot be written');
  }
  const entry = fileURLToPath(import.meta.resolve('@tacet/daemon/bin'));
  const output = launch.foreground ? 'inherit' : log;
  const child = spawn(
    process.execPath,
    ['--disable-sigusr1', entry, '--dir', place.dir, '--ready-fd', '3', ...launch.args],
    {
      detached: !launch.foreground,
      stdio: ['ignore', output, output, 'pipe'],
      cwd: place.dir,
      env: daemonEnvironment(process.env),
    },
  );
  closeSync(log);
  await ready(child);
  return child;
}

/** What a start leaves in a folder that held nothing before. A folder with more in it stays. */
const TRACES = ['daemon.lock', 'daemon.log', 'daemon.log.1', 'daemon.sock.path', 'profile.lock'];

/** Removes the folder of a daemon that has ended, when no profile was made in it. */
export function removeTraces(dir: string): void {
  if (!existsSync(dir) || readdirSync(dir).some((name) => !TRACES.includes(name))) return;
  for (const name of TRACES) rmSync(join(dir, name), { force: true });
  rmdirSync(dir);
}

/** The daemon writes one line on descriptor 3: `{"ready":true}` or `{"error":{...}}`. */
function ready(child: ChildProcess): Promise<void> {
  const pipe = child.stdio[3] as NodeJS.ReadableStream & { destroy(): void };
  return new Promise<void>((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      child.kill();
      reject(failed('the daemon did not get ready in time'));
    }, READY_TIMEOUT_MS);
    child.once('error', () => reject(failed('the daemon cannot be started')));
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.endsWith('\n')) pipe.destroy();
    });
    pipe.on('close', () => {
      clearTimeout(timer);
      const outcome = parse(text);
      if (outcome === null) reject(failed('the daemon ended while starting; see its daemon.log'));
      else if (outcome.error !== undefined) {
        const { code, kind, message } = outcome.error;
        reject(new AppError(code, kind, message));
      } else resolve();
    });
  });
}

interface Outcome {
  readonly error?: { readonly code: string; readonly kind: ErrorKind; readonly message: string };
}

function parse(text: string): Outcome | null {
  try {
    return JSON.parse(text) as Outcome;
  } catch {
    return null;
  }
}

function failed(message: string): AppError {
  return new AppError('daemon-start', 'state', message);
}
