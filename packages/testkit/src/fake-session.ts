/**
 * A SessionPort without secrets for simulated time: the same rules, errors and sizes as the real
 * one, all randomness from the caller, a few hashes a message. It hides nothing: texts travel in
 * clear under a checksum. Never in a shipped program (tools/check-deps: testkit).
 */
import { createHash } from 'node:crypto';
import {
  AppError,
  ByteReader,
  ByteWriter,
  concat,
  type ErrorKind,
  equalBytes,
  fromUtf8,
  isAppError,
  type Rng,
  randomBytes,
  utf8,
} from '@tacet/base';
import type {
  BundleInfo,
  SafetyParty,
  SessionPort,
  SessionRecords,
  SessionWrites,
} from '@tacet/client';
import { x25519, x25519Public } from '@tacet/crypto';

const BUNDLE_BYTES = 1_797;
const CHECKSUM_BYTES = 64;
/** kind, base, direction, counter, sender's key, prekey id, length, checksum. */
const HEAD_BYTES = 1 + 16 + 1 + 4;
const FIRST_HEAD_BYTES = HEAD_BYTES + 33 + 4;
const TAG_BYTES = 16;
/** Sizes of the real thing to within 4 B: 1,764 B first, 105 B later, growing by blocks of 16 B. */
const FIRST_OVERHEAD = 1_748;
const LATER_OVERHEAD = 89;
const PLAINTEXT_MAX = 65_536;
const CIPHERTEXT_MAX = PLAINTEXT_MAX + 2_048;
const PEER_NAME_MAX = 128;
const STATES_MAX = 40;
const SKIP_MAX = 25_000;
const SKIPPED_KEPT = 2_000;
const FIRST = 1;
const LATER = 2;

/** One ratchet as the fake remembers it: who began, what was sent, what is still awaited. */
interface State {
  readonly base: string;
  readonly began: boolean;
  readonly prekeyId: number;
  answered: boolean;
  sent: number;
  next: number;
  skipped: number[];
}

interface Parsed {
  readonly kind: number;
  readonly base: string;
  readonly fromBeginner: boolean;
  readonly counter: number;
  readonly sender: Uint8Array | null;
  readonly prekeyId: number;
  readonly plaintext: Uint8Array;
}

export function createFakeSession(rng: Rng): SessionPort {
  return {
    async createIdentity() {
      const secret = randomBytes(rng, 32);
      return { publicKey: identityOf(secret), writes: new Map([['identity', secret]]) };
    },

    async createBundle(records) {
      const identityKey = identityOf(identity(records));
      const secret = randomBytes(rng, 32);
      const signedPrekey = x25519Public(secret);
      const bundle = encodeBundle(identityKey, signedPrekey);
      const writes = new Map([[`signed/${bundleId(signedPrekey)}`, secret]]);
      return { identityKey, signedPrekey, bundle, writes };
    },

    readBundle,

    agree(records, bundle, ephemeral) {
      const secret = read(records, `signed/${bundleId(readBundle(bundle).signedPrekey)}`);
      if (secret === null) throw fail('bundle-unknown', 'missing');
      const shared = ephemeral.length === 32 ? x25519(secret, ephemeral) : null;
      if (shared === null) throw fail('agreement-invalid', 'input');
      return shared;
    },

    dropBundle(bundle) {
      return new Map([[`signed/${bundleId(readBundle(bundle).signedPrekey)}`, null]]);
    },

    dropPeer(peer) {
      return new Map([
        [`session/${named(peer)}`, null],
        [`peer/${peer}`, null],
      ]);
    },

    async begin(records, peer, bundle) {
      const { identityKey, signedPrekey } = readBundle(bundle);
      checkIdentity(records, named(peer), identityKey);
      const fresh: State = {
        base: randomBytes(rng, 16).toHex(),
        began: true,
        prekeyId: bundleId(signedPrekey),
        answered: false,
        sent: 0,
        next: 0,
        skipped: [],
      };
      return sessionWrites(peer, identityKey, [fresh, ...states(records, peer)]);
    },

    async encrypt(records, peer, plaintext) {
      if (plaintext.length > PLAINTEXT_MAX) throw fail('session-plaintext-too-long', 'usage');
      const known = states(records, named(peer));
      const state = known[0];
      const peerKey = read(records, `peer/${peer}`);
      if (state === undefined || peerKey === null) throw fail('session-missing', 'missing');
      const own = identityOf(identity(records));
      const ciphertext = encode(state, own, peerKey, plaintext);
      state.sent += 1;
      return { ciphertext, writes: sessionWrites(peer, peerKey, known) };
    },

    async decrypt(records, peer, ciphertext) {
      const message = parse(ciphertext);
      const known = states(records, named(peer));
      if (message.kind === LATER && known.length === 0) throw fail('session-missing', 'missing');
      const peerKey = message.sender ?? read(records, `peer/${peer}`);
      if (peerKey === null) throw undecryptable();
      const own = identityOf(identity(records));
      if (!equalBytes(tagOf(ciphertext, peerKey, own), ciphertext.subarray(-TAG_BYTES))) {
        throw undecryptable();
      }
      checkIdentity(records, peer, peerKey);
      const { state, used } = stateFor(records, known, message);
      take(state, message.counter);
      state.answered = true;
      const others = known.filter((other) => other !== state);
      const writes = new Map(sessionWrites(peer, peerKey, [state, ...others]));
      if (used !== null) writes.set(used, null);
      return { plaintext: message.plaintext, identityKey: peerKey, writes };
    },

    async safetyNumber(own, peer) {
      return [half(own), half(peer)].sort().join('');
    },
  };
}

