/**
 * Secrets a browser shows again: 32 random bytes as base64url. Only their hashes are kept, so a
 * look-up by hash tells nothing by its timing, and a memory image holds nothing to present.
 */
import { base64url, fromBase64url, type Rng, randomBytes } from '@tacet/base';
import { equalSecret, hash } from '@tacet/crypto';

const LENGTH = 43;

export interface FreshSecret {
  readonly text: string;
  readonly hash: Uint8Array;
}

export function freshSecret(rng: Rng): FreshSecret {
  const bytes = randomBytes(rng, 32);
  return { text: base64url(bytes), hash: digest(bytes) };
}

/** Null for anything that is not the text of 32 bytes. */
export function hashOfSecret(text: unknown): Uint8Array | null {
  if (typeof text !== 'string' || text.length !== LENGTH) return null;
  try {
    return digest(fromBase64url(text));
  } catch {
    return null;
  }
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return equalSecret(a, b);
}

function digest(bytes: Uint8Array): Uint8Array {
  return hash('window-secret', bytes);
}
