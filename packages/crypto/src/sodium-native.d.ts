/** The part of sodium-native's surface that this package uses; the library ships no types. */
declare module 'sodium-native' {
  type View = Uint8Array;
  interface Sodium {
    crypto_generichash(output: View, input: View, key: View | null): void;
    crypto_generichash_batch(output: View, inputs: readonly View[], key?: View): void;
    crypto_stream_chacha20_ietf(out: View, nonce: View, key: View): void;
    crypto_stream_chacha20_ietf_xor(out: View, input: View, nonce: View, key: View): void;
    crypto_onetimeauth(out: View, input: View, key: View): void;
    crypto_onetimeauth_verify(tag: View, input: View, key: View): boolean;
    crypto_scalarmult(out: View, scalar: View, point: View): void;
    crypto_scalarmult_base(out: View, scalar: View): void;
    crypto_sign_seed_keypair(publicKey: View, secretKey: View, seed: View): void;
    crypto_sign_detached(signature: View, message: View, secretKey: View): void;
    crypto_sign_verify_detached(signature: View, message: View, publicKey: View): boolean;
    crypto_aead_chacha20poly1305_ietf_encrypt_detached(
      out: View,
      tag: View,
      message: View,
      ad: View | null,
      nsec: null,
      nonce: View,
      key: View,
    ): number;
    crypto_aead_chacha20poly1305_ietf_decrypt_detached(
      out: View,
      nsec: null,
      ciphertext: View,
      tag: View,
      ad: View | null,
      nonce: View,
      key: View,
    ): void;
    crypto_aead_xchacha20poly1305_ietf_encrypt(
      out: View,
      message: View,
      ad: View | null,
      nsec: null,
      nonce: View,
      key: View,
    ): number;
    crypto_aead_xchacha20poly1305_ietf_decrypt(
      out: View,
      nsec: null,
      ciphertext: View,
      ad: View | null,
      nonce: View,
      key: View,
    ): number;
    crypto_pwhash_async(
      out: View,
      password: View,
      salt: View,
      passes: number,
      memoryBytes: number,
      algorithm: number,
    ): Promise<void>;
    sodium_memcmp(a: View, b: View): boolean;
    sodium_memzero(view: View): void;
    readonly crypto_pwhash_ALG_ARGON2ID13: number;
  }
  const sodium: Sodium;
  export default sodium;
}
