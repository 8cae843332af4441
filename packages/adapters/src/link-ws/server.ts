/**
 * The front door of an edge (docs/spec/03-links.md, 3): WebSocket over TLS 1.3 with the hybrid
 * group, one binary message of 12,288 bytes a frame. Anything else closes the link. Writes
 * nothing down about who connects.
 */
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Counters, type Rng, randomBytes } from '@tacet/base';
import {
  type DownFrame,
  decodeHello,
  decodeUp,
  encodeDown,
  encodeWelcome,
  type Hello,
  type UpFrame,
  type Welcome,
} from '@tacet/wire';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LinkIdentity } from '../tls/certificate.ts';
import { listenOn } from '../tls/listen.ts';
import { LINK_TLS } from '../tls/options.ts';
import { DOWN_FRAGMENT, LIMITS, PATH } from './limits.ts';
import { PrefixCounter } from './prefixes.ts';

export interface ClientListenerOptions {
  readonly identity: LinkIdentity;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly rng: Rng;
  /** Null refuses the client; the link is closed. */
  readonly onHello: (link: number, hello: Hello) => Welcome | null;
  readonly onUp: (link: number, frame: UpFrame) => void;
  /** Once for each link whose hello was accepted. */
  readonly onClosed: (link: number) => void;
  readonly limits?: Partial<ClientLimits>;
}

export interface ClientLimits {
  readonly clients: number;
  readonly perPrefix: number;
  readonly silenceMs: number;
}

export type ClientCount =
  | 'refused-prefix'
  | 'refused-full'
  | 'refused-hello'
  | 'closed-form'
  | 'closed-slow'
  | 'closed-silent'
  | 'frames-in'
  | 'frames-out';

export type CloseWord = 'policy' | 'shutdown';

interface Client {
  readonly socket: WebSocket;
  known: boolean;
  heard: number;
  /** Frames given while the hello is being answered: the welcome goes first. */
  held: DownFrame[] | null;
}

const CLOSE_CODES = { policy: 1008, shutdown: 1001 } as const;

export class ClientListener {
  readonly counters = new Counters<ClientCount>();
  private readonly options: ClientListenerOptions;
  private readonly limits: ClientLimits;
  private readonly server: Server;
  private readonly sockets: WebSocketServer;
  private readonly prefixes: PrefixCounter;
  private readonly clients = new Map<number, Client>();
  private readonly open = new Set<Duplex>();
  private readonly sweep: NodeJS.Timeout;
  private nextLink = 1;
  private unknown = 0;
  private stopped = false;

