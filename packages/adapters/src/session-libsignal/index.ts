/** The only door to libsignal: ratchet sessions behind the client's SessionPort. */
export { BUNDLE_BYTES, CIPHERTEXT_MAX, PLAINTEXT_MAX } from './limits.ts';
export { createLibsignalSession, type LibsignalOptions } from './session.ts';
