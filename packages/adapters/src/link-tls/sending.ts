/** The listening end of a relay link: it only sends. Frames wait here while no socket takes them. */
import type { TLSSocket } from 'node:tls';
import type { Millis } from '@tacet/base';
import { LIMITS } from './limits.ts';
import { SendQueue } from './queue.ts';

export type Loss = 'overflow' | 'expired';

export class SendingLink {
  private readonly queue = new SendQueue(LIMITS.queueFrames, LIMITS.queueMs);
  private readonly onLoss: (loss: Loss, frames: number) => void;
  private readonly stuckMs: Millis;
  private socket: TLSSocket | null = null;
  /** Where the frames of one write are joined; the socket's until `writing` is 0 again. */
  private batch: Buffer = Buffer.alloc(0);
  /** Frames given to the socket that the system has not taken yet. */
  private writing = 0;
  /** A flush comes at the end of this turn. */
  private planned = false;

  constructor(onLoss: (loss: Loss, frames: number) => void, stuckMs: Millis = LIMITS.stuckMs) {
    this.onLoss = onLoss;
    this.stuckMs = stuckMs;
  }

  get up(): boolean {
    return this.socket !== null;
  }

  /** Frames not yet with the system. */
  get waiting(): number {
    return this.queue.size + this.writing;
  }

  /** @param done called once, when the bytes of `frame` are not needed any more */
  send(frame: Uint8Array, done: () => void): void {
    if (this.queue.push(frame, performance.now(), done)) this.onLoss('overflow', 1);
    if (this.planned || this.writing > 0 || this.socket === null) return;
    // What is sent in one turn goes to the system in one call.
    this.planned = true;
    process.nextTick(() => {
      this.planned = false;
      this.flush();
    });
  }

  /** A peer that dials again has lost the older socket, whatever our end believes. */
  attach(socket: TLSSocket): void {
    this.socket?.destroy();
    this.socket = socket;
    // The older socket may still hold what was being written.
    this.batch = Buffer.alloc(0);
    this.writing = 0;
    socket.setNoDelay(true);
    // A record for each frame, however many are written together.
    socket.setMaxSendFragment(LIMITS.frame);
    socket.setKeepAlive(true, LIMITS.keepAliveMs);
    socket.setTimeout(this.stuckMs, () => {
      if (socket.writableLength > 0) socket.destroy();
    });
    // A receiving relay has nothing to say.
    socket.on('data', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.once('close', () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.writing = 0;
    });
    this.flush();
  }

  /** For good: what waits is given up. */
  close(): void {
    this.socket?.destroy();
    this.socket = null;
    this.writing = 0;
    this.queue.clear();
  }

  /**
   * One write for all that wait: joined here, a frame costs the socket a copy and a record of TLS,
   * where one given to it by itself costs an entry of its queue and a call back besides.
   */
  private flush(): void {
    const { socket } = this;
    if (socket?.writable !== true || this.writing > 0) return;
    const most = Math.min(this.queue.size, LIMITS.socketFrames);
    if (this.batch.length < most * LIMITS.frame) this.batch = room(most);
    const { batch } = this;
    const now = performance.now();
    let length = 0;
    while (length < most * LIMITS.frame) {
      const { next, expired } = this.queue.take(now);
      if (expired > 0) this.onLoss('expired', expired);
      if (next === null) break;
      // Frames of relays lie in shared memory, where `TypedArray.set` goes word by word.
      Buffer.prototype.copy.call(next.frame, batch, length);
      length += LIMITS.frame;
      next.done();
    }
    if (length === 0) return;
    this.writing = length / LIMITS.frame;
    const bytes = batch.subarray(0, length);
    socket.write(bytes, () => {
      bytes.fill(0);
      if (this.socket !== socket) return;
      this.writing = 0;
      this.flush();
    });
  }
}

/** For so many frames and some more, so that a link that gets busy asks for memory a few times. */
function room(frames: number): Buffer {
  const most = Math.min(2 ** Math.ceil(Math.log2(frames)), LIMITS.socketFrames);
  return Buffer.allocUnsafeSlow(most * LIMITS.frame);
}
