/**
 * A SOCKS 5 server of tests: takes any login, writes down what it was asked, and can misbehave. Names
 * lead to where `hosts` says, so that nothing resolves them.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Asked {
  readonly login: string | null;
  readonly type: number;
  readonly host: string;
  readonly port: number;
}

export interface SocksServerOptions {
  /** Method that is chosen; 255 refuses. */
  readonly method?: number;
  readonly loginStatus?: number;
  readonly replyCode?: number;
  /** Bytes instead of an answer to the greeting. */
  readonly instead?: Uint8Array;
  /** Says nothing at all. */
  readonly mute?: boolean;
  /** Sends everything byte by byte. */
  readonly slow?: boolean;
  readonly hosts?: Readonly<Record<string, string>>;
}

export interface SocksServer {
  readonly address: string;
  readonly port: number;
  readonly asked: Asked[];
  close(): Promise<void>;
}

export async function socksServer(options: SocksServerOptions = {}): Promise<SocksServer> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, options, asked).catch(() => socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(socket: Socket, options: SocksServerOptions, asked: Asked[]): Promise<void> {
  const say = async (...bytes: readonly number[]): Promise<void> => {
    if (options.slow !== true) socket.write(Uint8Array.from(bytes));
    else {
      for (const byte of bytes) {
        socket.write(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  const read = async (n: number): Promise<Buffer> => {
    for (;;) {
      const got = socket.read(n) as Buffer | null;
      if (got !== null) return got;
      await once(socket, 'readable');
    }
  };
  if (options.mute === true) return;
  const [, methods = 0] = await read(2);
  const offered = [...(await read(methods))];
  if (options.instead !== undefined) {
    socket.write(options.instead);
    return;
  }
  const method = options.method ?? (offered.includes(2) ? 2 : 0);
  await say(5, method);
  let login: string | null = null;
  if (method === 2) {
    const [, length = 0] = await read(2);
    const user = (await read(length)).toString('latin1');
    const [n = 0] = await read(1);
    login = `${user}:${(await read(n)).toString('latin1')}`;
    await say(1, options.loginStatus ?? 0);
  }
  const [, , , type = 0] = await read(4);
  const host = await readHost(type, read);
  const port = (await read(2)).readUInt16BE();
  asked.push({ login, type, host, port });
  const code = options.replyCode ?? 0;
  if (code !== 0) {
    await say(5, code, 0, 1, 0, 0, 0, 0, 0, 0);
    return;
  }
  const far = connect(port, options.hosts?.[host] ?? host);
  far.on('error', () => socket.destroy());
  await once(far, 'connect');
  await say(5, 0, 0, 3, 4, 110, 97, 109, 101, 0, 80);
  socket.pipe(far);
  far.pipe(socket);
  far.once('close', () => socket.destroy());
  socket.once('close', () => far.destroy());
}

async function readHost(type: number, read: (n: number) => Promise<Buffer>): Promise<string> {
  if (type === 1) return [...(await read(4))].join('.');
  if (type === 3) {
    const [length = 0] = await read(1);
    return (await read(length)).toString('latin1');
  }
  const bytes = await read(16);
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return groups.join(':');
}
