/** SessionPort over libsignal (docs/spec/08-sessions.md). Keeps nothing between calls. */
import {
  ErrorCode,
  Fingerprint,
  IdentityKeyPair,
  KEMKeyPair,
  KyberPreKeyRecord,
  PreKeyRecord,
  PrivateKey,
  PublicKey,
  processPreKeyBundle,
  SignedPreKeyRecord,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
} from '@signalapp/libsignal-client';
import { AppError, concat, isZero, utf8 } from '@tacet/base';
import type { BundleResult, SafetyParty, SessionPort, SessionRecords } from '@tacet/client';
import { bundleId, checkBundle, encodeBundle } from './bundle.ts';
import { FIRST, LATER, postQuantumBytes, unwrap, wrap } from './ciphertext.ts';
import * as errors from './errors.ts';
import {
  FINGERPRINT_ITERATIONS,
  FINGERPRINT_VERSION,
  PEER_NAME_MAX,
  PLAINTEXT_MAX,
} from './limits.ts';
import {
  IDENTITY,
  kemName,
  Overlay,
  peerName,
  prekeyName,
  sessionName,
  signedName,
} from './overlay.ts';
import { owned } from './owned.ts';
import { Identities, PEER, Prekeys, readIdentity, SELF, Sessions } from './stores.ts';

export interface LibsignalOptions {
  /** libsignal gives up sessions unanswered for 30 days by this clock. */
  readonly now?: () => Date;
}

const SAFETY_DOMAIN = utf8('tacet/1/safety-number');

export function createLibsignalSession(options: LibsignalOptions = {}): SessionPort {
  const now = options.now ?? (() => new Date());

  return {
    async createIdentity() {
      const pair = IdentityKeyPair.generate();
      return {
        publicKey: pair.publicKey.serialize(),
        writes: new Map([[IDENTITY, pair.serialize()]]),
      };
    },

    async createBundle(records) {
      return createBundle(new Overlay(records));
    },

    readBundle(bundle) {
      const { identityKey, signedPrekey } = checkBundle(bundle);
      return { identityKey, signedPrekey };
    },

    agree,

    dropBundle(bundle) {
      const { id } = checkBundle(bundle);
      return new Map([prekeyName(id), signedName(id), kemName(id)].map((name) => [name, null]));
    },

    dropPeer(peer) {
      return new Map([sessionName(named(peer)), peerName(peer)].map((name) => [name, null]));
    },

    async begin(records, peer, bundle) {
      const { prekeys } = checkBundle(bundle);
      const { overlay, sessions, identities } = open(records, peer);
      await overlay.guard(
        () => processPreKeyBundle(prekeys, PEER, SELF, sessions, identities, now()),
        (error) =>
          errors.isCode(error, ErrorCode.UntrustedIdentity)
            ? errors.identityChanged(error)
            : new AppError('bundle-invalid', 'input', 'the prekey bundle is not usable', {
                cause: error,
              }),
      );
      return overlay.writes;
    },

    async encrypt(records, peer, plaintext) {
      if (plaintext.length > PLAINTEXT_MAX) {
        throw new AppError('session-plaintext-too-long', 'usage', 'the message is too long');
      }
      const { overlay, sessions, identities } = open(records, peer);
      if (sessions.read() === null) throw errors.missing();
      const message = await overlay.guard(
        () => signalEncrypt(owned(plaintext), PEER, SELF, sessions, identities, now()),
        (error) =>
          errors.isCode(error, ErrorCode.UntrustedIdentity)
            ? errors.identityChanged(error)
            : errors.expired(error),
      );
      // CiphertextMessageType.PreKey; the enum has no other value a session makes than 2.
      const ciphertext = wrap(message.type() === 3 ? FIRST : LATER, message.serialize());
      if (ciphertext === null || postQuantumBytes(unwrap(ciphertext)) === 0) {
        throw new AppError('session-not-post-quantum', 'bug', 'the session has no SPQR ratchet');
      }
      return { ciphertext, writes: overlay.writes };
    },

    async decrypt(records, peer, ciphertext) {
      const message = unwrap(ciphertext);
      const { overlay, sessions, identities } = open(records, peer);
      if (message.kind === LATER && sessions.read() === null) throw errors.missing();
      const plaintext = await overlay.guard(
        async () => {
          if (postQuantumBytes(message) === 0) throw errors.undecryptable();
          if (message.kind === LATER) {
            return await signalDecrypt(message.message, PEER, SELF, sessions, identities);
          }
          const { oneTime, signed, kem } = new Prekeys(overlay);
          return await signalDecryptPreKey(
            message.message,
            PEER,
            SELF,
            sessions,
            identities,
            oneTime,
            signed,
            kem,
          );
        },
        (error) => {
          if (errors.isCode(error, ErrorCode.DuplicatedMessage)) return errors.duplicate(error);
          if (errors.isCode(error, ErrorCode.UntrustedIdentity)) {
            return errors.identityChanged(error);
          }
          return errors.undecryptable(error);
        },
      );
      const identity = identities.known();
      if (identity === null) throw errors.undecryptable();
      return { plaintext, identityKey: identity.serialize(), writes: overlay.writes };
    },

    async safetyNumber(own, peer) {
      return safetyNumber(own, peer);
    },
  };
}