function encodeBundle(identityKey: Uint8Array, signedPrekey: Uint8Array): Uint8Array {
  const body = new ByteWriter(BUNDLE_BYTES - CHECKSUM_BYTES)
    .u8(1)
    .put(identityKey)
    .u8(5)
    .put(signedPrekey)
    .skip(BUNDLE_BYTES - CHECKSUM_BYTES - 67)
    .done();
  return concat(body, createHash('sha512').update(body).digest());
}

function readBundle(bundle: Uint8Array): BundleInfo {
  const body = bundle.subarray(0, -CHECKSUM_BYTES);
  const sum = createHash('sha512').update(body).digest();
  const holds =
    bundle.length === BUNDLE_BYTES &&
    bundle[0] === 1 &&
    equalBytes(sum, bundle.subarray(-CHECKSUM_BYTES));
  if (!holds) throw fail('bundle-invalid', 'input');
  return { identityKey: bundle.slice(1, 34), signedPrekey: bundle.slice(35, 67) };
}

function bundleId(signedPrekey: Uint8Array): number {
  return new ByteReader(signedPrekey, 'bundle').u32();
}

function encode(
  state: State,
  own: Uint8Array,
  peer: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const kind = state.began && !state.answered ? FIRST : LATER;
  const blocks = plaintext.length + 16 - (plaintext.length % 16);
  const size = blocks + (kind === FIRST ? FIRST_OVERHEAD : LATER_OVERHEAD);
  const writer = new ByteWriter(size)
    .u8(kind)
    .put(Uint8Array.fromHex(state.base))
    .u8(state.began ? 1 : 0)
    .u32(state.sent);
  if (kind === FIRST) writer.put(own).u32(state.prekeyId);
  const used = kind === FIRST ? FIRST_HEAD_BYTES : HEAD_BYTES;
  const bytes = writer
    .u32(plaintext.length)
    .put(plaintext)
    .skip(size - used - 4 - plaintext.length)
    .done();
  bytes.set(tagOf(bytes, own, peer), size - TAG_BYTES);
  return bytes;
}

