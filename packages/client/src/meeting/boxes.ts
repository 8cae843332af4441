/** The four boxes of an invitation as bytes (docs/spec/09-meeting.md 3). Decoders are exact. */
import { ByteReader, ByteWriter, equalBytes, fromUtf8, malformed, utf8 } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { BOX_PLAINTEXT } from '@tacet/wire';
import { MAX_FIRST_WORDS_BYTES, MAX_NAME_BYTES } from '../limits.ts';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';

const OFFER = 16;
const KEYS = 17;
const REPLY = 18;
const OUTCOME = 19;

/** The boxes of a meeting, by index: the offer and its keys, the answer, what became of it. */
export const OFFER_BOXES = [0, 1];
export const REPLY_BOX = 2;
export const OUTCOME_BOX = 3;

/** Box `index` of an invitation. Everybody with the link can derive it; box 0 commits (see 3). */
export function meetingBox(secret: Uint8Array, index: number): BoxSecret {
  const i = Uint8Array.of(index);
  return boxFrom(hash('invite-seed', secret, i), hash('invite-key', secret, i));
}

export function keySetHash(
  identityKey: Uint8Array,
  ed25519: Uint8Array,
  mldsa65: Uint8Array,
): Uint8Array {
  return hash('key-set', identityKey, ed25519, mldsa65);
}

export function invitationSecret(keySet: Uint8Array, r: Uint8Array): Uint8Array {
  return hash('invite', keySet, r);
}

/** r of an invitation. Only its maker knows the lock, until the outcome shows it. */
export function lockedBy(lock: Uint8Array): Uint8Array {
  return hash('invite-lock', lock);
}

export interface Offer {
  readonly r: Uint8Array;
  readonly keySetHash: Uint8Array;
  /** The day, counted from 1970-01-01 UTC, from which answers are ignored. */
  readonly endsDay: number;
  readonly name: string;
  readonly thumbnail: Uint8Array;
  readonly bundle: Uint8Array;
}

export function encodeOffer(offer: Offer): Uint8Array {
  const out = new ByteWriter(BOX_PLAINTEXT);
  out.u8(OFFER).put(offer.r).put(offer.keySetHash).u32(offer.endsDay);
  putText(out, offer.name, MAX_NAME_BYTES);
  out.put(offer.thumbnail).u16(offer.bundle.length).put(offer.bundle);
  return out.bytes;
}

export function decodeOffer(bytes: Uint8Array): Offer {
  const input = open(bytes, OFFER, 'invitation offer');
  const r = input.copy(32);
  const hashed = input.copy(32);
  const endsDay = input.u32();
  const name = takeText(input, MAX_NAME_BYTES);
  const thumbnail = input.copy(25);
  const bundle = takeSized(input, 'invitation offer');
  input.zeros(input.remaining);
  return { r, keySetHash: hashed, endsDay, name, thumbnail, bundle };
}

export function encodeKeys(ed25519: Uint8Array, mldsa65: Uint8Array): Uint8Array {
  return new ByteWriter(BOX_PLAINTEXT).u8(KEYS).put(ed25519).put(mldsa65).bytes;
}

export function decodeKeys(bytes: Uint8Array): { ed25519: Uint8Array; mldsa65: Uint8Array } {
  const input = open(bytes, KEYS, 'invitation keys');
  const keys = { ed25519: input.copy(32), mldsa65: input.copy(1_952) };
  input.zeros(input.remaining);
  return keys;
}

export interface Reply {
  readonly ephemeral: Uint8Array;
  readonly sealed: Uint8Array;
}

/** Room for the sealed first ratchet message in box 2. */
export const MAX_SEALED_REPLY = BOX_PLAINTEXT - 35;

export function encodeReply(reply: Reply): Uint8Array {
  const out = new ByteWriter(BOX_PLAINTEXT);
  return out.u8(REPLY).put(reply.ephemeral).u16(reply.sealed.length).put(reply.sealed).bytes;
}

export function decodeReply(bytes: Uint8Array): Reply {
  const input = open(bytes, REPLY, 'invitation reply');
  const ephemeral = input.copy(32);
  const sealed = takeSized(input, 'invitation reply');
  input.zeros(input.remaining);
  return { ephemeral, sealed };
}

