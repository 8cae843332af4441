/**
 * Argon2id (RFC 9106) from a passphrase to 32 bytes, on libuv's thread pool. The salt may have
 * any length from 16 bytes; its hash is the 16-byte salt Argon2 sees.
 */

import { AppError, type Sensitive } from '@tacet/base';
import sodium from 'sodium-native';
import { hash } from './hash.ts';
import { ARGON2_MEMORY_KIB_MAX, ARGON2_PASSES_MAX } from './limits.ts';
import { wipe } from './secret.ts';

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
}

export async function argon2id(
  passphrase: Sensitive<Uint8Array>,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array> {
  if (salt.length < 16) throw new AppError('crypto-length', 'bug', 'a salt has 16 bytes or more');
  const { memoryKiB, passes } = cost;
  const inRange =
    Number.isInteger(memoryKiB) &&
    Number.isInteger(passes) &&
    memoryKiB >= 8 &&
    memoryKiB <= ARGON2_MEMORY_KIB_MAX &&
    passes >= 1 &&
    passes <= ARGON2_PASSES_MAX;
  if (!inRange) throw new AppError('argon2-cost', 'input', 'the Argon2id cost is out of range');
  const secret = Uint8Array.from(passphrase.expose());
  const out = new Uint8Array(32);
  try {
    await sodium.crypto_pwhash_async(
      out,
      secret,
      hash('argon2-salt', salt).subarray(0, 16),
      passes,
      memoryKiB * 1_024,
      sodium.crypto_pwhash_ALG_ARGON2ID13,
    );
  } finally {
    wipe(secret);
  }
  return out;
}
