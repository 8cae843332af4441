/**
 * The unix socket of a daemon (docs/spec/11-api.md 1). Mode 0600 in a directory of mode 0700:
 * only processes of the same user reach it, and those could read the memory of the daemon anyway.
 */
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { AppError } from '@tacet/base';
import type { DaemonCore } from '../core.ts';
import { MAX_CONNECTIONS } from '../limits.ts';
import { Connection } from './connection.ts';
import { prepareSocketPlace } from './path.ts';

export interface SocketServer {
  /** Stops taking callers, lets answers under way leave, removes the socket. */
  close(): Promise<void>;
}

/** Call while holding the directory lock. Throws `socket-failed`. */
export async function startSocketServer(dir: string, core: DaemonCore): Promise<SocketServer> {
  const place = prepareSocketPlace(dir);
  const connections = new Set<Connection>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Connection(socket, core);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await listen(server, place.path);
    chmodSync(place.path, 0o600);
  } catch (error) {
    place.clear();
    throw new AppError('socket-failed', 'storage', 'the socket of the daemon cannot be made', {
      cause: error,
    });
  }
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.end();
      await closed;
      place.clear();
    },
  };
}

/** The mask holds from the first moment: there is no time at which others could connect. */
function listen(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(mask);
  }
}
