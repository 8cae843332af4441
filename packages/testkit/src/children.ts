/**
 * Programs that a test or a bench started end with it, also when it is killed: then a guard ends them. Nothing
 * of that is in the programs, so that what they take is their own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Keeps the last line it was given, pids that run; when nobody is left to give it one, it ends those. */
const GUARD = 'pids=; while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -9 $pids';

const running = new Set<ChildProcess>();
let guard: ChildProcess | null = null;

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** From now on it is killed when this process ends, however that ends. Without a shell: when it exits. */
export function endWithUs(child: ChildProcess): void {
  if (child.pid === undefined) return;
  running.add(child);
  tell();
  child.once('exit', () => {
    running.delete(child);
    tell();
  });
}

function tell(): void {
  guard ??= startGuard();
  guard.stdin?.write(`${[...running].map(({ pid }) => pid).join(' ')}\n`);
}

function startGuard(): ChildProcess {
  // A group of its own: what ends ours, Ctrl-C too, is not for it. It keeps neither us nor our output.
  const child = spawn('sh', ['-c', GUARD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}
