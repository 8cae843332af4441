/**
 * What stands in the boxes of a recovery, as bytes (docs/spec/20-recovery.md, 9 and 10): the statement of
 * a restored daemon, its contact's answer, and the words in that. Decoders are exact.
 */
import {
  ByteReader,
  ByteWriter,
  concat,
  DAY,
  equalBytes,
  type Millis,
  malformed,
} from '@tacet/base';
import {
  edKeyPair,
  edSign,
  edVerify,
  equalSecret,
  hash,
  hashKeyed,
  labelBytes,
} from '@tacet/crypto';
import { BOX_PLAINTEXT } from '@tacet/wire';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';

const STATEMENT = 20;
const ANSWER = 21;
const WORDS = 2;

const BUNDLE = 1_797;
/** Of a statement: what its MAC covers, and all of it. */
const UNDER_MAC = 1 + 8 + 1 + 32 + BUNDLE + 64;
const STATEMENT_BYTES = UNDER_MAC + 32;
const MAX_ANSWER = BOX_PLAINTEXT - 3;
const WORDS_BYTES = 1 + 32 + 32 + 32 + 4;

/** Statements stand in a box of these two days; of one root eight at most. */
const PERIOD: Millis = 2 * DAY;
export const TURNS = 8;

export function periodOf(now: Millis): number {
  return Math.floor(now / PERIOD);
}

/** @param root 32 bytes, of the writer @param turn 0 to 7 */
export function statementBox(root: Uint8Array, period: number, turn: number): BoxSecret {
  const at = new ByteWriter(5).u32(period).u8(turn).bytes;
  return boxFrom(hash('recovery-seed', root, at), hash('recovery-key', root, at));
}

/** @param stated hash of the statement, 32 bytes */
export function answerBox(root: Uint8Array, stated: Uint8Array): BoxSecret {
  return boxFrom(
    hash('recovery-answer-seed', root, stated),
    hash('recovery-answer-key', root, stated),
  );
}

export interface Statement {
  /** Of the writer: higher than in every earlier statement. */
  readonly counter: number;
  /** The writer lacks the reader's whole key set. */
  readonly wantsKeys: boolean;
  /** 1,797 bytes. */
  readonly bundle: Uint8Array;
}

interface Read extends Statement {
  readonly pair: Uint8Array;
  readonly signature: Uint8Array;
  readonly mac: Uint8Array;
}

/** Names the pair to nobody else: a root is of one pair and direction. */
function pairOf(root: Uint8Array): Uint8Array {
  return hash('recovery-pair', root);
}

function signed(pair: Uint8Array, { counter, bundle }: Statement): Uint8Array {
  const number = new ByteWriter(8).u64(counter).bytes;
  const label = labelBytes('recovery-statement');
  return concat(label, pair, number, hash('recovery-bundle', bundle));
}

/** @param seed of the writer's Ed25519 key, 32 bytes */
export function encodeStatement(
  root: Uint8Array,
  seed: Uint8Array,
  statement: Statement,
): Uint8Array {
  const { counter, wantsKeys, bundle } = statement;
  const pair = pairOf(root);
  const out = new ByteWriter(BOX_PLAINTEXT)
    .u8(STATEMENT)
    .u64(counter)
    .u8(wantsKeys ? 1 : 0)
    .put(pair)
    .put(bundle)
    .put(edSign(edKeyPair(seed).secretKey, signed(pair, statement)));
  out.put(macOf(root, out.bytes));
  return out.bytes;
}

function macOf(root: Uint8Array, plaintext: Uint8Array): Uint8Array {
  return hashKeyed(root, 'recovery-mac', 32, plaintext.subarray(0, UNDER_MAC));
}

/** What names a statement in its answer. */
export function hashOfStatement(plaintext: Uint8Array): Uint8Array {
  return hash('recovery-stated', plaintext.subarray(0, STATEMENT_BYTES));
}

/** Throws `malformed`. What it says is not checked yet. */
export function readStatement(plaintext: Uint8Array): Read {
  const input = open(plaintext, STATEMENT);
  const counter = input.u64();
  const wants = input.u8();
  if (wants > 1) throw malformed('recovery statement');
  const [pair, bundle] = [input.copy(32), input.copy(BUNDLE)];
  const [signature, mac] = [input.copy(64), input.copy(32)];
  input.zeros(input.remaining);
  return { counter, wantsKeys: wants === 1, pair, bundle, signature, mac };
}

/**
 * Null for what is no statement of the owner of this key under this root.
 * @param ed25519 of the writer, 32 bytes
 */
export function openStatement(
  root: Uint8Array,
  ed25519: Uint8Array,
  plaintext: Uint8Array,
): Statement | null {
  let read: Read;
  try {
    read = readStatement(plaintext);
  } catch {
    return null;
  }
  const { counter, wantsKeys, bundle, pair, signature, mac } = read;
  const holds =
    equalBytes(pair, pairOf(root)) &&
    equalSecret(mac, macOf(root, plaintext)) &&
    edVerify(ed25519, signature, signed(pair, read));
  return holds ? { counter, wantsKeys, bundle } : null;
}

/** @param ciphertext a first message of the new session, with the words */
export function encodeAnswer(ciphertext: Uint8Array): Uint8Array {
  if (ciphertext.length > MAX_ANSWER) throw malformed('recovery answer');
  const out = new ByteWriter(BOX_PLAINTEXT);
  return out.u8(ANSWER).u16(ciphertext.length).put(ciphertext).bytes;
}

export function decodeAnswer(plaintext: Uint8Array): Uint8Array {
  const input = open(plaintext, ANSWER);
  const length = input.u16();
  if (length === 0) throw malformed('recovery answer');
  const ciphertext = input.copy(length);
  input.zeros(input.remaining);
  return ciphertext;
}

/** The ratchet's first words in the new session. */
export interface RekeyWords {
  /** Hash of the statement they answer. */
  readonly stated: Uint8Array;
  /** Of the streams from now on. */
  readonly answererRoot: Uint8Array;
  readonly restoredRoot: Uint8Array;
  /** Highest sequence of the restored one that was read by the answerer. */
  readonly highest: number;
}

export function encodeWords(words: RekeyWords): Uint8Array {
  const out = new ByteWriter(WORDS_BYTES).u8(WORDS).put(words.stated);
  return out.put(words.answererRoot).put(words.restoredRoot).u32(words.highest).done();
}

export function decodeWords(bytes: Uint8Array): RekeyWords {
  if (bytes.length !== WORDS_BYTES) throw malformed('recovery words');
  const input = new ByteReader(bytes, 'recovery words');
  if (input.u8() !== WORDS) throw malformed('recovery words');
  const [stated, answererRoot, restoredRoot] = [input.copy(32), input.copy(32), input.copy(32)];
  return { stated, answererRoot, restoredRoot, highest: input.u32() };
}

function open(plaintext: Uint8Array, kind: number): ByteReader {
  if (plaintext.length !== BOX_PLAINTEXT) throw malformed('recovery box');
  const input = new ByteReader(plaintext, 'recovery box');
  if (input.u8() !== kind) throw malformed('recovery box');
  return input;
}
