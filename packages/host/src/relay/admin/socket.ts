/**
 * The operator's socket: is it alive, is it ready, what did it count, how is it; and the few things
 * an operator may ask of a running process. A unix socket of mode 0600; never a port. What it says
 * holds nothing about a person, box or peer.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { AppError, isAppError } from '@tacet/base';
import type { Running } from '../config/types.ts';
import { restrict } from '../files.ts';
import { LIMITS } from '../limits.ts';

/** Longest path of a unix socket on Linux, less one on other systems. */
const MAX_PATH = 103;

export interface AdminSocket {
  close(): Promise<void>;
}

export interface AdminOptions {
  readonly path: string;
  readonly running: Running;
  readonly version: string;
  /** Milliseconds since the start; `status` says whole days. */
  readonly upMs: () => number;
  /** Ends the process; only asked once nothing depends on it. */
  readonly onStop: () => void;
}

/** The data folder must be locked by this process: a socket found there is a leftover. */
export async function serveAdmin(options: AdminOptions): Promise<AdminSocket> {
  const { path } = options;
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
    try {
      answer(`${request.method} ${request.url}`, options, response);
    } catch (error) {
      if (!isAppError(error)) throw error;
      send(response, 409, { code: error.code, message: error.message });
    }
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

const PATHS = ['/livez', '/readyz', '/counters', '/status', '/leave', '/stay', '/stop', '/reload'];

function answer(asked: string, options: AdminOptions, response: ServerResponse): void {
  const { running, version } = options;
  const { operations } = running;
  switch (asked) {
    case 'GET /livez':
      send(response, 200, { alive: true });
      return;
    case 'GET /readyz': {
      const readiness = running.ready();
      send(response, readiness.ready ? 200 : 503, readiness);
      return;
    }
    case 'GET /counters':
      send(response, 200, { version, role: running.role, counters: running.counters() });
      return;
    case 'POST /leave':
    case 'POST /stay':
      operations.leave(asked === 'POST /leave');
      break;
    case 'POST /stop':
      if (operations.status().leaving?.free !== true) {
        throw new AppError('relay-needed', 'refused', 'the network still depends on this relay');
      }
      options.onStop();
      break;
    case 'POST /reload':
      operations.reload();
      break;
    case 'GET /status':
      break;
    default:
      send(response, 404, { paths: PATHS });
      return;
  }
  send(response, 200, {
    version,
    upDays: Math.floor(options.upMs() / 86_400_000),
    ...running.ready(),
    ...operations.status(),
  });
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
