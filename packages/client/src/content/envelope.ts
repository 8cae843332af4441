/**
 * The ratchet's plaintext (docs/spec/07-streams.md 4): canonical CBOR with small integer keys.
 * Unknown keys are ignored here and kept by the caller with the raw bytes.
 */
import { AppError, equalBytes, type Millis, malformed } from '@tacet/base';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { MAX_PARTS, MAX_RECEIPT_RANGES, MAX_TEXT_BYTES, MAX_UNREADABLE } from '../limits.ts';
import { PART_BYTES } from '../streams/parts.ts';

/** As much as the parts of one ciphertext carry. */
const MAX_BYTES = MAX_PARTS * PART_BYTES;

export interface TextContent {
  readonly type: 'text';
  readonly contentId: Uint8Array;
  readonly sentAt: Millis;
  readonly text: string;
}

/** Content of a type this version cannot show; kept whole, shown as one line. */
export interface UnknownContent {
  readonly type: 'unknown';
  readonly contentId: Uint8Array;
  readonly sentAt: Millis;
}

/** Every sequence <= upTo, and the ranges (inclusive), have been saved. */
export interface Receipt {
  readonly upTo: number;
  readonly ranges: readonly (readonly [number, number])[];
}

/** A ciphertext that is whole here and cannot be read: its chain is forgotten. */
export interface Unreadable {
  readonly seq: number;
  /** Highest stream index of its boxes: names the encryption. */
  readonly index: number;
}

/** Fresh entropy for the writer's stream (docs/spec/07-streams.md 7). */
export interface HealingOffer {
  /** The one it begins. */
  readonly generation: number;
  /** Its first index; its first day of beacons. */
  readonly index: number;
  readonly day: number;
  /** 32 bytes. */
  readonly entropy: Uint8Array;
}

export interface Envelope {
  readonly content?: TextContent | UnknownContent;
  readonly receipt?: Receipt;
  readonly keySet?: { readonly ed25519: Uint8Array; readonly mldsa65: Uint8Array };
  readonly hello?: boolean;
  /** At most 16, ascending by sequence. */
  readonly unreadable?: readonly Unreadable[];
  /** The network document the writer made packets with: epoch and hash. */
  readonly document?: { readonly epoch: number; readonly hash: Uint8Array };
  readonly healing?: HealingOffer;
}

const TYPE_TEXT = 1;
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const map = new Map<number, unknown>();
  const { content, receipt, keySet } = envelope;
  if (content !== undefined) {
    if (content.type !== 'text') {
      throw new AppError('content-unknown', 'bug', 'only known content is sent');
    }
    map.set(
      1,
      new Map<number, unknown>([
        [1, TYPE_TEXT],
        [2, content.contentId],
        [3, Math.floor(content.sentAt)],
        [4, content.text],
      ]),
    );
  }
  if (receipt !== undefined) map.set(2, [receipt.upTo, ...receipt.ranges.map((r) => [...r])]);
  if (keySet !== undefined) {
    map.set(
      3,
      new Map([
        [1, keySet.ed25519],
        [2, keySet.mldsa65],
      ]),
    );
  }
  if (envelope.hello === true) map.set(4, true);
  const { unreadable = [] } = envelope;
  if (unreadable.length > 0) {
    map.set(
      6,
      unreadable.map(({ seq, index }) => [seq, index]),
    );
  }
  const { document } = envelope;
  if (document !== undefined) map.set(5, [document.epoch, document.hash]);
  const { healing } = envelope;
  if (healing !== undefined) {
    map.set(10, [healing.generation, healing.index, healing.day, healing.entropy]);
  }
  return encode(map, rfc8949EncodeOptions);
}

