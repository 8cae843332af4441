/**
 * How a window knows its daemon again before it hands over a passphrase. After the daemon has
 * ended, another program may take its port; it has the name, but not the key that was given to
 * the page with its session. HMAC-SHA-256, because that is what a browser offers.
 */
import { createHmac } from 'node:crypto';
import { base64url, fromBase64url } from '@tacet/base';

const NONCE = 32;

/** Null when the nonce is not the text of 32 bytes. */
export function proofOf(key: Uint8Array, nonce: unknown): string | null {
  if (typeof nonce !== 'string') return null;
  let bytes: Uint8Array;
  try {
    bytes = fromBase64url(nonce);
  } catch {
    return null;
  }
  return bytes.length === NONCE
    ? base64url(createHmac('sha256', key).update(bytes).digest())
    : null;
}
