/**
 * The ratchet's plaintext (docs/spec/07-streams.md 4): canonical CBOR with small integer keys.
 * What this version does not know is no error and is named, so that the caller keeps the bytes. A
 * content that breaks its own rules spoils nothing else in the envelope: receipts count all the same.
 */
import { isAppError, malformed } from '@tacet/base';
import { type FileWord, wordsFrom, wordsList } from '../files/words.ts';
import { MAX_PARTS, MAX_RECEIPT_RANGES, MAX_UNREADABLE } from '../limits.ts';
import { PART_BYTES } from '../streams/parts.ts';
import { type KeyChange, keyChangeFrom, keyChangeList } from '../trust/key-change.ts';
import { type Step, stepFrom, stepList } from '../trust/steps.ts';
import { bytesOf, decodeCanonical, encodeCanonical, listOf, mapOf, whole } from './cbor.ts';
import { type Content, contentFrom, contentMap, hasMore } from './content.ts';

/** As much as the parts of one ciphertext carry. */
const MAX_BYTES = MAX_PARTS * PART_BYTES;

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
  readonly content?: Content;
  /** Instead of a content: one that breaks the rules of 14-content.md. Never sent. */
  readonly malformedContent?: true;
  readonly receipt?: Receipt;
  readonly keySet?: { readonly ed25519: Uint8Array; readonly mldsa65: Uint8Array };
  readonly hello?: boolean;
  /** At most 16, ascending by sequence. */
  readonly unreadable?: readonly Unreadable[];
  /** The network document the writer made packets with: epoch and hash. */
  readonly document?: { readonly epoch: number; readonly hash: Uint8Array };
  readonly healing?: HealingOffer;
  /** Sequences up to this one never come any more (docs/spec/10-store.md 7). */
  readonly closed?: number;
  /** Read receipt: every sequence <= it is here and, where it is a message, was read. */
  readonly readUpTo?: number;
  /** The writer's keys change (docs/spec/15-trust.md 5). */
  readonly keyChange?: KeyChange;
  /** One step of verifying each other (docs/spec/15-trust.md 3, 4). */
  readonly step?: Step;
  /** About the bytes of files (docs/spec/19-files.md 3). */
  readonly fileWords?: readonly FileWord[];
  /** The writer's next recovery root, 32 bytes (docs/spec/20-recovery.md 8). */
  readonly recoveryRoot?: Uint8Array;
  /** Something stands in it that this version does not read. Never sent. */
  readonly more?: true;
}

type Said = Omit<Envelope, 'malformedContent' | 'more'>;
export type EnvelopeField = keyof Said;

interface Field<T> {
  readonly key: number;
  readonly write: (value: T) => unknown;
  readonly read: (value: unknown) => T;
}

/** Every key of an envelope; that of a content is read apart, because it may be malformed alone. */
const FIELDS: { readonly [F in EnvelopeField]-?: Field<NonNullable<Said[F]>> } = {
  content: { key: 1, write: contentMap, read: contentFrom },
  receipt: {
    key: 2,
    write: ({ upTo, ranges }) => [upTo, ...ranges.map((range) => [...range])],
    read: receiptFrom,
  },
  keySet: {
    key: 3,
    write: ({ ed25519, mldsa65 }) => new Map([[1, ed25519] as const, [2, mldsa65] as const]),
    read: keySetFrom,
  },
  hello: { key: 4, write: (hello) => hello, read: helloFrom },
  document: { key: 5, write: ({ epoch, hash }) => [epoch, hash], read: documentFrom },
  unreadable: {
    key: 6,
    write: (list) => list.map(({ seq, index }) => [seq, index]),
    read: unreadableFrom,
  },
  readUpTo: { key: 7, write: (seq) => seq, read: (value) => whole(value, 1) },
  keyChange: { key: 8, write: keyChangeList, read: keyChangeFrom },
  step: { key: 9, write: stepList, read: stepFrom },
  healing: {
    key: 10,
    write: ({ generation, index, day, entropy }) => [generation, index, day, entropy],
    read: healingFrom,
  },
  closed: { key: 11, write: (seq) => seq, read: (value) => whole(value, 1) },
  fileWords: { key: 12, write: wordsList, read: wordsFrom },
  recoveryRoot: { key: 13, write: (root) => root, read: (value) => bytesOf(value, 32) },
};

const NAMES = Object.keys(FIELDS) as EnvelopeField[];

/** Number of each key (docs/spec/07-streams.md, 4). */
export const ENVELOPE_KEYS = Object.fromEntries(
  NAMES.map((name) => [name, FIELDS[name].key]),
) as Readonly<Record<EnvelopeField, number>>;

const KEYS = new Set<unknown>(Object.values(ENVELOPE_KEYS));

export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const map = new Map<number, unknown>();
  for (const name of NAMES) {
    const { key, write } = FIELDS[name] as Field<unknown>;
    const value = envelope[name];
    if (isSaid(value)) map.set(key, write(value));
  }
  return encodeCanonical(map);
}

/** Nothing stands for no, and for an empty list. */
function isSaid(value: Envelope[EnvelopeField]): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** Throws `malformed` for anything but the one canonical encoding. Keeps no view of `bytes`. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > MAX_BYTES) throw malformed('envelope');
  const map = mapOf(decodeCanonical(bytes));
  const content = map.get(FIELDS.content.key);
  const said = content === undefined ? {} : contentOf(content);
  const fields: { [F in EnvelopeField]?: unknown } = {};
  for (const name of NAMES) {
    const value = map.get(FIELDS[name].key);
    if (value !== undefined && name !== 'content') fields[name] = FIELDS[name].read(value);
  }
  const more = said.more === true || [...map.keys()].some((key) => !KEYS.has(key));
  // What each field is was read by its row of the table.
  return { ...said, ...(fields as Said), ...(more ? { more } : {}) };
}

function contentOf(value: unknown): Pick<Envelope, 'content' | 'malformedContent' | 'more'> {
  try {
    const content = contentFrom(value);
    return { content, ...(hasMore(value) ? { more: true } : {}) };
  } catch (error) {
    if (!isAppError(error, 'malformed')) throw error;
    return { malformedContent: true };
  }
}

function receiptFrom(value: unknown): Receipt {
  const [first, ...rest] = listOf(value, 1, 1 + MAX_RECEIPT_RANGES);
  const upTo = whole(first);
  let last = upTo;
  const ranges = rest.map((range): readonly [number, number] => {
    const [low, high] = listOf(range, 2, 2);
    // Ascending and apart: the one canonical form.
    const from = whole(low, last + 2);
    const to = whole(high, from);
    last = to;
    return [from, to];
  });
  return { upTo, ranges };
}

function unreadableFrom(value: unknown): Unreadable[] {
  let last = 0;
  return listOf(value, 1, MAX_UNREADABLE).map((entry) => {
    const [seq, index] = listOf(entry, 2, 2);
    last = whole(seq, last + 1);
    return { seq: last, index: whole(index) };
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
  const [epoch, hash] = listOf(value, 2, 2);
  return { epoch: whole(epoch), hash: bytesOf(hash, 32) };
}

function healingFrom(value: unknown): HealingOffer {
  const [generation, index, day, entropy] = listOf(value, 4, 4);
  return {
    generation: whole(generation, 1),
    index: whole(index),
    day: whole(day),
    entropy: bytesOf(entropy, 32),
  };
}

/** True when the receipt covers `seq`. */
export function covers(receipt: Receipt, seq: number): boolean {
  return seq <= receipt.upTo || receipt.ranges.some(([from, to]) => seq >= from && seq <= to);
}
