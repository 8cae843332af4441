/**
 * The one form of TLS on our links (docs/spec/03-links.md): version 1.3, the hybrid group
 * X25519MLKEM768, no session tickets. Certificates are containers; the caller compares key hashes
 * once the handshake is done, so OpenSSL's own verification is off.
 */
import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

export const LINK_TLS = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ecdhCurve: 'X25519MLKEM768',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const satisfies SecureContextOptions;