  constructor(options: ClientListenerOptions) {
    this.options = options;
    this.limits = { ...LIMITS, ...options.limits };
    this.prefixes = new PrefixCounter(randomBytes(options.rng, 32), this.limits.perPrefix);
    const { identity } = options;
    this.server = createServer(
      {
        ...LINK_TLS,
        key: identity.keyPem,
        cert: identity.certPem,
        maxHeaderSize: LIMITS.headerBytes,
        handshakeTimeout: LIMITS.handshakeMs,
        headersTimeout: LIMITS.handshakeMs,
        requestTimeout: LIMITS.handshakeMs,
        connectionsCheckingInterval: 1_000,
      },
      (_, response) => {
        response.writeHead(426, { connection: 'close', 'content-length': 0 }).end();
      },
    );
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: LIMITS.frame,
      skipUTF8Validation: true,
      autoPong: false,
    });
    this.server.maxConnections = this.limits.clients + LIMITS.unknown;
    this.server.on('tlsClientError', (_, socket) => socket.destroy());
    this.server.on('clientError', (_, socket) => socket.destroy());
    this.server.on('connection', (socket) => this.onConnection(socket));
    this.server.on('secureConnection', (socket) => this.onSocket(socket));
    this.server.on('upgrade', (request, socket, head) => this.onUpgrade(request, socket, head));
    const { silenceMs } = this.limits;
    this.sweep = setInterval(() => this.closeSilent(silenceMs), silenceMs / 8).unref();
  }

  listen(): Promise<void> {
    return listenOn(this.server, this.options.host, this.options.port);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Links whose hello was accepted. */
  get connected(): number {
    return this.clients.size;
  }

  /** Links whose hello has not come yet. */
  get waiting(): number {
    return this.unknown;
  }

  /** A frame for a client that is gone is dropped. */
  down(link: number, frame: DownFrame): void {
    const client = this.clients.get(link);
    if (client === undefined || client.socket.readyState !== client.socket.OPEN) return;
    if (client.socket.bufferedAmount > LIMITS.waitingFrames * LIMITS.frame) {
      this.counters.add('closed-slow');
      client.socket.terminate();
      return;
    }
    if (client.held !== null) {
      client.held.push(frame);
      return;
    }
    this.counters.add('frames-out');
    client.socket.send(encodeDown(frame, this.options.rng));
  }

  close(link: number, word: CloseWord): void {
    this.clients.get(link)?.socket.close(CLOSE_CODES[word]);
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    clearInterval(this.sweep);
    for (const { socket } of this.clients.values()) socket.close(CLOSE_CODES.shutdown);
    const closed = new Promise((resolve) => this.server.close(resolve));
    // Close frames are on their way; sockets that do not answer are not waited for.
    setTimeout(() => {
      for (const socket of this.open) socket.destroy();
    }, 50);
    await closed;
  }

  /** Before TLS: a place is taken by whoever holds a socket open, handshake or not. */
  private onConnection(socket: Socket): void {
    const release = this.prefixes.take(socket.remoteAddress);
    if (release === null || this.stopped) {
      this.counters.add('refused-prefix');
      socket.destroy();
    }
    if (release !== null) socket.once('close', release);
  }

  private onSocket(socket: TLSSocket): void {
    this.open.add(socket);
    socket.setNoDelay(true);
    socket.setMaxSendFragment(DOWN_FRAGMENT);
    socket.setKeepAlive(true, LIMITS.keepAliveMs);
    const late = setTimeout(() => socket.destroy(), LIMITS.handshakeMs);
    this.pending.set(socket, late);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(late);
      this.open.delete(socket);
      this.pending.delete(socket);
    });
  }

  private readonly pending = new Map<Duplex, NodeJS.Timeout>();

  private onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const full = this.clients.size >= this.limits.clients || this.unknown >= LIMITS.unknown;
    if (full) this.counters.add('refused-full');
    if (full || this.stopped || request.url !== PATH) {
      socket.destroy();
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.onClient(webSocket, socket),
    );
  }

  private onClient(socket: WebSocket, raw: Duplex): void {
    const link = this.nextLink++;
    const client: Client = { socket, known: false, heard: performance.now(), held: [] };
    this.unknown += 1;
    const wrong = (): void => {
      this.counters.add('closed-form');
      socket.terminate();
    };
    socket.on('error', () => undefined);
    socket.on('ping', wrong);
    socket.on('pong', wrong);
    socket.on('message', (data, isBinary) => {
      if (!isBinary || !(data instanceof Uint8Array) || data.length !== LIMITS.frame) {
        wrong();
        return;
      }
      client.heard = performance.now();
      try {
        if (client.known) this.take(link, data);
        else this.greet(link, client, raw, decodeHello(data));
      } catch {
        wrong();
      }
    });
    socket.once('close', () => {
      if (!client.known) this.unknown -= 1;
      if (this.clients.delete(link)) this.options.onClosed(link);
    });
  }

  private greet(link: number, client: Client, raw: Duplex, hello: Hello): void {
    this.clients.set(link, client);
    const welcome = this.options.onHello(link, hello);
    if (welcome === null) {
      this.counters.add('refused-hello');
      this.clients.delete(link);
      client.socket.close(CLOSE_CODES.policy);
      return;
    }
    client.known = true;
    this.unknown -= 1;
    clearTimeout(this.pending.get(raw));
    client.socket.send(encodeWelcome(welcome, this.options.rng));
    const held = client.held ?? [];
    client.held = null;
    for (const frame of held) this.down(link, frame);
  }

  private take(link: number, data: Uint8Array): void {
    const frame = decodeUp(data);
    this.counters.add('frames-in');
    this.options.onUp(link, frame);
  }

  private closeSilent(silenceMs: number): void {
    const now = performance.now();
    for (const { socket, heard } of this.clients.values()) {
      if (now - heard < silenceMs) continue;
      this.counters.add('closed-silent');
      socket.terminate();
    }
  }
}

/** Listens; rejects with `port-in-use`, `port-refused`, `address-unknown` or `listen-failed`. */
export async function listenClients(options: ClientListenerOptions): Promise<ClientListener> {
  const listener = new ClientListener(options);
  await listener.listen();
  return listener;
}
