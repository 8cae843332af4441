/** HMAC-SHA512 (RFC 2104, FIPS 180-4): what SQLCipher keeps behind each page. Nothing of ours. */
import { createHmac } from 'node:crypto';

/** 64 bytes, of the parts joined. */
export function hmacSha512(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha512', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}
