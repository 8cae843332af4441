/**
 * The one way out: every connection that this program opens to a relay or an authority is dialled
 * here, through the SOCKS server where one is set, directly where none is.
 */
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { Address } from '@tacet/directory';
import { openThroughSocks } from '../socks/open.ts';
import type { SocksRoute } from '../socks/route.ts';
import { LINK_TLS } from './options.ts';

export interface TlsDial {
  readonly target: Address;
  /** Null: directly. */
  readonly socks: SocksRoute | null;
  /** TCP, SOCKS and TLS together. */
  readonly timeoutMs: number;
  /** Our own certificate, or a buffer to read into (which a SOCKS connection does not use). */
  readonly tls?: Pick<ConnectionOptions, 'key' | 'cert'> & Pick<Reading, 'onread'>;
}

/** node:tls passes it on to node:net; its types do not say so. */
interface Reading {
  readonly onread?: {
    readonly buffer: Uint8Array;
    readonly callback: (length: number, buffer: Uint8Array) => boolean;
  };
}

/**
 * Exactly one of the two is called, once, unless it is cancelled before. `onSecure` is called before
 * anything that the peer says is read; the peer's key is the caller's to check. `onFail` gets a
 * `socks-...` error, or what node:tls says.
 * @returns the way to give up
 */
export function dialTls(
  dial: TlsDial,
  onSecure: (socket: TLSSocket) => void,
  onFail: (error: Error) => void,
): () => void {
  let under: Socket | null = null;
  let settled = false;
  const end = (): boolean => {
    if (settled) return false;
    settled = true;
    clearTimeout(late);
    return true;
  };
  const fail = (error: Error): void => {
    if (!end()) return;
    under?.destroy();
    onFail(error);
  };
  const late = setTimeout(() => fail(new Error('timeout')), dial.timeoutMs);
  const secure = (through: { socket: Socket } | Address): void => {
    const socket = connect({
      ...LINK_TLS,
      ...through,
      ...dial.tls,
      rejectUnauthorized: false,
      servername: '',
    } as ConnectionOptions);
    under = socket;
    socket.on('error', fail);
    socket.once('close', () => fail(new Error('closed')));
    socket.once('secureConnect', () => {
      if (!end()) return;
      socket.setNoDelay(true);
      onSecure(socket);
    });
  };
  if (dial.socks === null) secure(dial.target);
  else under = openThroughSocks(dial.socks, dial.target, (socket) => secure({ socket }), fail);
  return () => {
    if (end()) under?.destroy();
  };
}

/** The same as a promise; an abort rejects. */
export function dialTlsOnce(dial: TlsDial, signal?: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const cancel = dialTls(dial, resolve, reject);
    signal?.addEventListener(
      'abort',
      () => {
        cancel();
        reject(new Error('aborted'));
      },
      { once: true },
    );
  });
}
