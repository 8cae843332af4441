/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): ML-KEM-768 and X25519 joined by SHA3-256
 * (docs/spec/01-crypto.md, 6). Differs from the draft in one point: an X25519 result of all
 * zeros is refused instead of hashed.
 * ML-KEM's own coins come from OpenSSL; the `rng` parameter supplies the X25519 half only, so
 * encapsulation is never repeatable.
 */
import {
  createPrivateKey,
  createPublicKey,
  decapsulate,
  hash as digest,
  encapsulate,
  type KeyObject,
} from 'node:crypto';
import type { Rng } from '@tacet/base';
import { badKey, requireLength } from './errors.ts';
import { plain } from './plain.ts';
import { wipe } from './secret.ts';
import { shake256 } from './shake.ts';
import type { KemPublicKey } from './types.ts';
import { x25519Into, x25519Public } from './x25519.ts';

export const KEM_PUBLIC_LENGTH = 1_216;
const KEM_CIPHERTEXT_LENGTH = 1_120;
const ML_PUBLIC = 1_184;
const ML_CIPHERTEXT = 1_088;
/** The draft's label, `\.//^\`. */
const XWING_LABEL = Uint8Array.of(0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c);

export interface KemKeyPair {
  readonly publicKey: KemPublicKey;
  /**
   * The 32-byte secret of a 1,120-byte ciphertext. Null for a wrong length or a small-order
   * point. A ciphertext that was not made for this key gives a secret nobody else has
   * (implicit rejection), which the AEAD after it refuses.
   */
  decapsulate(ciphertext: Uint8Array): Uint8Array | null;
  /**
   * Overwrites what is ours. The key object inside is the runtime's: it goes when it is collected,
   * or when its thread ends. Nothing may be decapsulated after this.
   */
  wipe(): void;
}

/** Input of the combiner: ss_M 32 | ss_X 32 | ct_X 32 | pk_X 32 | label 6. */
class Combiner {
  private readonly input = new Uint8Array(134);
  private readonly secrets = this.input.subarray(0, 64);
  readonly x = this.input.subarray(32, 64);

  constructor() {
    this.input.set(XWING_LABEL, 128);
  }

  publicKey(pkX: Uint8Array): void {
    this.input.set(pkX, 96);
  }

  finish(ssM: Uint8Array, ctX: Uint8Array): Uint8Array {
    this.input.set(ssM, 0);
    this.input.set(ctX, 64);
    const secret = plain(digest('sha3-256', this.input, 'buffer'));
    this.secrets.fill(0);
    ssM.fill(0);
    return secret;
  }
}

export function kemKeyPair(seed: Uint8Array): KemKeyPair {
  requireLength(seed, 32, 'X-Wing seed');
  const expanded = shake256(seed, 96);
  const mlSecret: KeyObject = createPrivateKey({
    key: expanded.subarray(0, 64),
    format: 'raw-seed',
    asymmetricKeyType: 'ml-kem-768',
  });
  // Outside the collector's heap, where it would be copied about.
  const xSecret = new Uint8Array(new ArrayBuffer(32));
  xSecret.set(expanded.subarray(64));
  wipe(expanded);
  const xPublic = x25519Public(xSecret);
  const publicKey = new Uint8Array(KEM_PUBLIC_LENGTH) as KemPublicKey;
  publicKey.set(createPublicKey(mlSecret).export({ format: 'raw-public' }), 0);
  publicKey.set(xPublic, ML_PUBLIC);
  const combiner = new Combiner();
  combiner.publicKey(xPublic);
  return {
    publicKey,
    decapsulate(ciphertext) {
      if (ciphertext.length !== KEM_CIPHERTEXT_LENGTH) return null;
      const ctX = ciphertext.subarray(ML_CIPHERTEXT);
      const valid = x25519Into(combiner.x, xSecret, ctX);
      const ssM = decapsulate(mlSecret, ciphertext.subarray(0, ML_CIPHERTEXT));
      const secret = combiner.finish(ssM, ctX);
      return valid ? secret : null;
    },
    wipe: () => wipe(xSecret),
  };
}

/** Imported ML-KEM keys by identity: a relay's key is used for a whole epoch and never written to. */
const imported = new WeakMap<Uint8Array, KeyObject>();

function importKey(publicKey: Uint8Array): KeyObject {
  let key = imported.get(publicKey);
  if (key === undefined) {
    requireLength(publicKey, KEM_PUBLIC_LENGTH, 'X-Wing public key');
    try {
      key = createPublicKey({
        key: publicKey.subarray(0, ML_PUBLIC),
        format: 'raw-public',
        asymmetricKeyType: 'ml-kem-768',
      });
    } catch {
      throw badKey('X-Wing public key');
    }
    imported.set(publicKey, key);
  }
  return key;
}

/** Checks length and ML-KEM's modulus rule. The bytes must not change afterwards. */
export function kemPublicKeyFrom(bytes: Uint8Array): KemPublicKey {
  if (bytes.length !== KEM_PUBLIC_LENGTH) throw badKey('X-Wing public key');
  importKey(bytes);
  return bytes as KemPublicKey;
}

const sender = new Combiner();
const ephemeral = new Uint8Array(32);

/** Throws `crypto-key` when the public key is not usable. */
export function kemEncapsulate(
  publicKey: KemPublicKey,
  rng: Rng,
): { ciphertext: Uint8Array; secret: Uint8Array } {
  const mlKey = importKey(publicKey);
  const xPublic = publicKey.subarray(ML_PUBLIC);
  rng.fill(ephemeral);
  const ctX = x25519Public(ephemeral);
  const valid = x25519Into(sender.x, ephemeral, xPublic);
  ephemeral.fill(0);
  if (!valid) throw badKey('X-Wing public key');
  const { sharedKey, ciphertext: ctM } = encapsulate(mlKey);
  const ciphertext = new Uint8Array(KEM_CIPHERTEXT_LENGTH);
  ciphertext.set(ctM, 0);
  ciphertext.set(ctX, ML_CIPHERTEXT);
  sender.publicKey(xPublic);
  return { ciphertext, secret: sender.finish(sharedKey, ctX) };
}
