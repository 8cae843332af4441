/** The page of the windows, built when it is not there, and the two windows themselves. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../lib/tree.ts';
import { StartError } from './home.ts';
import type { Person } from './people.ts';

const BUILD = join(REPOSITORY, 'apps/web/build.ts');

export async function buildPage(): Promise<void> {
  if (!existsSync(BUILD)) return;
  try {
    await promisify(execFile)(process.execPath, [BUILD]);
  } catch {
    throw new StartError('the window could not be built: node apps/web/build.ts says why');
  }
}

/** Prints a one-time address for each; opens it where there is a desktop. */
export async function showWindows(people: readonly Person[], open: boolean): Promise<void> {
  const desktop = open ? desktopCommand() : null;
  for (const person of people) {
    if ((await person.api.call('status', {})).window === null) continue;
    const { url, file } = await person.api.call('window.open', {});
    console.log(`  ${person.name.padEnd(6)} ${url}`);
    if (desktop !== null) {
      spawn(desktop, [file], { detached: true, stdio: 'ignore' })
        .once('error', () => {})
        .unref();
    }
  }
}

function desktopCommand(): string | null {
  if (process.platform === 'darwin') return 'open';
  const { DISPLAY = '', WAYLAND_DISPLAY = '' } = process.env;
  return DISPLAY !== '' || WAYLAND_DISPLAY !== '' ? 'xdg-open' : null;
}
