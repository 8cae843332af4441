/**
 * Where the compiled code of our programs is kept from one start to the next
 * (docs/decisions/0130-compiled-code-is-kept-privately.md). Plain JavaScript: nothing of ours is read
 * before the cache is on.
 */
import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Turns the cache on, in a folder only this user can write to; what lies in it is run. Without such a
 * folder there is no cache. With NODE_COMPILE_CACHE it is on already, where that says. Answers the folder,
 * or ''.
 */
export function keepCompiled() {
  const directory = process.env.NODE_COMPILE_CACHE ? undefined : ownFolder(cacheHome(process.env));
  if (directory === null) return '';
  return enableCompileCache(directory).directory ?? '';
}

/** A service's own folder, else the user's. */
function cacheHome(env) {
  const [service] = (env.CACHE_DIRECTORY ?? '').split(':');
  return service || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tacet');
}

/** Null when it cannot be made, or is not ours alone. */
function ownFolder(path) {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stat = lstatSync(path);
    // Windows has neither: there the folder of a user is theirs.
    const ours = stat.uid === (process.getuid?.() ?? stat.uid);
    const shared = process.platform !== 'win32' && (stat.mode & 0o022) !== 0;
    return stat.isDirectory() && ours && !shared ? path : null;
  } catch {
    return null;
  }
}
