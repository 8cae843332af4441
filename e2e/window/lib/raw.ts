/** Requests written byte by byte, as no browser would: the attacker's pen. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** 0 when the connection was cut without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  /** Replaces or, with null, removes lines; a list gives the line several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly body?: string;
  readonly address?: '127.0.0.1' | '::1';
}

/** What the page itself would send. */
export function pageHeaders(port: number): Record<string, string> {
  return {
    host: `localhost:${port}`,
    origin: `http://localhost:${port}`,
    'sec-fetch-site': 'same-origin',
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
    'tacet-window': '1',
    'content-type': 'application/json',
  };
}

/** A POST as the page sends it, with changes. Resolves when the server closes the connection. */
export function post(port: number, request: RawRequest): Promise<RawAnswer> {
  const body = request.body ?? '{}';
  const length = String(Buffer.byteLength(body));
  const headers = { ...pageHeaders(port), 'content-length': length, ...request.headers };
  const method = request.method ?? 'POST';
  return exchange(port, compose(method, request.target ?? '/rpc', headers) + body, request.address);
}

export function get(port: number, request: RawRequest): Promise<RawAnswer> {
  const headers = { host: `localhost:${port}`, ...request.headers };
  const method = request.method ?? 'GET';
  return exchange(port, compose(method, request.target ?? '/', headers), request.address);
}

function compose(
  method: string,
  target: string,
  headers: Readonly<Record<string, string | readonly string[] | null>>,
): string {
  const lines = [`${method} ${target} HTTP/1.1`];
  for (const [name, value] of Object.entries({ ...headers, connection: 'close' })) {
    const values = value === null ? [] : typeof value === 'string' ? [value] : value;
    for (const one of values) lines.push(`${name}: ${one}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

export function exchange(
  port: number,
  text: string | Uint8Array,
  address = '127.0.0.1',
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: address });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(parse(chunks));
      else reject(error);
    });
    socket.on('close', () => resolve(parse(chunks)));
    socket.write(text);
  });
}

/** Opens a connection and leaves it to the caller. */
export function openSocket(port: number, text: string): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.write(text);
  return socket;
}

function parse(chunks: readonly Buffer[]): RawAnswer {
  const text = Buffer.concat(chunks).toString('utf8');
  const end = text.indexOf('\r\n\r\n');
  const head = end === -1 ? text : text.slice(0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  return {
    status,
    head: head.toLowerCase(),
    body: end === -1 ? '' : unchunk(head, text.slice(end + 4)),
  };
}

function unchunk(head: string, body: string): string {
  if (!/transfer-encoding: chunked/i.test(head)) return body;
  let out = '';
  let rest = body;
  for (;;) {
    const end = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (end === -1 || !(size > 0)) return out;
    out += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 4 + size);
  }
}