function open(records: SessionRecords, peer: string) {
  const overlay = new Overlay(records);
  named(peer);
  return {
    overlay,
    sessions: new Sessions(overlay, peer),
    identities: new Identities(overlay, peer),
  };
}

function named(peer: string): string {
  if (peer.length > 0 && peer.length <= PEER_NAME_MAX) return peer;
  throw new AppError('session-peer-name', 'usage', 'a peer needs a short, non-empty local name');
}

function createBundle(overlay: Overlay): BundleResult {
  const identity = readIdentity(overlay);
  let oneTime = PrivateKey.generate();
  let id = bundleId(oneTime.getPublicKey().serialize());
  while (overlay.read(signedName(id), () => true) !== null) {
    oneTime = PrivateKey.generate();
    id = bundleId(oneTime.getPublicKey().serialize());
  }
  const signed = PrivateKey.generate();
  const kem = KEMKeyPair.generate();
  const signedPublic = signed.getPublicKey();
  const signedSignature = identity.privateKey.sign(signedPublic.serialize());
  const kemSignature = identity.privateKey.sign(kem.getPublicKey().serialize());
  // Creation times stay 0: expiry belongs to the invitation, and a date here would outlive it.
  overlay.set(prekeyName(id), PreKeyRecord.new(id, oneTime.getPublicKey(), oneTime).serialize());
  overlay.set(
    signedName(id),
    SignedPreKeyRecord.new(id, 0, signedPublic, signed, signedSignature).serialize(),
  );
  overlay.set(kemName(id), KyberPreKeyRecord.new(id, 0, kem, kemSignature).serialize());
  const identityKey = identity.publicKey.serialize();
  return {
    identityKey,
    signedPrekey: signedPublic.getPublicKeyBytes(),
    bundle: encodeBundle({
      identityKey,
      signedPrekey: signedPublic.serialize(),
      signedPrekeySignature: signedSignature,
      kemPrekey: kem.getPublicKey().serialize(),
      kemPrekeySignature: kemSignature,
      oneTimePrekey: oneTime.getPublicKey().serialize(),
    }),
    writes: overlay.writes,
  };
}

function agree(records: SessionRecords, bundle: Uint8Array, ephemeral: Uint8Array): Uint8Array {
  const { id, signedPrekey } = checkBundle(bundle);
  const record = new Overlay(records).read(signedName(id), (bytes) =>
    SignedPreKeyRecord.deserialize(bytes),
  );
  if (record === null || !sameKey(record.publicKey(), signedPrekey)) {
    throw new AppError('bundle-unknown', 'missing', 'this invitation was used up or withdrawn');
  }
  try {
    const shared = record.privateKey().agree(curveKey(ephemeral));
    if (!isZero(shared)) return shared;
  } catch {
    // One outcome for every unusable key.
  }
  throw new AppError('agreement-invalid', 'input', 'the key of the other side is not usable');
}

function sameKey(key: PublicKey, bytes: Uint8Array): boolean {
  return key.equals(curveKey(bytes));
}

function curveKey(bytes: Uint8Array): PublicKey {
  return PublicKey.deserialize(owned(concat(Uint8Array.of(5), bytes)));
}

function safetyNumber(own: SafetyParty, peer: SafetyParty): string {
  return Fingerprint.new(
    FINGERPRINT_ITERATIONS,
    FINGERPRINT_VERSION,
    owned(concat(SAFETY_DOMAIN, own.address)),
    PublicKey.deserialize(owned(own.identityKey)),
    owned(concat(SAFETY_DOMAIN, peer.address)),
    PublicKey.deserialize(owned(peer.identityKey)),
  )
    .displayableFingerprint()
    .toString();
}
