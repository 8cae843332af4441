/**
 * Free ports of this machine, held all together while they are chosen. Below the range from which
 * systems take the ports of outgoing connections: one of those could sit on a relay's port while
 * the relay restarts.
 */
import { once } from 'node:events';
import { createServer, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { AppError, type Rng, randomInt } from '@tacet/base';

const LOWEST = 20_000;
const HIGHEST = 30_000;
const TRIES = 50;

/** @param base first of a row of ports, or 0 for any free row; @throws `port-in-use` */
export async function choosePorts(
  count: number,
  host: string,
  base: number,
  rng: Rng,
): Promise<number[]> {
  const tries = base === 0 ? TRIES : 1;
  for (let i = 0; i < tries; i++) {
    const first = base === 0 ? LOWEST + randomInt(rng, HIGHEST - LOWEST) : base;
    const row = Array.from({ length: count }, (_, k) => first + k);
    if (await areFree(row, host)) return row;
  }
  throw new AppError(
    'port-in-use',
    'state',
    'a port is in use or refused: choose another --base-port, or leave it out for free ports',
  );
}

/** Whether ports can be tried here: an address of another machine, or a name, cannot be bound. */
export function isLocal(host: string): boolean {
  if (host === 'localhost' || host === '0.0.0.0' || host === '::') return true;
  if (host.startsWith('127.') && isIP(host) === 4) return true;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return own.some(({ address }) => address === host);
}

async function areFree(ports: readonly number[], host: string): Promise<boolean> {
  const servers = ports.map(() => createServer());
  try {
    for (const [i, server] of servers.entries()) {
      server.listen(ports[i], host);
      await once(server, 'listening');
    }
    return true;
  } catch {
    return false;
  } finally {
    await Promise.all(
      servers.map((server) => new Promise((resolve) => server.close(() => resolve(null)))),
    );
  }
}
