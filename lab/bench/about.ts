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
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}
