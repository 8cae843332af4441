/**
 * One connection to one node. It logs in, sends commands in order and hands back replies in the
 * same order. It never reconnects: `WAIT` counts the writes of its own connection, so one that was
 * silently made anew would answer for writes it never carried (docs/decisions/0026).
 */
import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { AppError } from '@tacet/base';
import { LIMITS } from './limits.ts';
import { type Argument, encodeCommand, type Reply, ReplyReader, ServerError } from './resp.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How nodes are reached; the same for all of a cluster. */
export interface Door {
  readonly user: string | null;
  readonly password: string | null;
  /** Null: plain TCP. */
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'> | null;
}

const NO_TOUCH = encodeCommand('CLIENT', 'NO-TOUCH', 'ON');

/** First words of refusals that say nothing about who asks. */
export const PASSING: ReadonlySet<string> = new Set([
  'LOADING',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MASTERDOWN',
  'READONLY',
  'UNBLOCKED',
  'BUSY',
]);

interface Waiter {
  left: number;
  readonly replies: Reply[];
  readonly resolve: (replies: readonly Reply[]) => void;
  readonly reject: (error: unknown) => void;
  readonly since: number;
}

export class Connection {
  private readonly socket: Socket;
  private readonly reader = new ReplyReader();
  private readonly waiters: Waiter[] = [];
  private readonly watch: NodeJS.Timeout;
  private ended = false;

  /** @throws `boxes-unreachable`, `boxes-tls`, `boxes-login`, `boxes-protocol` */
  static async open(address: Address, door: Door): Promise<Connection> {
    const connection = new Connection(await connected(address, door));
    let reply: Reply;
    try {
      reply = await connection.call(...greeting(door));
    } catch {
      // Over TLS 1.3 a node says only now that it wanted a certificate of ours.
      throw door.tls === null ? unreachable() : untrusted();
    }
    if (!(reply instanceof ServerError)) {
      // So that reading a box does not note in it when it was read. Servers before 7.2 cannot.
      connection.send([NO_TOUCH]).catch(() => undefined);
      return connection;
    }
    connection.end();
    // A node that is loading its data, or has lost the others, may do better in a moment.
    throw PASSING.has(reply.code) ? unreachable() : refused();
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 15_000);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => this.end());
    socket.on('close', () => this.end());
    this.watch = setInterval(() => this.look(), LIMITS.answerMs / 4);
    this.watch.unref();
  }

  get open(): boolean {
    return !this.ended;
  }

  /** All replies, in order. Rejects with `boxes-lost` when the connection ends before the last. */
  send(commands: readonly Uint8Array[]): Promise<readonly Reply[]> {
    if (this.ended) return Promise.reject(lost());
    if (commands.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const since = performance.now();
      this.waiters.push({ left: commands.length, replies: [], resolve, reject, since });
      this.socket.cork();
      for (const command of commands) this.socket.write(command);
      this.socket.uncork();
    });
  }

  async call(...args: readonly Argument[]): Promise<Reply> {
    const [reply] = await this.send([encodeCommand(...args)]);
    return reply ?? null;
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.watch);
    this.socket.destroy();
    for (const waiter of this.waiters.splice(0)) waiter.reject(lost());
  }

  private receive(chunk: Buffer): void {
    if (this.ended) return;
    let replies: Reply[];
    try {
      replies = this.reader.take(chunk);
    } catch {
      this.end();
      return;
    }
    for (const reply of replies) {
      const [waiter] = this.waiters;
      if (waiter === undefined) {
        // Nobody asked: from here on replies would go to the wrong askers.
        this.end();
        return;
      }
      waiter.replies.push(reply);
      waiter.left -= 1;
      if (waiter.left > 0) continue;
      this.waiters.shift();
      waiter.resolve(waiter.replies);
    }
  }

  private look(): void {
    const [oldest] = this.waiters;
    if (oldest && performance.now() - oldest.since > LIMITS.answerMs) this.end();
  }
}

/** Without a password, a node that wants one must say so at once and not at the first box. */
function greeting({ user, password }: Door): [string, ...Uint8Array[]] {
  if (password === null) return ['PING'];
  return ['AUTH', ...(user === null ? [password] : [user, password]).map(utf8)];
}

function connected({ host, port }: Address, { tls }: Door): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket =
      tls === null
        ? connectPlain({ host, port })
        : connectTls({ host, port, minVersion: 'TLSv1.2', ...tls });
    const timer = setTimeout(() => fail(null), LIMITS.connectMs);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(isCertificateFault(error) ? untrusted() : unreachable());
    };
    socket.once('error', fail);
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** Everything OpenSSL says about a certificate or a handshake, as opposed to the network. */
function isCertificateFault(error: unknown): boolean {
  const code = error instanceof Error ? String(Reflect.get(error, 'code')) : '';
  return /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_)/.test(code);
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function refused(): AppError {
  return new AppError(
    'boxes-login',
    'refused',
    'a node of the box cluster refuses the user or the password',
  );
}

export function unreachable(): AppError {
  return new AppError('boxes-unreachable', 'network', 'no node of the box cluster answers');
}

function untrusted(): AppError {
  return new AppError(
    'boxes-tls',
    'refused',
    'the certificate of a node of the box cluster does not verify, or it wants one of ours',
  );
}

function lost(): AppError {
  return new AppError('boxes-lost', 'network', 'a connection to the box cluster was lost');
}
