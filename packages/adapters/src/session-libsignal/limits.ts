/** Sizes and caps of sessions (docs/spec/08-sessions.md, docs/limits.md). */

/** Version of the bundle layout. 1: 2026. */
export const BUNDLE_VERSION = 1;
/** Curve25519 public key with its type byte 0x05. */
export const KEY_BYTES = 33;
/** XEdDSA signature. */
export const SIGNATURE_BYTES = 64;
/** Kyber-1024 public key with its type byte 0x08. */
export const KEM_KEY_BYTES = 1_569;
/** A whole bundle; box 0 leaves 1,850 bytes for it. */
export const BUNDLE_BYTES =
  1 + KEY_BYTES + KEY_BYTES + SIGNATURE_BYTES + KEM_KEY_BYTES + SIGNATURE_BYTES + KEY_BYTES;

/** Longest plaintext of one message: a text of 16 KiB with its envelope fits four times over. */
export const PLAINTEXT_MAX = 65_536;
/** Longest ciphertext that is looked at: a first message around the longest plaintext. */
export const CIPHERTEXT_MAX = PLAINTEXT_MAX + 2_048;
/** Longest local name of a peer, in UTF-16 units. */
export const PEER_NAME_MAX = 128;

/** libsignal's device number: a Tacet profile is one device. */
export const DEVICE = 1;
/** libsignal's registration number; carries nothing. */
export const REGISTRATION = 1;

/** Rounds of SHA-512 in a safety number. */
export const FINGERPRINT_ITERATIONS = 5_200;
/** Version of libsignal's fingerprint. */
export const FINGERPRINT_VERSION = 2;
