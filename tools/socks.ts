/**
 * Finds the SOCKS server the tests go through: microsocks, a small one that Debian ships. Order: the
 * variable TACET_MICROSOCKS, the usual places, then, as root on a system with apt-get, the package
 * is installed. Run by itself it prints the path.
 */
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { AppError } from '@tacet/base';

const PLACES = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The path of an executable microsocks. Throws `microsocks-missing` with what to do. */
export async function findMicrosocks(): Promise<string> {
  const named = process.env['TACET_MICROSOCKS'];
  if (named !== undefined && named !== '') {
    if (await executable(named)) return named;
    throw missing('TACET_MICROSOCKS does not name an executable file: mend or unset it.');
  }
  const found = await search();
  if (found !== null) return found;
  if (process.getuid?.() === 0 && (await executable('/usr/bin/apt-get'))) {
    const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0'];
    process.stderr.write("microsocks is not here: installing Debian's package.\n");
    await run('apt-get', [...quiet, 'update']);
    await run('apt-get', [...quiet, 'install', '-y', '--no-install-recommends', 'microsocks']);
    const installed = await search();
    if (installed !== null) return installed;
  }
  throw missing('Tests through SOCKS need microsocks: install it, or set TACET_MICROSOCKS.');
}

async function search(): Promise<string | null> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...PLACES]) {
    const path = join(folder, 'microsocks');
    if (folder !== '' && (await executable(path))) return path;
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

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}

function missing(message: string): AppError {
  return new AppError('microsocks-missing', 'missing', message);
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.stdout.write(`${await findMicrosocks()}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
