/**
 * A guest's answer to an offer (docs/spec/09-meeting.md): refused unless the link's secret
 * recomputes from what stands in boxes 0 and 1; then the session is begun, and the first words are
 * sealed to the inviter.
 */
import { AppError, equalBytes, type Rng, randomBytes } from '@tacet/base';
import { x25519Public } from '@tacet/crypto';
import type { SessionPort, SessionRecords, SessionWrites } from '../ports.ts';
import {
  decodeKeys,
  decodeOffer,
  encodeFirstWords,
  encodeReply,
  type FirstWords,
  invitationSecret,
  keySetHash,
  MAX_SEALED_REPLY,
} from './boxes.ts';
import type { OwnIdentity } from './identity.ts';
import { sealReply } from './seal.ts';

export interface Visitor {
  /** The inviter's name among the ratchet's records. */
  readonly peer: string;
  /** Of the link. */
  readonly secret: Uint8Array;
  /** What stood in box 0. */
  readonly offer: Uint8Array;
  /** What stood in box 1. */
  readonly keys: Uint8Array;
  /** Key-set hash the offer must show, where it is known beforehand. */
  readonly expects: Uint8Array | null;
  readonly firstWords: string;
}

export interface Answer {
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
  readonly name: string;
  readonly endsDay: number;
  readonly words: FirstWords;
  /** Of the reply box. */
  readonly plaintext: Uint8Array;
  readonly writes: SessionWrites;
}

/** Throws on any mismatch: what stands in the boxes is not what the link committed to. */
export async function makeAnswer(
  port: SessionPort,
  records: SessionRecords,
  visitor: Visitor,
  { rng, identity }: { readonly rng: Rng; readonly identity: OwnIdentity },
): Promise<Answer> {
  const { peer, secret } = visitor;
  const offer = decodeOffer(visitor.offer);
  const keys = decodeKeys(visitor.keys);
  const bundle = port.readBundle(offer.bundle);
  const recomputed = keySetHash(bundle.identityKey, keys.ed25519, keys.mldsa65);
  if (
    !equalBytes(recomputed, offer.keySetHash) ||
    !equalBytes(invitationSecret(offer.keySetHash, offer.r), secret)
  ) {
    throw new AppError('invitation-replaced', 'refused', 'the invitation does not match its link');
  }
  if (visitor.expects !== null && !equalBytes(visitor.expects, offer.keySetHash)) {
    throw new AppError('request-replaced', 'refused', 'the request does not match its invitation');
  }
  const words: FirstWords = {
    guestRoot: randomBytes(rng, 32),
    inviterRoot: randomBytes(rng, 32),
    keySetHash: identity.keySetHash,
    name: identity.name,
    text: visitor.firstWords,
  };
  const begun = await port.begin(records, peer, offer.bundle);
  const overlay: SessionRecords = {
    get: (key) => (begun.has(key) ? (begun.get(key) ?? null) : records.get(key)),
  };
  const first = await port.encrypt(overlay, peer, encodeFirstWords(words));
  const ephemeralSecret = randomBytes(rng, 32);
  const ephemeral = x25519Public(ephemeralSecret);
  const sealed = sealReply(
    secret,
    ephemeralSecret,
    ephemeral,
    bundle.signedPrekey,
    first.ciphertext,
  );
  if (sealed === null || sealed.length > MAX_SEALED_REPLY) {
    throw new AppError('bundle-invalid', 'input', 'the invitation cannot be answered');
  }
  return {
    identityKey: bundle.identityKey,
    ...keys,
    name: offer.name,
    endsDay: offer.endsDay,
    words,
    plaintext: encodeReply({ ephemeral, sealed }),
    writes: new Map([...begun, ...first.writes]),
  };
}
