/** One caller on the unix socket: lines in, answers out, both within caps. */
import type { Socket } from 'node:net';
import {
  decodeRequest,
  encodeError,
  encodeResult,
  idOf,
  LineSplitter,
  MAX_OPEN_CALLS,
} from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Caller, DaemonCore } from '../core.ts';
import { CLOSE_LINGER, MAX_UNREAD_BYTES } from '../limits.ts';

export class Connection {
  private readonly socket: Socket;
  private readonly core: DaemonCore;
  private readonly splitter = new LineSplitter();
  private readonly gone = new AbortController();
  private openCalls = 0;

  constructor(socket: Socket, core: DaemonCore) {
    this.socket = socket;
    this.core = core;
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', () => socket.destroy());
    // A caller that went away looks like one that half-closed and still wants its answers: what
    // waits for events ends now, the rest is answered.
    socket.on('end', () => {
      this.gone.abort();
      this.leaveWhenDone();
    });
    socket.on('close', () => this.gone.abort());
  }

  /** Lets answers under way leave, then cuts. */
  end(): void {
    this.socket.end();
    setTimeout(() => this.socket.destroy(), CLOSE_LINGER).unref();
  }

  private take(chunk: Uint8Array): void {
    let lines: string[];
    try {
      lines = this.splitter.push(chunk);
    } catch (error) {
      // Where the next message begins is unknown now.
      this.write(encodeError(null, error));
      this.end();
      return;
    }
    for (const line of lines) void this.answer(line);
  }

  private async answer(line: string): Promise<void> {
    this.openCalls += 1;
    try {
      const { id, method, params } = decodeRequest(line);
      if (this.openCalls > MAX_OPEN_CALLS) {
        throw new AppError('too-many-calls', 'usage', 'too many calls are open on this connection');
      }
      const caller: Caller = { kind: 'socket', signal: this.gone.signal };
      this.write(encodeResult(id, await this.core.call(method, params, caller)));
    } catch (error) {
      this.write(encodeError(idOf(line), error));
    } finally {
      this.openCalls -= 1;
      if (this.socket.readableEnded) this.leaveWhenDone();
    }
  }

  private leaveWhenDone(): void {
    if (this.openCalls === 0) this.end();
  }

  private write(message: string): void {
    if (this.socket.destroyed || !this.socket.writable) return;
    if (this.socket.writableLength > MAX_UNREAD_BYTES) this.socket.destroy();
    else this.socket.write(`${message}\n`);
  }
}