/** Throws `malformed` for anything but the one canonical encoding. Keeps no view of `bytes`. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const map = decodeMap(bytes);
  const content = map.get(1);
  const receipt = map.get(2);
  const keySet = map.get(3);
  const hello = map.get(4);
  const unreadable = map.get(6);
  const document = map.get(5);
  const healing = map.get(10);
  return {
    ...(content === undefined ? {} : { content: contentFrom(content) }),
    ...(receipt === undefined ? {} : { receipt: receiptFrom(receipt) }),
    ...(keySet === undefined ? {} : { keySet: keySetFrom(keySet) }),
    ...(hello === undefined ? {} : { hello: helloFrom(hello) }),
    ...(unreadable === undefined ? {} : { unreadable: unreadableFrom(unreadable) }),
    ...(document === undefined ? {} : { document: documentFrom(document) }),
    ...(healing === undefined ? {} : { healing: healingFrom(healing) }),
  };
}

function decodeMap(bytes: Uint8Array): Map<unknown, unknown> {
  if (bytes.length > MAX_BYTES) throw malformed('envelope');
  const input = Uint8Array.from(bytes);
  let value: unknown;
  let again: Uint8Array;
  try {
    value = decode(input, {
      useMaps: true,
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      rejectDuplicateMapKeys: true,
    });
    again = encode(value, rfc8949EncodeOptions);
  } catch {
    throw malformed('envelope');
  }
  if (!equalBytes(again, input)) throw malformed('envelope');
  return mapOf(value);
}

function mapOf(value: unknown): Map<unknown, unknown> {
  if (!(value instanceof Map)) throw malformed('envelope');
  return value;
}

function whole(value: unknown, least = 0): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw malformed('envelope');
  }
  return value;
}

function bytesOf(value: unknown, length: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw malformed('envelope');
  return value;
}

function contentFrom(value: unknown): TextContent | UnknownContent {
  const map = mapOf(value);
  const type = whole(map.get(1));
  const contentId = bytesOf(map.get(2), 16);
  const sentAt = whole(map.get(3));
  if (type !== TYPE_TEXT) return { type: 'unknown', contentId, sentAt };
  const text = map.get(4);
  if (typeof text !== 'string' || textBytes(text) > MAX_TEXT_BYTES) throw malformed('envelope');
  return { type: 'text', contentId, sentAt, text };
}

function receiptFrom(value: unknown): Receipt {
  if (!Array.isArray(value) || value.length < 1 || value.length > 1 + MAX_RECEIPT_RANGES) {
    throw malformed('envelope');
  }
  const upTo = whole(value[0]);
  let last = upTo;
  const ranges = value.slice(1).map((range: unknown): readonly [number, number] => {
    if (!Array.isArray(range) || range.length !== 2) throw malformed('envelope');
    // Ascending and apart: the one canonical form.
    const from = whole(range[0], last + 2);
    const to = whole(range[1], from);
    last = to;
    return [from, to];
  });
  return { upTo, ranges };
}

function unreadableFrom(value: unknown): Unreadable[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_UNREADABLE) {
    throw malformed('envelope');
  }
  let last = 0;
  return value.map((entry: unknown) => {
    if (!Array.isArray(entry) || entry.length !== 2) throw malformed('envelope');
    const seq = whole(entry[0], last + 1);
    last = seq;
    return { seq, index: whole(entry[1]) };
  });
}

function helloFrom(value: unknown): true {
  if (value !== true) throw malformed('envelope');
  return value;
}

function keySetFrom(value: unknown): { ed25519: Uint8Array; mldsa65: Uint8Array } {
  const map = mapOf(value);
  return { ed25519: bytesOf(map.get(1), 32), mldsa65: bytesOf(map.get(2), 1_952) };
}

function documentFrom(value: unknown): { epoch: number; hash: Uint8Array } {
  if (!Array.isArray(value) || value.length !== 2) throw malformed('envelope');
  return { epoch: whole(value[0]), hash: bytesOf(value[1], 32) };
}

function healingFrom(value: unknown): HealingOffer {
  if (!Array.isArray(value) || value.length !== 4) throw malformed('envelope');
  return {
    generation: whole(value[0], 1),
    index: whole(value[1]),
    day: whole(value[2]),
    entropy: bytesOf(value[3], 32),
  };
}

/** Bytes of UTF-8, counted without making them. */
export function textBytes(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

/** True when the receipt covers `seq`. */
export function covers(receipt: Receipt, seq: number): boolean {
  return seq <= receipt.upTo || receipt.ranges.some(([from, to]) => seq >= from && seq <= to);
}
