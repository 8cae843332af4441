/**
 * The one form of TLS on our links (docs/spec/03-links.md): version 1.3, the hybrid group
 * X25519MLKEM768, no session tickets. Certificates are containers; the caller compares key hashes
 * once the handshake is done, so OpenSSL's own verification is off.
 */
import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { AppError } from '@tacet/base';

export const LINK_TLS = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ecdhCurve: 'X25519MLKEM768',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const satisfies SecureContextOptions;

/** `host:port` or `[v6]:port`; throws `address` for anything else. */
export function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535 || (match?.[1] && isIP(host) !== 6)) {
    throw new AppError('address', 'input', 'an address must be host:port or [IPv6]:port');
  }
  return { host, port };
}
