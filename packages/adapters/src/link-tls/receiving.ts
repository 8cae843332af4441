/**
 * The dialling end of a relay link. It only receives: a dialling socket can read into one fixed
 * buffer, which costs half of what a listening one does. Dials again for ever, with pauses.
 */
import type { TLSSocket } from 'node:tls';
import { equalBytes, type Millis, type Rng } from '@tacet/base';
import { parseAddress } from '@tacet/directory';
import type { SocksRoute } from '../socks/index.ts';
import { Backoff } from '../tls/backoff.ts';
import { type LinkIdentity, peerKeyHash } from '../tls/certificate.ts';
import { dialTls } from '../tls/dial.ts';
import { FrameAssembler } from './assembler.ts';
import { LIMITS } from './limits.ts';

export interface ReceivingOptions {
  /** Asked at each dial. */
  readonly identity: () => LinkIdentity;
  readonly rng: Rng;
  readonly address: string;
  /** Null: directly. */
  readonly socks: SocksRoute | null;
  /** Hashes of the keys this relay may show. */
  readonly keyHashes: readonly Uint8Array[];
  readonly held: boolean;
  /** TCP, SOCKS and TLS together. */
  readonly handshakeMs: Millis;
  /** A view, valid during the call only. False closes the link: it was no frame of ours. */
  readonly onFrame: (frame: Uint8Array) => boolean;
  readonly onState: (state: 'up' | 'down' | 'stranger') => void;
}

export class ReceivingLink {
  up = false;
  private keyHashes: readonly Uint8Array[];
  private address: string;
  private readonly options: ReceivingOptions;
  private readonly backoff: Backoff;
  private readonly buffer = Buffer.allocUnsafeSlow(LIMITS.receiveBuffer);
  private socket: TLSSocket | null = null;
  private cancel: () => void = () => undefined;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private held: boolean;

  constructor(options: ReceivingOptions) {
    this.options = options;
    this.address = options.address;
    this.keyHashes = options.keyHashes;
    this.held = options.held;
    this.backoff = new Backoff(options.rng, {
      firstMs: LIMITS.reconnectFirstMs,
      capMs: LIMITS.reconnectCapMs,
    });
    this.dial();
  }

  /** What a newer document says; a changed address takes effect with the next dial. */
  update(address: string, keyHashes: readonly Uint8Array[]): void {
    this.keyHashes = keyHashes;
    if (this.address === address) return;
    this.address = address;
    this.backoff.reset();
    this.socket?.destroy();
  }

  /** While held, nothing is read: the system's buffers fill, then the sender's. */
  pause(hold: boolean): void {
    this.held = hold;
    if (!this.up) return;
    if (hold) this.socket?.pause();
    else this.socket?.resume();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
    if (this.timer !== null) clearTimeout(this.timer);
    this.socket?.destroy();
  }

  private dial(): void {
    const { onFrame, onState, socks, handshakeMs } = this.options;
    const identity = this.options.identity();
    const assembler = new FrameAssembler(LIMITS.frame, (frame) => {
      if (this.up && !onFrame(frame)) {
        this.up = false;
        this.socket?.destroy();
        onState('down');
      }
    });
    const take = (piece: Uint8Array): void => {
      if (this.up) assembler.take(piece);
    };
    const callback = (length: number): boolean => {
      take(this.buffer.subarray(0, length));
      return true;
    };
    this.cancel = dialTls(
      {
        // Addresses come from verified documents; a wrong one only fails to connect.
        target: parseAddress(this.address) ?? { host: '', port: 0 },
        socks,
        timeoutMs: handshakeMs,
        tls: {
          key: identity.keyPem,
          cert: identity.certPem,
          onread: { buffer: this.buffer, callback },
        },
      },
      (socket) => {
        // Over SOCKS node:tls has no fixed buffer.
        if (socks !== null) socket.on('data', take);
        this.hold(socket);
      },
      () => this.again(),
    );
  }

  private hold(socket: TLSSocket): void {
    const { onState } = this.options;
    this.socket = socket;
    socket.setKeepAlive(true, LIMITS.keepAliveMs);
    const steady = setTimeout(() => this.backoff.reset(), LIMITS.steadyMs);
    socket.on('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(steady);
      const was = this.up;
      this.up = false;
      this.socket = null;
      if (was) onState('down');
      this.again();
    });
    const shown = peerKeyHash(socket);
    if (shown === null || !this.keyHashes.some((hash) => equalBytes(hash, shown))) {
      onState('stranger');
      clearTimeout(steady);
      socket.destroy();
      return;
    }
    this.up = true;
    if (this.held) socket.pause();
    onState('up');
  }

  private again(): void {
    if (!this.stopped) this.timer = setTimeout(() => this.dial(), this.backoff.next());
  }
}
