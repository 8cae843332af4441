/**
 * A client's way to its edge (docs/spec/03-links.md, 3): pinned by the edge's long-term identity,
 * which certifies the TLS key inside the first frame. Dials once; whether and when to dial again
 * is for the caller.
 */
import { connect, type TLSSocket } from 'node:tls';
import { AppError, isAppError, type Millis, type Rng } from '@tacet/base';
import { parseAddress, type RelayHash, verifyLinkProof } from '@tacet/directory';
import {
  type DownFrame,
  decodeDown,
  decodeWelcome,
  encodeHello,
  encodeUp,
  type Hello,
  type UpFrame,
  type Welcome,
} from '@tacet/wire';
import { WebSocket } from 'ws';
import { peerKeyHash } from '../tls/certificate.ts';
import { LINK_TLS } from '../tls/options.ts';
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
  /** A link on which nothing came for so long is closed. */
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
 * @throws `edge-unreachable` (network), `edge-refused` (full, or the join secret is wrong),
 * `edge-key` (somebody else answers at that address), `address`
 */
export function dialEdge(options: DialOptions): Promise<EdgeLink> {
  const address = parseAddress(options.address);
  if (address === null) {
    const message = 'an address must be host:port or [IPv6]:port';
    return Promise.reject(new AppError('address', 'input', message));
  }
  return new Promise((resolve, reject) => {
    let tls: TLSSocket | null = null;
    const socket = new WebSocket(`wss://edge${PATH}`, {
      perMessageDeflate: false,
      maxPayload: LIMITS.frame,
      skipUTF8Validation: true,
      followRedirects: false,
      autoPong: false,
      handshakeTimeout: LIMITS.handshakeMs,
      // docs/decisions/0003-zero-websocket-mask.md
      generateMask: (mask) => mask.fill(0),
      createConnection: () => {
        tls = connect({ ...LINK_TLS, ...address, rejectUnauthorized: false, servername: '' });
        tls.setNoDelay(true);
        tls.setMaxSendFragment(UP_FRAGMENT);
        tls.setKeepAlive(true, LIMITS.keepAliveMs);
        return tls;
      },
    });
    const fail = (error: AppError): void => {
      clearTimeout(late);
      reject(error);
      socket.terminate();
    };
    const late = setTimeout(() => fail(unreachable()), LIMITS.handshakeMs);
    socket.on('error', (cause) => fail(unreachable(cause)));
    socket.once('close', (code) => fail(code === 1008 ? refused() : unreachable()));
    socket.once('open', () => socket.send(encodeHello(options.hello, options.rng)));
    socket.once('message', (data, isBinary) => {
      const shown = tls === null ? null : peerKeyHash(tls);
      const welcome = readWelcome(data, isBinary);
      if (welcome === null || shown === null) return fail(unreachable());
      if (!verifyLinkProof(welcome.proof, options.relay, shown, options.now)) {
        return fail(
          new AppError('edge-key', 'refused', 'another relay answers at the address of the edge'),
        );
      }
      clearTimeout(late);
      socket.removeAllListeners('close');
      resolve(new OpenLink(socket, welcome, options));
    });
  });
}

class OpenLink implements EdgeLink {
  readonly welcome: Welcome;
  bytesUp = UP_BYTES;
  bytesDown = DOWN_BYTES;
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
    this.silence = setTimeout(() => this.close(), options.silenceMs ?? LIMITS.silenceMs);
    socket.on('ping', () => this.close());
    socket.on('message', (data, isBinary) => this.onMessage(data, isBinary));
    socket.once('close', () => this.onClosed());
    if (socket.readyState === socket.CLOSED) this.onClosed();
  }

  send(frame: UpFrame): void {
    if (this.closed || this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > LIMITS.waitingFrames * LIMITS.frame) {
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
    else if (this.early.length < LIMITS.waitingFrames) this.early.push(frame);
  }

  private onClosed(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.silence);
    this.closeListener?.();
  }
}

function readWelcome(data: unknown, isBinary: boolean): Welcome | null {
  if (!isBinary || !(data instanceof Uint8Array)) return null;
  try {
    return decodeWelcome(data);
  } catch {
    return null;
  }
}

function unreachable(cause?: unknown): AppError {
  return new AppError('edge-unreachable', 'network', 'the edge does not answer', { cause });
}

function refused(): AppError {
  const message = 'the edge refuses this client: the card is of another network, or it is full';
  return new AppError('edge-refused', 'refused', message);
}
