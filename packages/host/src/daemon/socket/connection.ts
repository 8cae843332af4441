/**
 * One caller on the unix socket: lines in, answers out, both within caps. One that begins with `auth`
 * has the rights of its token from then on; when those end, so does the connection.
 */
import type { Socket } from 'node:net';
import {
  decodeRequest,
  encodeError,
  encodeResult,
  idOf,
  LineSplitter,
  MAX_OPEN_CALLS,
  type RpcId,
  type TokenView,
} from '@tacet/api';
import { AppError } from '@tacet/base';
import { tokenInvalid } from '../admission.ts';
import type { Caller, DaemonCore } from '../core.ts';
import { CLOSE_LINGER, MAX_UNREAD_BYTES } from '../limits.ts';

export class Connection {
  private readonly socket: Socket;
  private readonly core: DaemonCore;
  private readonly splitter = new LineSplitter();
  private readonly gone = new AbortController();
  private openCalls = 0;
  /** Ids of calls not yet answered. */
  private readonly waiting = new Set<RpcId>();
  private began = false;
  /** Settled when it is known who calls; nothing else is looked at before. */
  private entered: Promise<unknown> = Promise.resolve();
  private token: Caller['token'];
  private forgetToken: () => void = () => {};
  /** Nothing more is taken or said. */
  private over = false;

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
    socket.on('close', () => {
      this.gone.abort();
      this.forgetToken();
    });
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
      await this.serve(line);
    } catch (error) {
      this.write(encodeError(idOf(line), error));
    } finally {
      this.openCalls -= 1;
      if (this.socket.readableEnded) this.leaveWhenDone();
    }
  }

  private async serve(line: string): Promise<void> {
    const { id, method, params } = decodeRequest(line);
    if (this.openCalls > MAX_OPEN_CALLS) {
      throw new AppError('too-many-calls', 'usage', 'too many calls are open on this connection');
    }
    if (method === 'auth') return await this.enter(id, params);
    this.began = true;
    await this.entered;
    if (this.over) return;
    const { token } = this;
    const caller: Caller = { kind: 'socket', signal: this.gone.signal };
    this.waiting.add(id);
    try {
      const call = this.core.call(
        method,
        params,
        token === undefined ? caller : { ...caller, token },
      );
      this.write(encodeResult(id, await call));
    } finally {
      this.waiting.delete(id);
    }
  }

  /** What was sent behind a token that is none must not be done with the rights of the owner. */
  private async enter(id: RpcId, params: unknown): Promise<void> {
    if (this.began) {
      throw new AppError('request-invalid', 'usage', 'auth is the first call of a connection');
    }
    this.began = true;
    const known = Promise.withResolvers<void>();
    this.entered = known.promise;
    try {
      const caller: Caller = { kind: 'socket', signal: this.gone.signal };
      const rights = (await this.core.call('auth', params, caller)) as TokenView;
      this.token = { id: rights.id, contacts: rights.contacts };
      this.forgetToken = this.core.onTokenEnd(rights.id, () => this.revoked());
      this.write(encodeResult(id, rights));
    } catch (error) {
      this.write(encodeError(id, error));
      this.over = true;
      this.end();
    } finally {
      known.resolve();
    }
  }

  private revoked(): void {
    for (const id of this.waiting) this.write(encodeError(id, tokenInvalid()));
    this.over = true;
    this.gone.abort();
    this.end();
  }

  private leaveWhenDone(): void {
    if (this.openCalls === 0) this.end();
  }

  private write(message: string): void {
    if (this.over || this.socket.destroyed || !this.socket.writable) return;
    if (this.socket.writableLength > MAX_UNREAD_BYTES) this.socket.destroy();
    else this.socket.write(`${message}\n`);
  }
}
