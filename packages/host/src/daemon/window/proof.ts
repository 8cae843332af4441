/**
 * How a window knows its daemon again before it hands over a passphrase. After the daemon has
 * ended, another program may take its port; it has the name, but not the key that was given to
 * the page with its session. HMAC-SHA-256, because that is what a browser offers.
 */
import { createHmac } from 'node:crypto';
import { base64url, fromBase64url, isAppError } from '@tacet/base';

/** Characters of 32 bytes. */
const LENGTH = 43;

/** Null when the nonce is not the text of 32 bytes. */
export function proofOf(key: Uint8Array, nonce: unknown): string | null {
  if (typeof nonce !== 'string' || nonce.length !== LENGTH) return null;
  try {
    return base64url(createHmac('sha256', key).update(fromBase64url(nonce)).digest());
  } catch (error) {
    if (isAppError(error, 'malformed')) return null;
    throw error;
  }
}
