/** Free ports of this machine: held all together while they are chosen, so that they differ. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { AppError } from '@tacet/base';

/** @param base first of a row of ports, or 0 for any free ones; @throws `port-in-use` */
export async function choosePorts(count: number, host: string, base: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    const ports: number[] = [];
    for (const [i, server] of servers.entries()) {
      server.listen(base === 0 ? 0 : base + i, host);
      await once(server, 'listening');
      ports.push((server.address() as AddressInfo).port);
    }
    return ports;
  } catch (cause) {
    throw new AppError(
      'port-in-use',
      'state',
      'a port is in use or refused: choose another --base-port, or leave it out for free ports',
      { cause },
    );
  } finally {
    await Promise.all(
      servers.map((server) => new Promise((resolve) => server.close(() => resolve(null)))),
    );
  }
}
