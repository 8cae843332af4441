/**
 * What an authority would have in a document (docs/spec/06-directory.md, 11.2), signed by it and
 * by every authority that passed it on: the number of signatures says how far it has come, and a
 * vote shown to one authority is shown to all.
 */
import { AppError, equalBytes } from '@tacet/base';
import { type HybridKeyPair, hash } from '@tacet/crypto';
import type { DocumentHash } from '@tacet/onion';
import * as v from 'valibot';
import { decodeCanonical, encodeCanonical } from './cbor.ts';
import { authorityHashOf, networkIdOf } from './identity.ts';
import {
  MAX_DESCRIPTOR_BYTES,
  MAX_ECHO_BYTES,
  MAX_RELAYS,
  MAX_RELEASE_BYTES,
  MAX_VOTE_ATTEMPT,
  MAX_VOTE_BYTES,
} from './limits.ts';
import { parametersSchema } from './parameters.ts';
import { branded, bytes, epoch, parse, uint } from './schema.ts';
import {
  type AuthoritySignature,
  areMembers,
  encodeSigned,
  signatureBy,
  signaturesSchema,
} from './signatures.ts';
import type { AuthorityHash, AuthoritySet, NetworkId, Parameters, VoteHash } from './types.ts';

const LABEL = 'vote-signature';
const VERSION = 1;

export interface Vote {
  readonly authority: AuthorityHash;
  readonly networkId: NetworkId;
  /** Of the document it is for. */
  readonly epoch: number;
  /** 0 for the document on schedule; else the number of the attempt within the epoch. */
  readonly attempt: number;
  /** The newest document this authority has, or zero bytes. */
  readonly previous: DocumentHash;
  readonly parameters: Parameters;
  readonly echo: Uint8Array;
  readonly release: Uint8Array;
  /** Signed descriptors of the relays it admits; unverified. */
  readonly descriptors: readonly Uint8Array[];
}

export interface SignedVote {
  readonly vote: Vote;
  readonly hash: VoteHash;
  readonly body: Uint8Array;
  /** Ascending by authority; the voter's own is among them. */
  readonly signatures: readonly AuthoritySignature[];
}

const voteSchema = v.pipe(
  v.strictObject({
    version: v.literal(VERSION),
    authority: branded<AuthorityHash>(32),
    networkId: branded<NetworkId>(32),
    epoch,
    attempt: uint(0, MAX_VOTE_ATTEMPT),
    previous: branded<DocumentHash>(32),
    parameters: parametersSchema,
    echo: bytes(0, MAX_ECHO_BYTES),
    release: bytes(0, MAX_RELEASE_BYTES),
    descriptors: v.pipe(v.array(bytes(1, MAX_DESCRIPTOR_BYTES)), v.maxLength(MAX_RELAYS)),
  }),
  v.transform(({ version: _, ...vote }): Vote => vote),
);

const signedSchema = v.strictObject({
  body: bytes(1, MAX_VOTE_BYTES),
  signatures: signaturesSchema,
});

export function encodeVote(vote: Vote): Uint8Array {
  return encodeCanonical({
    ...vote,
    version: VERSION,
    parameters: { ...vote.parameters },
  });
}

/** Throws `malformed`. */
export function decodeVote(body: Uint8Array): Vote {
  return parse(voteSchema, decodeCanonical(body, 'vote', MAX_VOTE_BYTES), 'vote');
}

/** @throws `malformed` for values out of range. */
export function signVote(keyPair: HybridKeyPair, vote: Vote): SignedVote {
  const body = encodeVote(vote);
  const read = decodeVote(body);
  const voteHash = hashOf(body);
  return { vote: read, hash: voteHash, body, signatures: [signatureBy(keyPair, LABEL, voteHash)] };
}

/** The same vote with one more signature, as it is passed on. */
export function countersignVote(keyPair: HybridKeyPair, signed: SignedVote): SignedVote {
  const own = signatureBy(keyPair, LABEL, signed.hash);
  return { ...signed, signatures: [...signed.signatures, own] };
}

export function encodeSignedVote({ body, signatures }: SignedVote): Uint8Array {
  return encodeSigned(body, signatures);
}

/** True when `authority` is among those who signed it. */
export function hasSigned({ signatures }: SignedVote, authority: AuthorityHash): boolean {
  return signatures.some((one) => equalBytes(authorityHashOf(one.authority), authority));
}

/**
 * Every signature must be a member's and hold, the voter's own among them. Descriptors inside
 * are not looked into.
 * @throws `vote-malformed`, `vote-network`, `vote-signatures`
 */
export function verifyVote(input: Uint8Array, trust: AuthoritySet): SignedVote {
  const { body, signatures } = orMalformed(() =>
    parse(signedSchema, decodeCanonical(input, 'vote', MAX_VOTE_BYTES), 'vote'),
  );
  const voteHash = hashOf(body);
  if (!areMembers(signatures, trust, LABEL, voteHash)) throw unsigned();
  const vote = orMalformed(() => decodeVote(body));
  if (!equalBytes(vote.networkId, networkIdOf(trust))) {
    throw new AppError('vote-network', 'refused', 'a vote belongs to another network');
  }
  const signed = { vote, hash: voteHash, body, signatures };
  if (!hasSigned(signed, vote.authority)) throw unsigned();
  return signed;
}

function hashOf(body: Uint8Array): VoteHash {
  return hash('vote', body) as VoteHash;
}

function unsigned(): AppError {
  return new AppError('vote-signatures', 'refused', 'a vote is not signed by its authority');
}

function orMalformed<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new AppError('vote-malformed', 'input', 'a vote is not well formed', { cause });
  }
}
