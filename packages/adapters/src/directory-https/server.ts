/**
 * An authority's door (docs/spec/06-directory.md, 12): a few requests over pinned TLS 1.3, one per
 * connection, every size capped before anything is read. Relays hand in descriptors and fetch
 * documents; other authorities, known by their TLS keys, tell votes and signatures; clients get
 * documents from edges and never come here.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AppError, equalBytes } from '@tacet/base';
import { MAX_DESCRIPTOR_BYTES, MAX_DOCUMENT_BYTES, MAX_VOTE_BYTES } from '@tacet/directory';
import type { CouncilOutcome, SubmitOutcome } from '@tacet/relay';
import { peerKeyHash } from '../tls/certificate.ts';
import { LINK_TLS } from '../tls/options.ts';
import { MAX_CONNECTIONS, MAX_HEADER_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';

/** What the host puts behind the door. */
export interface AuthorityService {
  /** May return a promise, so that the host can save before it says `accepted`. */
  submit(signed: Uint8Array): SubmitOutcome | Promise<SubmitOutcome>;
  /** Newest first, as `AuthorityMachine.documents()` gives them. */
  documents(): readonly {
    readonly document: { readonly epoch: number };
    readonly bytes: Uint8Array;
  }[];
  /** What another authority tells; absent where there is only one. */
  readonly tell?: (what: 'vote' | 'signature', bytes: Uint8Array) => CouncilOutcome;
}

export interface AuthorityServerOptions {
  readonly service: AuthorityService;
  readonly certPem: string;
  readonly keyPem: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** SHA-256 of the TLS keys of the other authorities. */
  readonly peers?: readonly Uint8Array[];
}

export interface AuthorityServer {
  readonly port: number;
  close(): Promise<void>;
}

export const DESCRIPTOR_PATH = '/1/descriptor';
export const DOCUMENT_PATH = '/1/document';
export const EPOCH_HEADER = 'tacet-epoch';
export const VOTE_PATH = '/1/vote';
export const SIGNATURE_PATH = '/1/signature';
const AFTER = /^\/1\/document\?after=(0|[1-9][0-9]{0,9})$/;

/** @throws `authority-port` when the port cannot be had. */
export async function serveAuthority(options: AuthorityServerOptions): Promise<AuthorityServer> {
  const server = createServer(
    {
      ...LINK_TLS,
      cert: options.certPem,
      key: options.keyPem,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAlive: false,
      // Anybody may come; keys are compared where they matter.
      requestCert: options.peers !== undefined && options.peers.length > 0,
      rejectUnauthorized: false,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      handshakeTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      answer(options, request, response).catch(() => {
        if (!response.headersSent) end(response, 500);
        else response.destroy();
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = 1;
  server.on('tlsClientError', (_, socket) => socket.destroy());
  server.on('clientError', (_, socket) => socket.destroy());
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('authority-port', 'usage', "the authority's port is not free", { cause });
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  options: AuthorityServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('connection', 'close');
  if (request.method === 'GET' && request.url?.startsWith(DOCUMENT_PATH)) {
    sendDocument(options.service, request.url, response);
  } else if (request.method === 'POST' && request.url === DESCRIPTOR_PATH) {
    await takeDescriptor(options.service, request, response);
  } else if (request.method === 'POST' && request.url === VOTE_PATH) {
    await hear('vote', MAX_VOTE_BYTES, options, request, response);
  } else if (request.method === 'POST' && request.url === SIGNATURE_PATH) {
    await hear('signature', MAX_DOCUMENT_BYTES, options, request, response);
  } else {
    end(response, 404);
  }
}

/** The oldest document after an epoch, so that asking again and again gives all in order. */
function sendDocument(service: AuthorityService, url: string, response: ServerResponse): void {
  const after = url === DOCUMENT_PATH ? -1 : Number(AFTER.exec(url)?.[1] ?? Number.NaN);
  const next = service.documents().findLast((one) => one.document.epoch > after);
  if (Number.isNaN(after)) end(response, 404);
  else if (next === undefined) end(response, 204);
  else {
    response.setHeader(EPOCH_HEADER, next.document.epoch);
    end(response, 200, next.bytes);
  }
}

async function takeDescriptor(
  service: AuthorityService,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const signed = await readBody(request, MAX_DESCRIPTOR_BYTES);
  if (signed === null) {
    end(response, 413);
    return;
  }
  const outcome = await service.submit(signed);
  if (outcome.kind === 'refused') end(response, 409, Buffer.from(outcome.code));
  else end(response, 204);
}

/** Megabytes are read only from those who show the key of another authority. */
async function hear(
  what: 'vote' | 'signature',
  cap: number,
  { service, peers = [] }: AuthorityServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const key = peerKeyHash(request.socket as TLSSocket);
  const known = key !== null && peers.some((peer) => equalBytes(peer, key));
  if (!known || service.tell === undefined) {
    end(response, 403);
    return;
  }
  const bytes = await readBody(request, cap);
  if (bytes === null) {
    end(response, 413);
    return;
  }
  const outcome = service.tell(what, bytes);
  if (outcome.kind === 'refused') end(response, 409, Buffer.from(outcome.code));
  else end(response, 204);
}

/** Null unless the length is announced, within the cap, and exactly what comes. */
async function readBody(request: IncomingMessage, cap: number): Promise<Uint8Array | null> {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (!(length > 0 && length <= cap)) return null;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new Uint8Array(Buffer.concat(parts));
}

function end(response: ServerResponse, status: number, body?: Uint8Array): void {
  response.writeHead(status, status === 204 ? {} : { 'content-length': body?.length ?? 0 });
  response.end(body);
}
