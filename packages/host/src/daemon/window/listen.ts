/** Two sockets, 127.0.0.1 and ::1, on one port, so that no other program can be `localhost`. */
import type { Server } from 'node:http';
import { AppError } from '@tacet/base';

const ATTEMPTS = 20;

/** @param make a fresh server each time. Gives the listening servers; one where IPv6 is off. */
export async function listenLoopback(
  make: () => Server,
  port: number,
): Promise<{ servers: readonly Server[]; port: number }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = make();
    const taken = await listen(first, '127.0.0.1', port);
    if (typeof taken === 'string') throw unavailable(taken);
    const second = make();
    const outcome = await listen(second, '::1', taken);
    if (typeof outcome === 'number') return { servers: [first, second], port: taken };
    if (outcome !== 'EADDRINUSE') return { servers: [first], port: taken };
    first.close();
    if (port !== 0) throw unavailable(outcome);
  }
  throw unavailable('EADDRINUSE');
}

/** The port, or the system's code of what went wrong. */
function listen(server: Server, host: string, port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? 'unknown');
    server.once('error', failed);
    server.listen({ host, port, exclusive: true, ipv6Only: true }, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 'unknown');
    });
  });
}

function unavailable(code: string): AppError {
  return new AppError('window-port', 'state', `no loopback port for the window: ${code}`);
}
