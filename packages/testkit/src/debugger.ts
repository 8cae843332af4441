/** Whether a signal made Node listen for a debugger: what a process listens on, and a program that does as Node does. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** As the kernel tells it of the process with this id; empty elsewhere than on Linux. */
export function childrenOf(pid: number): number[] {
  if (process.platform !== 'linux') return [];
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** TCP ports the process listens on; empty elsewhere than on Linux. */
export function portsOf(pid: number): number[] {
  if (process.platform !== 'linux') return [];
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        // Closed meanwhile.
        return [];
      }
    }),
  );
  const lines = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8').trim().split('\n').slice(1),
  );
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state !== '0A' || !own.has(inode)) return [];
    return Number.parseInt(local.split(':')[1] ?? '', 16);
  });
}

/**
 * Control: a program that was told nothing gets the signal, and says that it listens, or would. What got
 * the same signal before has had its time then.
 */
export async function debuggerOpens(): Promise<void> {
  const ready = 'process.stdout.write("ready"); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ['-e', ready], { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const said = new Promise<string>((resolve) => {
      child.stderr.once('data', (text) => resolve(String(text)));
    });
    child.kill('SIGUSR1');
    if (!/debugger|inspector/i.test(await said)) throw new Error(`control: ${await said}`);
    // Another program may have the port of debuggers; then this one said so.
    if ((await said).startsWith('Debugger') && process.platform === 'linux') {
      if (portsOf(child.pid ?? 0).length !== 1) throw new Error('control: its port was not found');
    }
  } finally {
    child.kill('SIGKILL');
  }
}
