/**
 * The front door of an edge (docs/spec/03-links.md, 3): WebSocket over TLS 1.3 with the hybrid
 * group, one binary message of 12,288 bytes a frame. Anything else closes the link. Writes
 * nothing down about who connects: an address is looked at once, when a connection comes.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { Counters, type Rng, randomBytes } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import {
  type DownFrame,
  decodeHello,
  decodeUp,
  encodeDown,
  encodeGreeting,
  encodeWelcome,
  type Greeting,
  type Hello,
  type UpFrame,
  type Welcome,
  writeDown,
} from '@tacet/wire';
import type { LinkIdentity } from '../tls/certificate.ts';
import { listenOn } from '../tls/listen.ts';
import { LINK_TLS } from '../tls/options.ts';
import { ClientConnection, type Closing } from './connection.ts';
import { HalfOpen, type HalfOpenLimits } from './half-open.ts';
import { LIMITS } from './limits.ts';
import { OneATurn } from './one-a-turn.ts';
import { PrefixCounter } from './prefixes.ts';
import { emptyDownUnit } from './units.ts';

export interface ClientListenerOptions {
  readonly identity: LinkIdentity;
  /** `::` takes IPv4 and IPv6. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly rng: Rng;
  /** What a connection is shown first; null while nobody can be admitted. */
  readonly onConnect: () => Greeting | null;
  /** Null refuses the client; the link is closed. */
  readonly onHello: (link: number, hello: Hello) => Welcome | null;
  readonly onUp: (link: number, frame: UpFrame) => void;
  /** Once for each link whose hello was accepted. */
  readonly onClosed: (link: number) => void;
  readonly limits?: Partial<ClientLimits>;
}

export interface ClientLimits extends HalfOpenLimits {
  readonly clients: number;
  readonly perPrefix: number;
  readonly pauseMs: number;
  readonly silenceMs: number;
}

export type ClientCount =
  | 'refused-prefix'
  | 'refused-full'
  | 'refused-line'
  | 'refused-request'
  | 'refused-greeting'
  | 'refused-hello'
  | 'closed-half-open'
  | 'closed-late'
  | 'closed-line'
  | 'closed-form'
  | 'closed-slow'
  | 'closed-silent'
  | 'held'
  | 'frames-in'
  | 'frames-out';

export type CloseWord = 'policy' | 'shutdown';

const CLOSE_CODES = { policy: 1008, shutdown: 1001 } as const;

export class ClientListener {
  readonly counters = new Counters<ClientCount>();
  private readonly options: ClientListenerOptions;
  private readonly limits: ClientLimits;
  private context: SecureContext;
  private readonly server: Server;
  private readonly prefixes: PrefixCounter;
  private readonly halfOpen: HalfOpen<Socket>;
  /** Handshakes that begin, and links that are read from again. */
  private readonly turns = new OneATurn();
  private readonly clients = new Map<number, ClientConnection>();
  /** Every socket there is, so that `stop` ends them all. */
  private readonly sockets = new Set<Socket>();
  private readonly sweeps: readonly NodeJS.Timeout[];
  /** What an idle link is sent is made here: two frames a slot and client would be much garbage. */
  private readonly shared = emptyDownUnit();
  private nextLink = 1;
  private stopped = false;

  constructor(options: ClientListenerOptions) {
    this.options = options;
    this.limits = { ...LIMITS, ...options.limits };
    const { identity, rng } = options;
    this.context = contextOf(identity);
    this.prefixes = new PrefixCounter(randomBytes(rng, 32), this.limits.perPrefix);
    this.halfOpen = new HalfOpen(this.limits);
    this.server = createServer({ pauseOnConnect: true }, (socket) => this.onSocket(socket));
    const { silenceMs, halfOpenGraceMs } = this.limits;
    this.sweeps = [
      setInterval(() => this.closeSilent(), silenceMs / 8).unref(),
      setInterval(() => this.closeLate(), halfOpenGraceMs / 8).unref(),
    ];
  }

  listen(): Promise<void> {
    return listenOn(this.server, this.options.host, this.options.port);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** New handshakes show this key; links that stand are not touched. */
  setIdentity(identity: LinkIdentity): void {
    this.context = contextOf(identity);
  }

  /** Links whose hello was accepted. */
  get connected(): number {
    return this.clients.size;
  }

  /** Connections whose hello has not come yet. */
  get waiting(): number {
    return this.halfOpen.size;
  }

  /** A frame for a client that is gone is dropped. */
  down(link: number, frame: DownFrame): void {
    const client = this.clients.get(link);
    if (client === undefined || client.ending) return;
    if (client.waiting > LIMITS.waitingDown * LIMITS.frame) {
      this.counters.add('closed-slow');
      client.destroy();
      return;
    }
    this.counters.add('frames-out');
    if (client.isIdle) {
      writeDown(this.shared.frame, frame, this.options.rng);
      client.write(this.shared.unit);
      wipe(this.shared.frame);
    } else client.send(encodeDown(frame, this.options.rng));
  }

  /** Reads nothing from that link for so long: it sends faster than its grid. */
  hold(link: number, ms: number): void {
    if (this.clients.get(link)?.hold(ms) === true) this.counters.add('held');
  }

  close(link: number, word: CloseWord): void {
    this.clients.get(link)?.close(CLOSE_CODES[word]);
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    for (const sweep of this.sweeps) clearInterval(sweep);
    for (const client of this.clients.values()) client.close(CLOSE_CODES.shutdown);
    const closed = new Promise((resolve) => this.server.close(resolve));
    // Close frames are on their way; sockets that do not answer are not waited for.
    setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, 50);
    await closed;
  }

