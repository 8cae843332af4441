/**
 * The boxes of a reusable address (docs/spec/16-addresses.md, 2): 256 a day for requests, one that
 * tells its end. Everybody with the card can derive, read and fill them; what a request says is
 * sealed to the owner's X-Wing key and to its one box.
 */
import {
  ByteReader,
  ByteWriter,
  equalBytes,
  fromUtf8,
  malformed,
  type Rng,
  u32,
  utf8,
} from '@tacet/base';
import {
  BOX_OVERHEAD,
  hash,
  type KemKeyPair,
  type KemPublicKey,
  kemEncapsulate,
  openBox,
  sealBox,
} from '@tacet/crypto';
import { BOX_PLAINTEXT } from '@tacet/wire';
import { MAX_NAME_BYTES, MAX_REQUEST_TEXT_BYTES, REQUEST_BOXES } from '../limits.ts';
import { putText, takeText } from '../meeting/boxes.ts';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';

const REQUEST = 20;
const END = 21;
const KEM_CIPHERTEXT = 1_120;
/** A key serves for one box. */
const NONCE = new Uint8Array(24);
const CONTENT_BYTES = BOX_PLAINTEXT - 1 - KEM_CIPHERTEXT - BOX_OVERHEAD;

/** Where one request may stand: a UTC day since 1970-01-01, and a number below `REQUEST_BOXES`. */
export interface Place {
  readonly day: number;
  readonly number: number;
}

/** One number for a place; ascending with the days. */
export function placeIndex({ day, number }: Place): number {
  return day * REQUEST_BOXES + number;
}

export function placeAt(index: number): Place {
  return { day: Math.floor(index / REQUEST_BOXES), number: index % REQUEST_BOXES };
}

export function requestBox(secret: Uint8Array, { day, number }: Place): BoxSecret {
  const at = [u32(day), Uint8Array.of(number)];
  return boxFrom(hash('address-seed', secret, ...at), hash('address-key', secret, ...at));
}

export function endBox(secret: Uint8Array): BoxSecret {
  return boxFrom(hash('address-end-seed', secret), hash('address-end-key', secret));
}

/** What somebody who has the card says. Nothing of it is proven before it is accepted. */
export interface Request {
  /** Of a one-time invitation made for this request: who accepts answers that. */
  readonly invitation: Uint8Array;
  /** Of the requester's key set, as its invitation must show it. */
  readonly keySetHash: Uint8Array;
  /** Of the text as a message, the same at both ends. */
  readonly contentId: Uint8Array;
  /** Of the invitation: the day from which answers are ignored. */
  readonly endsDay: number;
  readonly name: string;
  readonly text: string;
}

/** The plaintext of a request's box. */
export function sealRequest(
  kem: KemPublicKey,
  box: BoxSecret,
  request: Request,
  rng: Rng,
): Uint8Array {
  const content = new ByteWriter(CONTENT_BYTES);
  content.u8(1).put(request.invitation).put(request.keySetHash);
  content.put(request.contentId).u32(request.endsDay);
  putText(content, request.name, MAX_NAME_BYTES);
  const text = utf8(request.text);
  content.u16(text.length).put(text);
  const { ciphertext, secret } = kemEncapsulate(kem, rng);
  const key = hash('address-request', secret, ciphertext, box.id);
  const sealed = sealBox(key, NONCE, content.bytes, box.id);
  return new ByteWriter(BOX_PLAINTEXT).u8(REQUEST).put(ciphertext).put(sealed).done();
}

/**
 * Null for what was not sealed to this key and this box: nonsense, or another request's bytes.
 * @throws `malformed` for a request that breaks its form
 */
export function openRequest(
  kem: KemKeyPair,
  box: Pick<BoxSecret, 'id'>,
  plaintext: Uint8Array,
): Request | null {
  if (plaintext.length !== BOX_PLAINTEXT || plaintext[0] !== REQUEST) return null;
  const input = new ByteReader(plaintext.subarray(1), 'request');
  const ciphertext = input.copy(KEM_CIPHERTEXT);
  const secret = kem.decapsulate(ciphertext);
  if (secret === null) return null;
  const key = hash('address-request', secret, ciphertext, box.id);
  const content = openBox(key, NONCE, input.copy(input.remaining), box.id);
  return content === null ? null : decodeRequest(content);
}

function decodeRequest(bytes: Uint8Array): Request {
  const input = new ByteReader(bytes, 'request');
  if (input.u8() !== 1) throw malformed('request');
  const invitation = input.copy(32);
  const keySetHash = input.copy(32);
  const contentId = input.copy(16);
  const endsDay = input.u32();
  const name = takeText(input, MAX_NAME_BYTES);
  const length = input.u16();
  if (length > MAX_REQUEST_TEXT_BYTES) throw malformed('request');
  const text = fromUtf8(input.copy(length));
  input.zeros(input.remaining);
  return { invitation, keySetHash, contentId, endsDay, name, text };
}

/** The owner has ended the address: the lock shows that nobody else says so. */
export function encodeEnd(lock: Uint8Array): Uint8Array {
  return new ByteWriter(BOX_PLAINTEXT).u8(END).put(lock).bytes;
}

/** True when the owner of the card with this `r` wrote it. */
export function isEndOf(plaintext: Uint8Array, r: Uint8Array): boolean {
  const input = new ByteReader(plaintext, 'end of an address');
  if (plaintext.length !== BOX_PLAINTEXT || input.u8() !== END) return false;
  const lock = input.copy(32);
  return plaintext.subarray(33).every((byte) => byte === 0) && equalBytes(lockedAddress(lock), r);
}

/** r of a card. */
export function lockedAddress(lock: Uint8Array): Uint8Array {
  return hash('address-lock', lock);
}
