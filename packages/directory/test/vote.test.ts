import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { checkDecoder, makeTestNetwork, seededRng } from '@tacet/testkit';
import { encodeCanonical } from '../src/cbor.ts';
import { authorityHashOf, networkIdOf } from '../src/identity.ts';
import { MAX_DESCRIPTOR_BYTES, MAX_RELAYS, MAX_VOTE_BYTES } from '../src/limits.ts';
import { encodeSigned } from '../src/signatures.ts';
import {
  countersignVote,
  decodeVote,
  encodeSignedVote,
  encodeVote,
  hasSigned,
  signVote,
  type Vote,
  verifyVote,
} from '../src/vote.ts';
import { throwsCode } from './support/refusals.ts';

const network = makeTestNetwork({
  seed: 'vote',
  authorities: 3,
  parameters: { keysAhead: 1, validEpochs: 2 },
});
const { trust, document } = network;
const [one, two, three] = network.authorities;
assert.ok(one && two && three);

const vote: Vote = {
  authority: authorityHashOf(one.publicKey),
  networkId: networkIdOf(trust),
  epoch: document.epoch + 1,
  attempt: 3,
  previous: network.verified.hash,
  parameters: document.parameters,
  echo: Uint8Array.of(1),
  release: new Uint8Array(0),
  descriptors: network.relays.slice(0, 2).map((relay) => relay.signedDescriptor),
};
const signed = signVote(one, vote);

test('the body keeps the rules of every decoder', () => {
  checkDecoder({
    decode: decodeVote,
    encode: encodeVote,
    valid: signed.body,
    rng: seededRng('vote body'),
    places: 120,
    fuzzRuns: 60,
  });
});

test('no changed byte of a signed vote passes', () => {
  checkDecoder({
    decode: (bytes) => verifyVote(bytes, trust),
    valid: encodeSignedVote(countersignVote(two, signed)),
    signed: true,
    kinds: ['input', 'refused'],
    rng: seededRng('signed vote'),
    places: 100,
    fuzzRuns: 40,
  });
});

test('passing a vote on adds a signature and changes nothing else', () => {
  const passed = countersignVote(two, signed);
  const read = verifyVote(encodeSignedVote(passed), trust);
  assert.deepEqual(read.vote, vote);
  assert.deepEqual(read.hash, signed.hash);
  assert.equal(read.signatures.length, 2);
  assert.ok(hasSigned(read, authorityHashOf(two.publicKey)));
  assert.ok(!hasSigned(read, authorityHashOf(three.publicKey)));
});

test('a vote without its voter, of a stranger or of another network is refused', () => {
  const { signatures } = countersignVote(two, { ...signed, signatures: [] });
  const orphan = encodeSigned(signed.body, signatures);
  throwsCode(() => verifyVote(orphan, trust), 'vote-signatures');
  const [stranger] = makeTestNetwork({ seed: 'stranger' }).authorities;
  assert.ok(stranger);
  const strange = encodeSignedVote(countersignVote(stranger, signed));
  throwsCode(() => verifyVote(strange, trust), 'vote-signatures');
  const foreign = signVote(one, {
    ...vote,
    networkId: new Uint8Array(32) as typeof vote.networkId,
  });
  throwsCode(() => verifyVote(encodeSignedVote(foreign), trust), 'vote-network');
});

test('a signature over a document is none over a vote', () => {
  const other = {
    authority: one.publicKey,
    signature: one.sign('document-signature', signed.hash),
  };
  throwsCode(() => verifyVote(encodeSigned(signed.body, [other]), trust), 'vote-signatures');
});

test('the largest vote fits its cap, and nothing larger is looked at', () => {
  const most = 9 * 5_400 + MAX_RELAYS * (MAX_DESCRIPTOR_BYTES + 5) + 10_000;
  assert.ok(most <= MAX_VOTE_BYTES, `${most}`);
  throwsCode(() => verifyVote(new Uint8Array(MAX_VOTE_BYTES + 1), trust), 'vote-malformed');
  const many = { ...vote, descriptors: Array.from({ length: 129 }, () => Uint8Array.of(1)) };
  assert.throws(
    () => decodeVote(encodeCanonical({ ...many, version: 1, parameters: { ...vote.parameters } })),
    (error) => isAppError(error, 'malformed'),
  );
});
