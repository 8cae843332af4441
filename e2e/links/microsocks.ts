/** A SOCKS server for tests of links: Debian's microsocks, on a port of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { endWithUs } from '@tacet/testkit/children';
import { leasePort } from '@tacet/testkit/ports';
import { until } from '../lib/until.ts';

const run = promisify(execFile);
/** ms */
const PATIENCE = 60_000;

export interface Microsocks {
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  end(): Promise<void>;
}

/** Runs tools/socks.ts, which may install a package, then what it found. */
export async function startMicrosocks(): Promise<Microsocks> {
  const script = fileURLToPath(new URL('../../tools/socks.ts', import.meta.url));
  const { stdout } = await run(process.execPath, [script]);
  const port = await leasePort();
  const child = spawn(stdout.trim(), ['-i', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  endWithUs(child);
  await until('microsocks listens', PATIENCE, () => {
    if (child.exitCode !== null) throw new Error('microsocks ended');
    return listens(port);
  });
  return { address: `127.0.0.1:${port}`, port, pid: child.pid ?? 0, end: () => ended(child) };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
