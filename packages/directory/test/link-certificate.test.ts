import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hybridKeyPair } from '@tacet/crypto';
import { checkDecoder, seededRng } from '@tacet/testkit';
import { relayHashOf } from '../src/identity.ts';
import {
  encodeLinkProof,
  makeLinkCertificate,
  verifyLinkCertificate,
  verifyLinkProof,
} from '../src/link-certificate.ts';

const relay = hybridKeyPair(new Uint8Array(64).fill(1));
const other = hybridKeyPair(new Uint8Array(64).fill(2));
const keyHash = new Uint8Array(32).fill(3);
const otherHash = new Uint8Array(32).fill(4);
const certificate = makeLinkCertificate(relay, keyHash, 1_000);
const proof = encodeLinkProof(relay.publicKey, certificate);
const name = relayHashOf(relay.publicKey);

test('a certificate holds for its key, its relay and its time', () => {
  assert.equal(verifyLinkCertificate(relay.publicKey, certificate, keyHash, 1_000), true);
  assert.equal(verifyLinkCertificate(relay.publicKey, certificate, keyHash, 1_001), false);
  assert.equal(verifyLinkCertificate(relay.publicKey, certificate, otherHash, 0), false);
  assert.equal(verifyLinkCertificate(other.publicKey, certificate, keyHash, 0), false);
  const longer = { ...certificate, notAfter: 2_000 };
  assert.equal(verifyLinkCertificate(relay.publicKey, longer, keyHash, 0), false);
  const moved = { ...certificate, keyHash: otherHash };
  assert.equal(verifyLinkCertificate(relay.publicKey, moved, otherHash, 0), false);
  const short = makeLinkCertificate(relay, keyHash.subarray(1), 1_000);
  assert.equal(verifyLinkCertificate(relay.publicKey, short, keyHash.subarray(1), 0), false);
});

test('a proof holds for the relay asked for and the key the peer used', () => {
  assert.equal(verifyLinkProof(proof, name, keyHash, 0), true);
  assert.equal(verifyLinkProof(proof, relayHashOf(other.publicKey), keyHash, 0), false);
  assert.equal(verifyLinkProof(proof, name, otherHash, 0), false);
  assert.equal(verifyLinkProof(proof, name, keyHash, 1_001), false);
  const borrowed = encodeLinkProof(other.publicKey, certificate);
  assert.equal(verifyLinkProof(borrowed, relayHashOf(other.publicKey), keyHash, 0), false);
});

test('no changed byte of a proof passes, and none throws', () => {
  checkDecoder({
    decode: (bytes) => verifyLinkProof(bytes, name, keyHash, 0) || null,
    valid: proof,
    signed: true,
    kinds: [],
    rng: seededRng('proof'),
    places: 150,
    fuzzRuns: 100,
  });
});
