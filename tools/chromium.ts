/**
 * Finds the Chromium the browser tests drive. Order: the variable TACET_CHROMIUM, the usual
 * places, then, as root on a system with apt-get, Debian's package `chromium` is installed.
 * Run by itself it prints the path.
 */
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { AppError } from '@tacet/base';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const places = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/opt/google/chrome',
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Google Chrome.app/Contents/MacOS',
  'C:\\Program Files\\Google\\Chrome\\Application',
  'C:\\Program Files\\Chromium\\Application',
];
const bundled = ['Chromium', 'Google Chrome', 'chrome.exe', 'chromium.exe'];
const INSTALL_LIMIT = 10 * 60_000;

/** The path of an executable Chromium. Throws `chromium-missing` with what to do. */
export async function findChromium(): Promise<string> {
  const named = process.env['TACET_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (await executable(named)) return named;
    throw missing('TACET_CHROMIUM does not name an executable file: mend or unset it.');
  }
  const found = await search();
  if (found !== null) return found;
  if (process.getuid?.() === 0 && (await executable('/usr/bin/apt-get'))) {
    const installed = (await installPackage()) ? await search() : null;
    if (installed !== null) return installed;
    throw missing('Chromium could not be installed by apt-get: install it, or set TACET_CHROMIUM.');
  }
  throw missing('Browser tests need Chromium: install it, or set TACET_CHROMIUM to its path.');
}

/** What every browser test starts Chromium with: no sandbox as root, and no traffic of its own. */
export const chromiumFlags: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function search(): Promise<string | null> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...places];
  for (const folder of folders) {
    if (folder === '') continue;
    for (const name of [...names, ...bundled]) {
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

async function installPackage(): Promise<boolean> {
  process.stderr.write("Chromium is not here: installing Debian's package.\n");
  const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0'];
  await run('apt-get', [...quiet, 'update']);
  return run('apt-get', [...quiet, 'install', '-y', '--no-install-recommends', 'chromium']);
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

function missing(message: string): AppError {
  return new AppError('chromium-missing', 'missing', message);
}

if (import.meta.main) process.stdout.write(`${await findChromium()}\n`);
