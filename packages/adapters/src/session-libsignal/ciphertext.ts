/**
 * Ciphertexts as bytes: a kind byte in place of libsignal's version byte, which is the same in
 * every message we accept. No other version is read, so nothing can talk a session down.
 */
import { PreKeySignalMessage, SignalMessage } from '@signalapp/libsignal-client';
import { isAppError } from '@tacet/base';
import { undecryptable } from './errors.ts';
import { CIPHERTEXT_MAX, REGISTRATION } from './limits.ts';
import { owned } from './owned.ts';

/** Carries the prekey part, until the peer has answered. */
export const FIRST = 1;
/** A message of an established session. */
export const LATER = 2;
export type Kind = typeof FIRST | typeof LATER;

/** libsignal message version 4 (PQXDH and SPQR), both nibbles. */
const VERSION_BYTE = 0x44;
/** Protobuf field of a prekey message that holds the ratchet message. */
const INNER_FIELD = 4;

export type Message =
  | { readonly kind: 1; readonly message: PreKeySignalMessage }
  | { readonly kind: 2; readonly message: SignalMessage };

/** libsignal bytes -> ours. Null if this is not a version 4 message. */
export function wrap(kind: Kind, serialised: Uint8Array): Uint8Array | null {
  if (serialised[0] !== VERSION_BYTE) return null;
  const out = serialised.slice();
  out[0] = kind;
  return out;
}

/** Ours -> parsed. Throws `session-undecryptable`. */
export function unwrap(ciphertext: Uint8Array): Message {
  const kind = ciphertext[0];
  if (ciphertext.length > CIPHERTEXT_MAX) throw undecryptable();
  const bytes = new Uint8Array(ciphertext);
  bytes[0] = VERSION_BYTE;
  try {
    if (kind === FIRST) {
      const message = PreKeySignalMessage.deserialize(bytes);
      // libsignal does not authenticate these two; there is one right value for each.
      const usual =
        message.registrationId() === REGISTRATION &&
        message.preKeyId() === message.signedPreKeyId();
      if (!usual) throw undecryptable();
      return { kind: FIRST, message };
    }
    if (kind === LATER) return { kind: LATER, message: SignalMessage.deserialize(bytes) };
  } catch (cause) {
    throw isAppError(cause) ? cause : undecryptable(cause);
  }
  throw undecryptable();
}

/** Bytes of the post-quantum ratchet part; 0 means that the session has none. */
export function postQuantumBytes(message: Message): number {
  if (message.kind === LATER) return message.message.pqRatchet().length;
  const inner = lengthDelimited(message.message.serialize().subarray(1), INNER_FIELD);
  return inner === null ? 0 : SignalMessage.deserialize(owned(inner)).pqRatchet().length;
}

/** The last length-delimited protobuf field of that number, at the top level; null if none. */
function lengthDelimited(bytes: Uint8Array, field: number): Uint8Array | null {
  let at = 0;
  let found: Uint8Array | null = null;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag % 8;
    if (wire !== 0 && wire !== 2) return null;
    const value = varint();
    if (wire === 0) continue;
    if ((tag - wire) / 8 === field) found = bytes.slice(at, at + value);
    at += value;
  }
  return found;
}
