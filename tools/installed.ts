/**
 * Finds a program that some tests drive. Order: the environment variable, the folders of PATH and
 * the usual places, then, as root on a system with apt-get, Debian's package is installed.
 */
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { AppError } from '@tacet/base';

export interface Wanted {
  /** What a person calls it. */
  readonly title: string;
  /** Debian's package. */
  readonly debian: string;
  /** Environment variable that names it. */
  readonly variable: string;
  readonly names: readonly string[];
  /** Beside those of PATH. */
  readonly folders: readonly string[];
  readonly neededFor: string;
  /** The error that says what to do. */
  readonly missing: (message: string) => AppError;
}

const INSTALL_LIMIT = 10 * 60_000;

/** The path of the program. Throws `wanted.missing` with what to do. */
export async function findInstalled(wanted: Wanted): Promise<string> {
  const { title, variable, neededFor, missing } = wanted;
  const named = process.env[variable];
  if (named !== undefined && named !== '') {
    if (await executable(named)) return named;
    throw missing(`${variable} does not name an executable file: mend or unset it.`);
  }
  const found = await search(wanted);
  if (found !== null) return found;
  if (process.getuid?.() === 0 && (await executable('/usr/bin/apt-get'))) {
    const installed = (await installPackage(wanted)) ? await search(wanted) : null;
    if (installed !== null) return installed;
    throw missing(`${title} could not be installed by apt-get: install it, or set ${variable}.`);
  }
  throw missing(`${neededFor} need ${title}: install it, or set ${variable} to its path.`);
}

async function search({ names, folders }: Wanted): Promise<string | null> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...folders]) {
    if (folder === '') continue;
    for (const name of names) {
      const path = join(folder, name);
      if (await executable(path)) return path;
    }
  }
  return null;
}

async function executable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function installPackage({ title, debian }: Wanted): Promise<boolean> {
  process.stderr.write(`${title} is not here: installing Debian's package.\n`);
  const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0'];
  await run('apt-get', [...quiet, 'update']);
  return run('apt-get', [...quiet, 'install', '-y', '--no-install-recommends', debian]);
}

function run(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 2, 2],
      timeout: INSTALL_LIMIT,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