function parse(ciphertext: Uint8Array): Parsed {
  if (ciphertext.length > CIPHERTEXT_MAX) throw undecryptable();
  try {
    const reader = new ByteReader(ciphertext, 'message');
    const kind = reader.u8();
    if (kind !== FIRST && kind !== LATER) throw undecryptable();
    const base = reader.slice(16).toHex();
    const fromBeginner = reader.u8() === 1;
    const counter = reader.u32();
    const sender = kind === FIRST ? reader.copy(33) : null;
    const prekeyId = kind === FIRST ? reader.u32() : 0;
    const plaintext = reader.copy(reader.u32());
    if (reader.remaining < TAG_BYTES) throw undecryptable();
    return { kind, base, fromBeginner, counter, sender, prekeyId, plaintext };
  } catch (error) {
    throw isAppError(error, 'malformed') ? undecryptable() : error;
  }
}

/** The session a message belongs to; a new one if it carries a prekey part we still hold. */
function stateFor(records: SessionRecords, known: readonly State[], message: Parsed) {
  const state = known.find((candidate) => candidate.base === message.base);
  if (state !== undefined) {
    if (state.began === message.fromBeginner) throw undecryptable();
    return { state, used: null };
  }
  const prekey = `signed/${message.prekeyId}`;
  if (message.kind !== FIRST || !message.fromBeginner || read(records, prekey) === null) {
    throw undecryptable();
  }
  const fresh: State = {
    base: message.base,
    began: false,
    prekeyId: message.prekeyId,
    answered: true,
    sent: 0,
    next: 0,
    skipped: [],
  };
  return { state: fresh, used: prekey };
}

/** Marks a counter as read; gaps are remembered so that late messages still open. */
function take(state: State, counter: number): void {
  if (counter < state.next) {
    const at = state.skipped.indexOf(counter);
    if (at < 0) throw fail('session-duplicate', 'state');
    state.skipped.splice(at, 1);
    return;
  }
  if (counter - state.next > SKIP_MAX) throw undecryptable();
  for (let missed = state.next; missed < counter; missed++) state.skipped.push(missed);
  state.skipped = state.skipped.slice(-SKIPPED_KEPT);
  state.next = counter + 1;
}

function identity(records: SessionRecords): Uint8Array {
  const secret = read(records, 'identity');
  if (secret === null) throw fail('session-identity-missing', 'bug');
  return secret;
}

function identityOf(secret: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(5), x25519Public(secret));
}

function checkIdentity(records: SessionRecords, peer: string, key: Uint8Array): void {
  const known = read(records, `peer/${peer}`);
  if (known !== null && !equalBytes(known, key)) throw fail('session-identity-changed', 'refused');
}

function states(records: SessionRecords, peer: string): State[] {
  const bytes = read(records, `session/${peer}`);
  if (bytes === null) return [];
  try {
    return JSON.parse(fromUtf8(bytes)) as State[];
  } catch (cause) {
    throw fail('session-record-unreadable', 'storage', cause);
  }
}

function sessionWrites(
  peer: string,
  peerKey: Uint8Array,
  newestFirst: readonly State[],
): SessionWrites {
  const text = JSON.stringify(newestFirst.slice(0, STATES_MAX));
  return new Map([
    [`session/${peer}`, utf8(text)],
    [`peer/${peer}`, peerKey.slice()],
  ]);
}

function read(records: SessionRecords, name: string): Uint8Array | null {
  try {
    return records.get(name);
  } catch (cause) {
    throw fail('session-record-unreadable', 'storage', cause);
  }
}

function tagOf(ciphertext: Uint8Array, sender: Uint8Array, receiver: Uint8Array): Uint8Array {
  return createHash('sha256')
    .update(ciphertext.subarray(0, -TAG_BYTES))
    .update(sender)
    .update(receiver)
    .digest()
    .subarray(0, TAG_BYTES);
}

function half(party: SafetyParty): string {
  const digest = createHash('sha512').update(party.identityKey).update(party.address).digest();
  return Array.from(digest.subarray(0, 30), (byte) => byte % 10).join('');
}

function named(peer: string): string {
  if (peer.length > 0 && peer.length <= PEER_NAME_MAX) return peer;
  throw fail('session-peer-name', 'usage');
}

function undecryptable(): AppError {
  return fail('session-undecryptable', 'input');
}

function fail(code: string, kind: ErrorKind, cause?: unknown): AppError {
  return new AppError(code, kind, `fake session: ${code}`, { cause });
}
