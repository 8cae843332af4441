/** Node's HTTP server with every cap set and everything optional refused. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Counters, fromUtf8, isAppError, SECOND } from '@tacet/base';
import { strictHeaders } from './headers.ts';
import {
  HEAD_TIME,
  KEEP_ALIVE,
  MAX_CONNECTIONS,
  MAX_HEAD_BYTES,
  MAX_REQUESTS_PER_CONNECTION,
  REQUEST_TIME,
} from './limits.ts';
import type { Refusal } from './port.ts';

/** An `import` of it reads every name it exports, `fetch` and its 16 MB of memory among them. */
const { createServer } = process.getBuiltinModule('node:http');

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export function makeServer(counters: Counters<Refusal>, listener: Listener): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: HEAD_TIME,
      requestTimeout: REQUEST_TIME,
      keepAliveTimeout: KEEP_ALIVE,
      connectionsCheckingInterval: SECOND,
      insecureHTTPParser: false,
      joinDuplicateHeaders: false,
    },
    (request, response) => {
      for (const [name, value] of Object.entries(strictHeaders)) response.setHeader(name, value);
      listener(request, response);
    },
  );
  // All lines are wanted, so that a second Host cannot hide behind many others; bytes are capped.
  server.maxHeadersCount = 0;
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  const cut =
    (reason: Refusal) =>
    (_: unknown, socket: { destroy(): void }): void => {
      counters.add(reason);
      socket.destroy();
    };
  // Who listens to the bytes of a connection gets them in buffers of its own, which are freed. Otherwise Node's parser
  // reads all connections into one piece of 64 KiB that lives as long as the thread, and what a window wrote stays in
  // it until a later request is as long (docs/spec/21-lock.md, 5).
  server.on('connection', (socket) => socket.on('data', () => {}));
  // No upgrade, no tunnel, no "100 continue": the page needs none of them.
  server.on('upgrade', cut('upgrade'));
  server.on('connect', cut('upgrade'));
  server.on('checkContinue', (request) => cut('broken-request')(request, request.socket));
  server.on('clientError', cut('broken-request'));
  return server;
}

/** Reads exactly the announced body as UTF-8, else null. Node has already capped its time. */
export async function readText(request: IncomingMessage, length: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let left = length;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) return null;
    left -= chunk.length;
    if (left < 0) return null;
    chunks.push(chunk);
  }
  if (left !== 0) return null;
  try {
    return fromUtf8(Buffer.concat(chunks));
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    setTimeout(() => server.closeAllConnections(), 100);
  });
}
