/** Looks whose key answers at an address; sends nothing but a handshake. */
import { connect } from 'node:tls';
import { parseAddress } from '@tacet/directory';
import { peerKeyHash } from '../tls/certificate.ts';
import { LINK_TLS } from '../tls/options.ts';

/** SHA-256 of the SPKI of the key that answers; null when nothing does within `timeoutMs`. */
export function probeKey(address: string, timeoutMs: number): Promise<Uint8Array | null> {
  const parsed = parseAddress(address);
  if (parsed === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = connect({ ...LINK_TLS, ...parsed, rejectUnauthorized: false, servername: '' });
    const end = (shown: Uint8Array | null): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(shown);
    };
    const late = setTimeout(() => end(null), timeoutMs);
    socket.once('secureConnect', () => end(peerKeyHash(socket)));
    socket.on('error', () => end(null));
    socket.once('close', () => end(null));
  });
}
