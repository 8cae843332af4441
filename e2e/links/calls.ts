/** A watcher of system calls, where strace is there and allowed. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { sleep } from '../lib/program.ts';

export interface Seen {
  /** Ports of IPv4 and IPv6 connections that were tried. */
  readonly ports: readonly number[];
  /** Datagrams to port 53, and files that only a resolver reads. */
  readonly resolved: readonly string[];
}

export interface Watcher {
  /** Ends it; what it saw. */
  seen(): Promise<Seen>;
}

/** Watches every thread of a process from now on; null where strace is missing or not allowed. */
export async function watchCalls(pid: number, file: string): Promise<Watcher | null> {
  const calls = 'trace=connect,sendto,sendmsg,sendmmsg,openat';
  const child = spawn('strace', ['-f', '-qq', '-e', calls, '-o', file, '-p', String(pid)], {
    stdio: 'ignore',
  });
  let failed = false;
  child.once('error', () => {
    failed = true;
  });
  child.once('exit', () => {
    failed = true;
  });
  await sleep(500);
  if (failed) return null;
  return {
    async seen() {
      child.kill('SIGINT');
      await new Promise((resolve) => child.once('exit', resolve));
      const lines = readFileSync(file, 'latin1').split('\n');
      const connects = lines.filter((line) => /connect\(.*sa_family=AF_INET6?/.test(line));
      return {
        ports: connects.map((line) => Number(/sin6?_port=htons\((\d+)\)/.exec(line)?.[1])),
        resolved: lines.filter((line) => /htons\(53\)|resolv\.conf|nsswitch|etc\/hosts/.test(line)),
      };
    },
  };
}
