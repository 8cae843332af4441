/** The listening end of a relay link: it only sends. Frames wait here while no socket takes them. */
import type { TLSSocket } from 'node:tls';
import { LIMITS } from './limits.ts';
import { SendQueue } from './queue.ts';

export type Loss = 'overflow' | 'expired';

export class SendingLink {
  private readonly queue = new SendQueue(LIMITS.queueFrames, LIMITS.queueMs);
  private readonly onLoss: (loss: Loss, frames: number) => void;
  private socket: TLSSocket | null = null;
  /** Keeps what it is given until this turn of the event loop is over. */
  private gathering: TLSSocket | null = null;

  constructor(onLoss: (loss: Loss, frames: number) => void) {
    this.onLoss = onLoss;
  }

  get up(): boolean {
    return this.socket !== null;
  }

  /** Frames not yet with the system. */
  get waiting(): number {
    return this.queue.size + Math.ceil((this.socket?.writableLength ?? 0) / LIMITS.frame);
  }

  /** @param done called once, when the bytes of `frame` are not needed any more */
  send(frame: Uint8Array, done: () => void): void {
    if (this.queue.size === 0 && this.takes()) this.write(frame, done);
    else if (this.queue.push(frame, performance.now(), done)) this.onLoss('overflow', 1);
  }

  /** A peer that dials again has lost the older socket, whatever our end believes. */
  attach(socket: TLSSocket): void {
    this.socket?.destroy();
    this.socket = socket;
    socket.setNoDelay(true);
    // A record for each frame, however many are written together.
    socket.setMaxSendFragment(LIMITS.frame);
    socket.setKeepAlive(true, LIMITS.keepAliveMs);
    socket.setTimeout(LIMITS.stuckMs, () => {
      if (socket.writableLength > 0) socket.destroy();
    });
    socket.on('drain', () => this.flush());
    // A receiving relay has nothing to say.
    socket.on('data', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.once('close', () => {
      if (this.socket === socket) this.socket = null;
    });
    this.flush();
  }

  /** For good: what waits is given up. */
  close(): void {
    this.socket?.destroy();
    this.socket = null;
    this.queue.clear();
  }

  private flush(): void {
    const now = performance.now();
    while (this.takes()) {
      const { next, expired } = this.queue.take(now);
      if (expired > 0) this.onLoss('expired', expired);
      if (next === null) return;
      this.write(next.frame, next.done);
    }
  }

  /** What is written in one turn goes to the system in one call: a third of the cost of sending. */
  private write(frame: Uint8Array, done: () => void): void {
    const { socket } = this;
    if (socket === null) return;
    if (this.gathering !== socket) {
      this.gathering = socket;
      socket.cork();
      process.nextTick(() => {
        if (this.gathering === socket) this.gathering = null;
        socket.uncork();
      });
    }
    socket.write(frame, done);
  }

  private takes(): boolean {
    const socket = this.socket;
    return socket?.writable === true && socket.writableLength < LIMITS.socketFrames * LIMITS.frame;
  }
}