  /** Before TLS: a place is taken by whoever holds a socket open, handshake or not. */
  private onSocket(socket: Socket): void {
    socket.on('error', () => undefined);
    const release = this.admit(socket);
    if (release === null) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.once('close', () => {
      release();
      this.sockets.delete(socket);
      this.leaveHalfOpen(socket);
    });
    this.moveUp();
  }

  /** What gives the place back, or null for who finds none. */
  private admit(socket: Socket): (() => void) | null {
    if (this.stopped) return null;
    if (this.clients.size >= this.limits.clients) return this.refuse('refused-full');
    const release = this.prefixes.take(addressOf(socket));
    if (release === null) return this.refuse('refused-prefix');
    if (this.halfOpen.add(socket, performance.now())) return release;
    release();
    return this.refuse('refused-line');
  }

  private refuse(reason: ClientCount): null {
    this.counters.add(reason);
    return null;
  }

  private leaveHalfOpen(socket: Socket): void {
    this.halfOpen.delete(socket);
    this.moveUp();
  }

  private moveUp(): void {
    if (this.stopped) return;
    const { entering, silent } = this.halfOpen.moveUp(performance.now());
    for (const socket of silent) this.end(socket, 'closed-half-open');
    for (const socket of entering) {
      const pause = setTimeout(
        () => this.turns.add(() => this.secure(socket)),
        this.limits.pauseMs,
      );
      socket.once('close', () => clearTimeout(pause));
    }
  }

  private end(socket: Socket, reason: ClientCount): void {
    this.counters.add(reason);
    socket.destroy();
  }

  private secure(raw: Socket): void {
    if (raw.destroyed) return;
    const socket = new TLSSocket(raw, { isServer: true, secureContext: this.context });
    const step = (): void => this.halfOpen.step(raw, performance.now());
    socket.once('secure', step);
    const connection: ClientConnection = new ClientConnection(socket, this.nextLink++, {
      turns: this.turns,
      onOpen: () => {
        step();
        this.greet(connection);
      },
      onFrame: (frame) => this.onFrame(raw, connection, frame),
      onClosing: (why) => this.onClosing(why),
      onClosed: () => {
        if (this.clients.delete(connection.link)) this.options.onClosed(connection.link);
      },
    });
  }

  private greet(connection: ClientConnection): void {
    const greeting = this.options.onConnect();
    if (greeting !== null) connection.send(encodeGreeting(greeting, this.options.rng));
    else {
      this.counters.add('refused-greeting');
      connection.close(CLOSE_CODES.shutdown);
    }
  }

  /** Throws on a malformed frame, which closes the link. */
  private onFrame(raw: Socket, connection: ClientConnection, frame: Uint8Array): void {
    connection.heard = performance.now();
    if (!connection.known) {
      this.welcome(raw, connection, decodeHello(frame));
      return;
    }
    const up = decodeUp(frame);
    this.counters.add('frames-in');
    this.options.onUp(connection.link, up);
  }

  private welcome(raw: Socket, connection: ClientConnection, hello: Hello): void {
    const { link } = connection;
    this.clients.set(link, connection);
    // What the machine has for the client at once comes behind the welcome.
    const release = connection.cork();
    const welcome = this.options.onHello(link, hello);
    if (welcome === null) {
      this.counters.add('refused-hello');
      this.clients.delete(link);
      release(null);
      connection.close(CLOSE_CODES.policy);
      return;
    }
    connection.known = true;
    this.leaveHalfOpen(raw);
    release(encodeWelcome(welcome, this.options.rng));
  }

  private onClosing(why: Closing): void {
    if (why === 'request') this.counters.add('refused-request');
    if (why === 'form') this.counters.add('closed-form');
  }

  private closeLate(): void {
    const { late, tired } = this.halfOpen.expire(performance.now());
    for (const socket of late) this.end(socket, 'closed-late');
    for (const socket of tired) this.end(socket, 'closed-line');
    this.moveUp();
  }

  private closeSilent(): void {
    const now = performance.now();
    for (const client of this.clients.values()) {
      if (now - client.heard < this.limits.silenceMs) continue;
      this.counters.add('closed-silent');
      client.destroy();
    }
  }
}

/** Listens; rejects with `port-in-use`, `port-refused`, `address-unknown` or `listen-failed`. */
export async function listenClients(options: ClientListenerOptions): Promise<ClientListener> {
  const listener = new ClientListener(options);
  await listener.listen();
  return listener;
}

/** Node keeps an address that was asked for with its socket, for as long as that stands. */
function addressOf(socket: Socket): string | undefined {
  const { remoteAddress } = socket;
  Reflect.deleteProperty(socket, '_peername');
  return remoteAddress;
}

function contextOf({ keyPem, certPem }: LinkIdentity): SecureContext {
  return createSecureContext({ ...LINK_TLS, key: keyPem, cert: certPem });
}
