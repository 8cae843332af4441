/**
 * The prekey bundle of one invitation as bytes (docs/spec/08-sessions.md, "Bundle"). One layout,
 * one length; whoever reads it verifies both signatures before using a key.
 */
import { KEMPublicKey, PreKeyBundle, PrivateKey, PublicKey } from '@signalapp/libsignal-client';
import { AppError, ByteReader, ByteWriter, isZero } from '@tacet/base';
import type { BundleInfo } from '@tacet/client';
import {
  BUNDLE_BYTES,
  BUNDLE_VERSION,
  DEVICE,
  KEM_KEY_BYTES,
  KEY_BYTES,
  REGISTRATION,
  SIGNATURE_BYTES,
} from './limits.ts';
import { owned } from './owned.ts';

/** Public halves and signatures, as serialised by libsignal (each key with its type byte). */
export interface BundleParts {
  readonly identityKey: Uint8Array;
  readonly signedPrekey: Uint8Array;
  readonly signedPrekeySignature: Uint8Array;
  readonly kemPrekey: Uint8Array;
  readonly kemPrekeySignature: Uint8Array;
  readonly oneTimePrekey: Uint8Array;
}

/** A bundle whose lengths, key types and signatures hold. */
export interface CheckedBundle extends BundleInfo {
  readonly id: number;
  readonly prekeys: PreKeyBundle;
}

export function encodeBundle(parts: BundleParts): Uint8Array {
  return new ByteWriter(BUNDLE_BYTES)
    .u8(BUNDLE_VERSION)
    .put(parts.identityKey)
    .put(parts.signedPrekey)
    .put(parts.signedPrekeySignature)
    .put(parts.kemPrekey)
    .put(parts.kemPrekeySignature)
    .put(parts.oneTimePrekey)
    .done();
}

/** Throws `bundle-invalid`; never a partial result. */
export function checkBundle(bytes: Uint8Array): CheckedBundle {
  if (bytes.length !== BUNDLE_BYTES) throw invalid();
  const reader = new ByteReader(bytes, 'bundle');
  if (reader.u8() !== BUNDLE_VERSION) throw invalid();
  const identityBytes = reader.copy(KEY_BYTES);
  const signedBytes = reader.copy(KEY_BYTES);
  const signedSignature = owned(reader.copy(SIGNATURE_BYTES));
  const kemBytes = owned(reader.copy(KEM_KEY_BYTES));
  const kemSignature = owned(reader.copy(SIGNATURE_BYTES));
  const oneTimeBytes = reader.copy(KEY_BYTES);
  reader.end();
  try {
    const identity = publicKey(identityBytes);
    const signed = publicKey(signedBytes);
    const oneTime = publicKey(oneTimeBytes);
    const kem = KEMPublicKey.deserialize(kemBytes);
    if (!identity.verify(owned(signedBytes), signedSignature)) throw invalid();
    if (!identity.verify(kemBytes, kemSignature)) throw invalid();
    const id = bundleId(oneTimeBytes);
    return {
      identityKey: identityBytes,
      signedPrekey: signedBytes.slice(1),
      id,
      prekeys: PreKeyBundle.new(
        REGISTRATION,
        DEVICE,
        id,
        oneTime,
        id,
        signed,
        signedSignature,
        identity,
        id,
        kem,
        kemSignature,
      ),
    };
  } catch (cause) {
    throw invalid(cause);
  }
}

/**
 * The prekey id all three prekeys of a bundle share: the first 21 bits of its one-time key, so
 * that an id takes at most three bytes in a message and counts nothing. Never 0.
 */
export function bundleId(oneTimePrekey: Uint8Array): number {
  const [, a = 0, b = 0, c = 0] = oneTimePrekey;
  return (a << 13) | (b << 5) | (c >>> 3) || 1;
}

/**
 * Refuses what libsignal reads but nobody honest writes: coordinates above the field prime (a
 * second encoding of another key) and keys of small order (their agreement is always zero).
 */
function publicKey(bytes: Uint8Array): PublicKey {
  if (!isCanonical(bytes.subarray(1))) throw invalid();
  const key = PublicKey.deserialize(owned(bytes));
  if (isZero(PrivateKey.generate().agree(key))) throw invalid();
  return key;
}

/** Little-endian and below 2^255 - 19. */
function isCanonical(coordinate: Uint8Array): boolean {
  const top = coordinate[31] ?? 0xff;
  if (top !== 0x7f) return top < 0x7f;
  const middleFull = coordinate.subarray(1, 31).every((byte) => byte === 0xff);
  return !middleFull || (coordinate[0] ?? 0xff) < 0xed;
}

function invalid(cause?: unknown): AppError {
  return new AppError(
    'bundle-invalid',
    'input',
    'the prekey bundle is damaged or forged; ask for a new invitation',
    { cause },
  );
}
