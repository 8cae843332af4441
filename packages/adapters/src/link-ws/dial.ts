/**
 * A client's way to its edge (docs/spec/03-links.md, 3): pinned by the edge's long-term identity,
 * which certifies the TLS key inside the edge's first frame; only then the client says who sent it.
 * Dials once; whether and when to dial again is for the caller.
 */
import type { TLSSocket } from 'node:tls';
import { AppError, isAppError, type Millis, type Rng } from '@tacet/base';
import { parseAddress, type RelayHash, verifyLinkProof } from '@tacet/directory';
import {
  type DownFrame,
  decodeDown,
  decodeGreeting,
  decodeWelcome,
  encodeHello,
  encodeUp,
  type Hello,
  type UpFrame,
  type Welcome,
} from '@tacet/wire';
import { WebSocket } from 'ws';
import type { SocksRoute } from '../socks/index.ts';
import { peerKeyHash } from '../tls/certificate.ts';
import { dialTlsOnce } from '../tls/dial.ts';
import { DOWN_BYTES, LIMITS, PATH, UP_BYTES, UP_FRAGMENT } from './limits.ts';

export interface DialOptions {
  /** `host:port` of the edge's door for clients. */
  readonly address: string;
  /** Whose door it must be. */
  readonly relay: RelayHash;
  readonly hello: Hello;
  /** Wall clock, for the certificate's last day. */
  readonly now: Millis;
  /** Fills unused bytes. */
  readonly rng: Rng;
  /** Null: directly. */
  readonly socks: SocksRoute | null;
  /** A link on which nothing came for so long is closed; else it follows from the slot. */
  readonly silenceMs?: Millis;
}

export interface EdgeLink {
  readonly welcome: Welcome;
  /** Writes now; does nothing on a closed link. */
  send(frame: UpFrame): void;
  /** One listener; frames that came before are given to it at once. */
  onDown(listener: (frame: DownFrame) => void): void;
  /** One listener; called once, at once if the link is closed already. */
  onClose(listener: () => void): void;
  close(): void;
  /** Bytes of TLS records, without TCP and IP. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/**
 * Nothing of `hello` leaves before the edge has proved whose TLS key it holds.
 * @throws `edge-unreachable` (network), `edge-refused` (full, or the join secret is wrong),
 * `edge-key` (somebody else answers at that address), `address`, `socks-...`
 */
export async function dialEdge(options: DialOptions): Promise<EdgeLink> {
  const target = parseAddress(options.address);
  if (target === null) {
    const message = 'an address must be host:port or [IPv6]:port';
    throw new AppError('address', 'input', message);
  }
  const { socks } = options;
  const end = performance.now() + LIMITS.handshakeMs;
  const tls = await dialTlsOnce({ target, socks, timeoutMs: LIMITS.handshakeMs }).catch(
    (cause: unknown) => {
      throw isAppError(cause) ? cause : unreachable(cause);
    },
  );
  return await greet(tls, options, Math.max(1, end - performance.now()));
}

function greet(tls: TLSSocket, options: DialOptions, timeoutMs: Millis): Promise<EdgeLink> {
  tls.setMaxSendFragment(UP_FRAGMENT);
  tls.setKeepAlive(true, LIMITS.keepAliveMs);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://edge${PATH}`, {
      perMessageDeflate: false,
      maxPayload: LIMITS.frame,
      skipUTF8Validation: true,
      followRedirects: false,
      autoPong: false,
      // docs/decisions/0003-zero-websocket-mask.md
      generateMask: (mask) => mask.fill(0),
      createConnection: () => tls,
    });
    const fail = (error: AppError): void => {
      clearTimeout(late);
      reject(error);
      socket.terminate();
      tls.destroy();
    };
    const late = setTimeout(() => fail(unreachable()), timeoutMs);
    socket.on('error', (cause) => fail(unreachable(cause)));
    socket.once('close', (code) => fail(code === 1008 ? refused() : unreachable()));
    socket.on('ping', () => fail(unreachable()));
    socket.once('message', (data, isBinary) => {
      const greeting = readAs(decodeGreeting, data, isBinary);
      if (greeting === null) return fail(unreachable());
      const shown = peerKeyHash(tls);
      if (shown === null || !verifyLinkProof(greeting.proof, options.relay, shown, options.now)) {
        return fail(stranger());
      }
      socket.once('message', (answer, binary) => {
        const welcome = readAs(decodeWelcome, answer, binary);
        if (welcome === null) return fail(unreachable());
        clearTimeout(late);
        socket.removeAllListeners('close');
        socket.removeAllListeners('ping');
        resolve(new OpenLink(socket, welcome, options));
      });
      socket.send(encodeHello(options.hello, options.rng));
    });
  });
}