/**
 * What became of an invitation. The lock shows that its maker says so: whoever merely has the
 * link does not know it before.
 */
export interface Outcome {
  readonly lock: Uint8Array;
  readonly keySetHash: Uint8Array;
  readonly what: 'accepted' | 'revoked' | 'expired' | 'unreadable';
  /** Hash of the reply that was taken or could not be read; zeros where none came. */
  readonly replyHash: Uint8Array;
}

const OUTCOMES = ['accepted', 'revoked', 'expired', 'unreadable'] as const;

export function encodeOutcome(outcome: Outcome): Uint8Array {
  const out = new ByteWriter(BOX_PLAINTEXT).u8(OUTCOME).put(outcome.lock).put(outcome.keySetHash);
  return out.u8(1 + OUTCOMES.indexOf(outcome.what)).put(outcome.replyHash).bytes;
}

export function decodeOutcome(bytes: Uint8Array): Outcome {
  const input = open(bytes, OUTCOME, 'invitation outcome');
  const lock = input.copy(32);
  const hashed = input.copy(32);
  const what = OUTCOMES[input.u8() - 1];
  if (what === undefined) throw malformed('invitation outcome');
  const replyHash = input.copy(32);
  input.zeros(input.remaining);
  return { lock, keySetHash: hashed, what, replyHash };
}

/** True when the maker of the invitation behind `secret` said so. */
export function isOutcomeOf(outcome: Outcome, secret: Uint8Array): boolean {
  return equalBytes(invitationSecret(outcome.keySetHash, lockedBy(outcome.lock)), secret);
}

/** What the guest says inside the first ratchet message. */
export interface FirstWords {
  readonly guestRoot: Uint8Array;
  readonly inviterRoot: Uint8Array;
  readonly keySetHash: Uint8Array;
  readonly name: string;
  readonly text: string;
}

const FIRST_WORDS_BYTES = 1 + 96 + 1 + MAX_NAME_BYTES + 1 + MAX_FIRST_WORDS_BYTES;

export function encodeFirstWords(words: FirstWords): Uint8Array {
  const out = new ByteWriter(FIRST_WORDS_BYTES);
  out.u8(1).put(words.guestRoot).put(words.inviterRoot).put(words.keySetHash);
  putText(out, words.name, MAX_NAME_BYTES);
  putText(out, words.text, MAX_FIRST_WORDS_BYTES);
  return out.done();
}

export function decodeFirstWords(bytes: Uint8Array): FirstWords {
  if (bytes.length !== FIRST_WORDS_BYTES) throw malformed('first words');
  const input = new ByteReader(bytes, 'first words');
  if (input.u8() !== 1) throw malformed('first words');
  const guestRoot = input.copy(32);
  const inviterRoot = input.copy(32);
  const hashed = input.copy(32);
  const name = takeText(input, MAX_NAME_BYTES);
  const text = takeText(input, MAX_FIRST_WORDS_BYTES);
  input.end();
  return { guestRoot, inviterRoot, keySetHash: hashed, name, text };
}

function open(bytes: Uint8Array, kind: number, what: string): ByteReader {
  if (bytes.length !== BOX_PLAINTEXT) throw malformed(what);
  const input = new ByteReader(bytes, what);
  if (input.u8() !== kind) throw malformed(what);
  return input;
}

/** Length byte, then a fixed field padded with zeros. */
export function putText(out: ByteWriter, text: string, field: number): void {
  const bytes = utf8(text);
  out
    .u8(bytes.length)
    .put(bytes)
    .skip(field - bytes.length);
}

/** @throws `malformed` */
export function takeText(input: ByteReader, field: number): string {
  const length = input.u8();
  if (length > field) throw malformed('text');
  const text = fromUtf8(input.copy(length));
  input.zeros(field - length);
  return text;
}

function takeSized(input: ByteReader, what: string): Uint8Array {
  const length = input.u16();
  if (length < 1 || length > input.remaining) throw malformed(what);
  return input.copy(length);
}
