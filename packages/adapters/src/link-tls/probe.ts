/** Looks whose key answers at an address; sends nothing but a handshake. */
import { parseAddress } from '@tacet/directory';
import type { SocksRoute } from '../socks/index.ts';
import { peerKeyHash } from '../tls/certificate.ts';
import { dialTls } from '../tls/dial.ts';

/**
 * SHA-256 of the SPKI of the key that answers; null when nothing does within `timeoutMs`.
 * @param socks null: directly
 */
export function probeKey(
  address: string,
  timeoutMs: number,
  socks: SocksRoute | null,
): Promise<Uint8Array | null> {
  const target = parseAddress(address);
  if (target === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    dialTls(
      { target, socks, timeoutMs },
      (socket) => {
        const shown = peerKeyHash(socket);
        socket.destroy();
        resolve(shown);
      },
      () => resolve(null),
    );
  });
}
