/** Programs of the system that tests of links need: a SOCKS server, and a watcher of system calls. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sleep } from '../lib/program.ts';

const run = promisify(execFile);

export interface Microsocks {
  readonly address: string;
  readonly port: number;
  end(): Promise<void>;
}

/** Runs tools/socks.ts, which may install a package, then what it found. */
export async function startMicrosocks(): Promise<Microsocks> {
  const script = fileURLToPath(new URL('../../tools/socks.ts', import.meta.url));
  const { stdout } = await run(process.execPath, [script]);
  const port = await freePort();
  const child = spawn(stdout.trim(), ['-i', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  process.once('exit', () => child.kill('SIGKILL'));
  await sleep(200);
  if (child.exitCode !== null) throw new Error('microsocks ended');
  return { address: `127.0.0.1:${port}`, port, end: () => ended(child) };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

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
