/**
 * Ports for servers of a test that close and open them again. A port that was only looked at may be
 * another's by the time it is opened, or while its owner restarts: of a program that looks for ports
 * in the same way, or of an outgoing connection. So a process holds rows of ports for itself by
 * listening on the first of each, which ends with the process; they lie below the ports that
 * systems give to outgoing connections, and apart from those that `network create` tries.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const HOST = '127.0.0.1';
/** Ports of a row, the held one included. */
const ROW = 64;

/** Rows of ports from `lowest` on. */
export class PortRows {
  private readonly lowest: number;
  private readonly rows: number;
  private left: number[] = [];

  constructor(lowest: number, rows: number) {
    this.lowest = lowest;
    this.rows = rows;
  }

  /**
   * Consecutive ports of the loopback interface that no other caller gets while this process lives.
   * @param count at most 63; @throws RangeError on more, Error when nothing is free
   */
  async lease(count: number): Promise<number[]> {
    if (!(count >= 1 && count < ROW)) throw new RangeError(`${count} ports`);
    const first = randomInt(this.rows);
    for (let i = 0; i <= this.rows; i++) {
      // Taken before they are tried: two may ask at the same time.
      const ports = this.left.splice(0, count);
      if (ports.length === count && (await areFree(ports))) return ports;
      const next = await holdRow(this.lowest + ((first + i) % this.rows) * ROW);
      if (next.length > 0) this.left = next;
    }
    throw new Error(`no row of free ports from ${this.lowest} on`);
  }
}

const TESTS = new PortRows(10_000, 156);

/** See {@link PortRows.lease}. */
export function leasePorts(count: number): Promise<number[]> {
  return TESTS.lease(count);
}

/** One such port. */
export async function leasePort(): Promise<number> {
  return (await leasePorts(1))[0] as number;
}

/** The ports behind `first`; none when another process has them. */
async function holdRow(first: number): Promise<number[]> {
  const holder = createServer((socket) => socket.destroy());
  if (!(await listens(holder, first))) return [];
  holder.unref();
  return Array.from({ length: ROW - 1 }, (_, i) => first + 1 + i);
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const probes = ports.map(() => createServer());
  const found = await Promise.all(probes.map((probe, i) => listens(probe, ports[i] ?? 0)));
  const open = probes.filter((_, i) => found[i]);
  await Promise.all(open.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return open.length === probes.length;
}

async function listens(server: Server, port: number): Promise<boolean> {
  try {
    server.listen({ host: HOST, port, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  }
}