class OpenLink implements EdgeLink {
  readonly welcome: Welcome;
  bytesUp = UP_BYTES;
  /** The greeting and the welcome. */
  bytesDown = 2 * DOWN_BYTES;
  private readonly socket: WebSocket;
  private readonly rng: Rng;
  private readonly silence: NodeJS.Timeout;
  private closed = false;
  private early: DownFrame[] = [];
  private downListener: ((frame: DownFrame) => void) | null = null;
  private closeListener: (() => void) | null = null;

  constructor(socket: WebSocket, welcome: Welcome, options: DialOptions) {
    this.socket = socket;
    this.welcome = welcome;
    this.rng = options.rng;
    const silence = options.silenceMs ?? silenceOf(options.hello.slotMs);
    this.silence = setTimeout(() => this.close(), silence);
    socket.on('ping', () => this.close());
    socket.on('message', (data, isBinary) => this.onMessage(data, isBinary));
    socket.once('close', () => this.onClosed());
    if (socket.readyState === socket.CLOSED) this.onClosed();
  }

  send(frame: UpFrame): void {
    if (this.closed || this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > LIMITS.waitingUp * LIMITS.frame) {
      this.close();
      return;
    }
    this.bytesUp += UP_BYTES;
    this.socket.send(encodeUp(frame, this.rng));
  }

  onDown(listener: (frame: DownFrame) => void): void {
    this.downListener = listener;
    const early = this.early;
    this.early = [];
    for (const frame of early) listener(frame);
  }

  onClose(listener: () => void): void {
    this.closeListener = listener;
    if (this.closed) listener();
  }

  close(): void {
    this.socket.terminate();
  }

  private onMessage(data: unknown, isBinary: boolean): void {
    let frame: DownFrame;
    try {
      if (!isBinary || !(data instanceof Uint8Array)) throw unreachable();
      frame = decodeDown(data);
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.close();
      return;
    }
    this.silence.refresh();
    this.bytesDown += DOWN_BYTES;
    if (this.downListener !== null) this.downListener(frame);
    else if (this.early.length < LIMITS.waitingUp) this.early.push(frame);
  }

  private onClosed(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.silence);
    this.closeListener?.();
  }
}

function readAs<T>(decode: (frame: Uint8Array) => T, data: unknown, isBinary: boolean): T | null {
  if (!isBinary || !(data instanceof Uint8Array)) return null;
  try {
    return decode(data);
  } catch (error) {
    if (!isAppError(error, 'malformed')) throw error;
    return null;
  }
}

/** Frames down come twice a slot; a link that owes many of them is dead. */
function silenceOf(slotMs: Millis): Millis {
  if (slotMs === 0) return LIMITS.silenceMs;
  const owed = (LIMITS.silentFrames * slotMs) / 2;
  return Math.min(LIMITS.silenceMs, Math.max(LIMITS.silenceMinMs, owed));
}

function unreachable(cause?: unknown): AppError {
  return new AppError('edge-unreachable', 'network', 'the edge does not answer', { cause });
}

function stranger(): AppError {
  const message = 'another relay answers at the address of the edge';
  return new AppError('edge-key', 'refused', message);
}

function refused(): AppError {
  const message = 'the edge refuses this client: the card is of another network, or it is full';
  return new AppError('edge-refused', 'refused', message);
}
