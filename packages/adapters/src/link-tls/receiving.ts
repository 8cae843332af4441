/**
 * The dialling end of a relay link. It only receives: a dialling socket can read into one fixed
 * buffer, which costs half of what a listening one does. Dials again for ever, with pauses.
 */
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { equalBytes, type Rng } from '@tacet/base';
import { parseAddress } from '@tacet/directory';
import { Backoff } from '../tls/backoff.ts';
import { type LinkIdentity, peerKeyHash } from '../tls/certificate.ts';
import { LINK_TLS } from '../tls/options.ts';
import { FrameAssembler } from './assembler.ts';
import { LIMITS } from './limits.ts';

export interface ReceivingOptions {
  readonly identity: LinkIdentity;
  readonly rng: Rng;
  readonly address: string;
  /** Hashes of the keys this relay may show. */
  readonly keyHashes: readonly Uint8Array[];
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
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(options: ReceivingOptions) {
    this.options = options;
    this.address = options.address;
    this.keyHashes = options.keyHashes;
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

  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.socket?.destroy();
  }

  private dial(): void {
    const { identity, onFrame, onState } = this.options;
    const assembler = new FrameAssembler(LIMITS.frame, (frame) => {
      if (this.up && !onFrame(frame)) {
        this.up = false;
        socket.destroy();
        onState('down');
      }
    });
    const socket = connect({
      ...LINK_TLS,
      // Addresses come from verified documents; a wrong one only fails to connect.
      ...(parseAddress(this.address) ?? { host: '', port: 0 }),
      key: identity.keyPem,
      cert: identity.certPem,
      rejectUnauthorized: false,
      servername: '',
      onread: {
        buffer: this.buffer,
        callback: (length: number) => {
          if (this.up && this.socket === socket) assembler.take(this.buffer.subarray(0, length));
          return true;
        },
      },
    } as ConnectionOptions);
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, LIMITS.keepAliveMs);
    const handshake = setTimeout(() => socket.destroy(), LIMITS.handshakeMs);
    let steady: NodeJS.Timeout | null = null;
    socket.once('secureConnect', () => {
      clearTimeout(handshake);
      const shown = peerKeyHash(socket);
      if (shown === null || !this.keyHashes.some((hash) => equalBytes(hash, shown))) {
        onState('stranger');
        socket.destroy();
        return;
      }
      steady = setTimeout(() => this.backoff.reset(), LIMITS.steadyMs);
      this.up = true;
      onState('up');
    });
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(handshake);
      if (steady !== null) clearTimeout(steady);
      const was = this.up;
      this.up = false;
      this.socket = null;
      if (was) onState('down');
      if (!this.stopped) this.timer = setTimeout(() => this.dial(), this.backoff.next());
    });
  }
}
