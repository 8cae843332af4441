/**
 * A second implementation of docs/spec/01-crypto.md as far as the onion needs it, written from
 * the page on @noble alone. Slow and plain; shares no line with `src`.
 */
import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { chacha20, chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

export type Octets = Uint8Array<ArrayBuffer>;

export function join(...parts: Octets[]): Octets {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function number(value: number, octets: number): Octets {
  return Uint8Array.from({ length: octets }, (_, i) => Math.floor(value / 256 ** (octets - 1 - i)));
}

export function readNumber(octets: Octets): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

export function xor(a: Octets, b: Octets): Octets {
  return a.map((octet, i) => octet ^ (b[i] ?? 0));
}

export const zeros = (n: number): Octets => new Uint8Array(n);

function label(name: string): Octets {
  const text = `tacet/1/${name}`;
  return join(number(text.length, 1), new TextEncoder().encode(text));
}

export function prf(key: Octets, name: string, ...parts: Octets[]): Octets {
  return blake2b(join(label(name), ...parts), { key, dkLen: 32 });
}

export function expand(key: Octets, length: number): Octets {
  return chacha20(key, zeros(12), zeros(length));
}

export function mac(key: Octets, message: Octets): Octets {
  return poly1305(message, key);
}

export function seal(key: Octets, nonce: Octets, ad: Octets, plain: Octets) {
  const out = chacha20poly1305(key, nonce, ad).encrypt(plain);
  return { sealed: out.slice(0, -16), tag: out.slice(-16) };
}

export function open(key: Octets, nonce: Octets, ad: Octets, sealed: Octets, tag: Octets) {
  try {
    return chacha20poly1305(key, nonce, ad).decrypt(join(sealed, tag));
  } catch {
    return null;
  }
}

/** `k` holds four keys; the hash keys may have another length than the stream keys. */
export function lionessEncrypt(k: Octets[], block: Octets): Octets {
  const [k1, k2, k3, k4] = k as [Octets, Octets, Octets, Octets];
  let left = block.slice(0, 32);
  let right = block.slice(32);
  right = chacha20(xor(left, k1), zeros(12), right);
  left = xor(left, blake2b(right, { key: k2, dkLen: 32 }));
  right = chacha20(xor(left, k3), zeros(12), right);
  left = xor(left, blake2b(right, { key: k4, dkLen: 32 }));
  return join(left, right);
}

export function lionessDecrypt(k: Octets[], block: Octets): Octets {
  const [k1, k2, k3, k4] = k as [Octets, Octets, Octets, Octets];
  let left = block.slice(0, 32);
  let right = block.slice(32);
  left = xor(left, blake2b(right, { key: k4, dkLen: 32 }));
  right = chacha20(xor(left, k3), zeros(12), right);
  left = xor(left, blake2b(right, { key: k2, dkLen: 32 }));
  right = chacha20(xor(left, k1), zeros(12), right);
  return join(left, right);
}

const XWING = new TextEncoder().encode('\\.//^\\');

function xwingKeys(seed: Octets) {
  const expanded = shake256(seed, { dkLen: 96 });
  const { publicKey, secretKey } = ml_kem768.keygen(expanded.slice(0, 64));
  const xSecret = expanded.slice(64);
  return {
    mlPublic: publicKey,
    mlSecret: secretKey,
    xSecret,
    xPublic: x25519.getPublicKey(xSecret),
  };
}

export function xwingPublic(seed: Octets): Octets {
  const { mlPublic, xPublic } = xwingKeys(seed);
  return join(mlPublic, xPublic);
}

/** @param coins 64 octets: ML-KEM's message 32, then the ephemeral X25519 secret 32 */
export function xwingEncapsulate(publicKey: Octets, coins: Octets) {
  const xPublic = publicKey.slice(1184);
  const ml = ml_kem768.encapsulate(publicKey.slice(0, 1184), coins.slice(0, 32));
  const ephemeral = coins.slice(32, 64);
  const xCipher = x25519.getPublicKey(ephemeral);
  const xShared = x25519.getSharedSecret(ephemeral, xPublic);
  return {
    ciphertext: join(ml.cipherText, xCipher),
    secret: sha3_256(join(ml.sharedSecret, xShared, xCipher, xPublic, XWING)),
  };
}

/** Null for a point of small order. */
export function xwingDecapsulate(seed: Octets, ciphertext: Octets): Octets | null {
  const keys = xwingKeys(seed);
  const xCipher = ciphertext.slice(1088);
  const mlShared = ml_kem768.decapsulate(ciphertext.slice(0, 1088), keys.mlSecret);
  let xShared: Octets;
  try {
    xShared = x25519.getSharedSecret(keys.xSecret, xCipher);
  } catch {
    return null;
  }
  return sha3_256(join(mlShared, xShared, xCipher, keys.xPublic, XWING));
}
