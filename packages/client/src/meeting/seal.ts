/**
 * The seal of a reply (docs/spec/09-meeting.md 3): only the inviter, who holds the private half of
 * the signed prekey, can open it; a later holder of the link cannot. The key serves once, so the
 * nonce is zero.
 */
import { hash, openBox, sealBox, x25519 } from '@tacet/crypto';

const NONCE = new Uint8Array(24);

function replyKey(secret: Uint8Array, shared: Uint8Array, ephemeral: Uint8Array): Uint8Array {
  return hash('invite-reply-key', secret, shared, ephemeral);
}

/** Null when the signed prekey is a low-order point. */
export function sealReply(
  secret: Uint8Array,
  ephemeralSecret: Uint8Array,
  ephemeral: Uint8Array,
  signedPrekey: Uint8Array,
  message: Uint8Array,
): Uint8Array | null {
  const shared = x25519(ephemeralSecret, signedPrekey);
  if (shared === null) return null;
  return sealBox(replyKey(secret, shared, ephemeral), NONCE, message);
}

/** Null when it was sealed by somebody without the link, or garbled. */
export function openReply(
  secret: Uint8Array,
  shared: Uint8Array,
  ephemeral: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | null {
  return openBox(replyKey(secret, shared, ephemeral), NONCE, sealed);
}
