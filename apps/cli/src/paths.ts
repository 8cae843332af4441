/**
 * Where profiles live: `TACET_HOME`, else the data directory of the person. Run from a checkout
 * whose demonstration network is set up (`npm start`), a profile of that demonstration is found
 * by its name alone.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tacet/base';

const NAME = /^[a-z0-9][a-z0-9._-]{0,31}$/;
/** Longest socket path that binds everywhere (macOS 104 with its end mark). */
const MAX_SOCKET_PATH = 100;

export type Env = Readonly<Record<string, string | undefined>>;

export interface ProfilePlace {
  readonly name: string;
  readonly dir: string;
}

function dataHome(env: Env): string {
  const own = env['TACET_HOME'] ?? '';
  if (own !== '') return own;
  const shared = env['XDG_DATA_HOME'] ?? '';
  return join(shared === '' ? join(homedir(), '.local', 'share') : shared, 'tacet');
}

/** Throws `usage` for a name that could leave the directory. */
export function findProfile(name: string, env: Env, checkout = checkoutRoot()): ProfilePlace {
  if (!NAME.test(name)) {
    throw new AppError('usage', 'usage', 'a profile name is 1 to 32 of a-z 0-9 . _ -');
  }
  const home = dataHome(env);
  if ((env['TACET_HOME'] ?? '') === '') {
    const demo = join(checkout, '.tacet', name);
    if (isOurs(join(checkout, '.tacet')) && existsSync(demo)) return { name, dir: demo };
  }
  return { name, dir: join(home, name) };
}

/** The socket, or for a path too long to bind the one the daemon wrote down. */
export function socketOf(place: ProfilePlace): string {
  const usual = join(place.dir, 'daemon.sock');
  if (usual.length <= MAX_SOCKET_PATH) return usual;
  try {
    return readFileSync(join(place.dir, 'daemon.sock.path'), 'utf8').trim();
  } catch {
    return usual;
  }
}

function checkoutRoot(): string {
  return fileURLToPath(new URL('../../..', import.meta.url));
}

/** A directory of this user that nobody else can write to. */
function isOurs(dir: string): boolean {
  const stat = statSync(dir, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isDirectory()) return false;
  const uid = process.getuid?.();
  return (uid === undefined || stat.uid === uid) && (stat.mode & 0o022) === 0;
}
