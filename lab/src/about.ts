/** Where a figure comes from: the machine, and the commit of the code that was measured. */
import { execFileSync } from 'node:child_process';
import { arch, cpus, platform } from 'node:os';

export function machineName(): string {
  const all = cpus();
  const model = (all[0]?.model ?? 'unknown processor').trim();
  return `${all.length} x ${model}, ${platform()} ${arch()}, node ${process.versions.node}`;
}

/** Short hash; `+` when the working tree differs from it; `unknown` outside a repository. */
export function commitName(): string {
  return named(['HEAD'], []);
}

/** The same for the trees of some folders, named from the root of the repository. */
export function sourceName(folders: readonly string[]): string {
  return named(
    folders.map((folder) => `HEAD:${folder}`),
    folders.map((folder) => `:/${folder}`),
  );
}

function named(objects: readonly string[], within: readonly string[]): string {
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', ...within) !== '';
    const names = objects.map((object) => git('rev-parse', '--short=12', object));
    return `${names.join(' ')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
