/** Connections without manners: plain TCP, TLS, WebSocket by hand. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { type LinkIdentity, makeCertificate } from '@tacet/adapters/link-tls';
import type { Rng } from '@tacet/base';
import { encodeHello, type Hello } from '@tacet/wire';

const TLS = { minVersion: 'TLSv1.3', ecdhCurve: 'X25519MLKEM768' } as const;
/** FIN and binary, masked, 12,288 bytes, a mask of zeros. */
export const HEAD = Uint8Array.of(0x82, 0xfe, 0x30, 0x00, 0, 0, 0, 0);
export const FRAME = 12_288;
/** Behind the answer to the upgrade: at least the head of a message down. */
const GREETING = 12_292;

export const UPGRADE =
  'GET /tacet/1 HTTP/1.1\r\nhost: edge\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
  'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
export const HELLO: Hello = {
  joinSecret: new Uint8Array(16).fill(7),
  resume: new Uint8Array(8),
  slotMs: 500,
};

export function linkIdentity(): LinkIdentity {
  return makeCertificate(generateKeyPairSync('ed25519').privateKey);
}

export interface Peer {
  readonly socket: Socket;
  /** One message up. */
  unit(frame: Uint8Array): void;
}

/** Settles when the other side has ended it; after `atMost` it ends itself. */
export async function gone(socket: Socket, atMost = 3_000): Promise<void> {
  if (socket.destroyed) return;
  const late = setTimeout(() => socket.destroy(), atMost);
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  clearTimeout(late);
}

export function tcp(port: number): Socket {
  const socket = connectTcp({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  return socket;
}

/** Not yet secure; what is written waits for the handshake. */
export function tls(port: number, more: ConnectionOptions = {}): Socket {
  const socket = connect({
    ...TLS,
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    servername: '',
    ...more,
  });
  socket.on('error', () => undefined);
  return socket;
}

/** A WebSocket that has its greeting; `null`: it was not let in. */
export async function webSocket(port: number): Promise<Socket | null> {
  const socket = tls(port);
  socket.write(UPGRADE);
  return (await heard(socket, GREETING)) ? socket : null;
}

/** Past hello and welcome; null: not let in, as a busy machine may have it. */
export async function sessionOf(port: number, rng: Rng): Promise<Peer | null> {
  const socket = await webSocket(port);
  if (socket === null) return null;
  socket.write(Buffer.concat([HEAD, encodeHello(HELLO, rng)]));
  if (!(await heard(socket, GREETING - 100))) return null;
  return {
    socket,
    unit: (frame) => void socket.write(Buffer.concat([HEAD, frame])),
  };
}

/** False when it is closed before so many bytes came. */
async function heard(socket: Socket, bytes: number): Promise<boolean> {
  let n = 0;
  const closed = new AbortController();
  const onClose = (): void => closed.abort();
  socket.once('close', onClose);
  // An earlier wait paused it.
  socket.resume();
  try {
    while (n < bytes) {
      const [piece] = await once(socket, 'data', { signal: closed.signal });
      n += piece.length;
    }
    return true;
  } catch (error) {
    // Reset by the other side, or closed.
    if (!closed.signal.aborted && socket.errored === null) throw error;
    return false;
  } finally {
    socket.off('close', onClose);
    if (!socket.destroyed) socket.pause();
  }
}
