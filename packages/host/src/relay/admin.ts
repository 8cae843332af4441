/**
 * The operator's socket: is it alive, is it ready, what did it count. A unix socket of mode 0600
 * in the data folder; never a port. What it says holds nothing about a person, box or peer.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { AppError } from '@tacet/base';
import type { Running } from './config/types.ts';
import { restrict } from './files.ts';
import { LIMITS } from './limits.ts';

/** Longest path of a unix socket on Linux, less one on other systems. */
const MAX_PATH = 103;

export interface AdminSocket {
  close(): Promise<void>;
}

/** The data folder must be locked by this process: a socket found there is a leftover. */
export async function serveAdmin(
  path: string,
  running: Running,
  version: string,
): Promise<AdminSocket> {
  if (Buffer.byteLength(path) > MAX_PATH) {
    throw new AppError(
      'admin-path',
      'usage',
      'the path of the admin socket is too long for this system: set `admin` to a shorter one',
    );
  }
  rmSync(path, { force: true });
  const server = createServer({ maxHeaderSize: 4_096 }, (request, response) => {
    request.resume();
    answer(request.url ?? '', running, version, response);
  });
  server.maxConnections = LIMITS.adminRequests;
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('admin-socket', 'state', 'the admin socket cannot be made', { cause });
  }
  restrict(path);
  return {
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      rmSync(path, { force: true });
    },
  };
}

function answer(url: string, running: Running, version: string, response: ServerResponse): void {
  switch (url) {
    case '/livez':
      send(response, 200, { alive: true });
      return;
    case '/readyz': {
      const readiness = running.ready();
      send(response, readiness.ready ? 200 : 503, readiness);
      return;
    }
    case '/counters':
      send(response, 200, { version, role: running.role, counters: running.counters() });
      return;
    default:
      send(response, 404, { paths: ['/livez', '/readyz', '/counters'] });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.end(text);
}
