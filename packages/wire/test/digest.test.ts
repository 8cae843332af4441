import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBytes, concat, randomBytes } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import type { RelayHash } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import {
  type Digest,
  DigestCache,
  decodeDigest,
  digestHash,
  encodeDigestBody,
  MAX_DIGEST_MARKS,
  MAX_DIGEST_SEEN,
  type Mark,
  signDigest,
  verifyDigest,
} from '@tacet/wire';
import { assertMalformed, checkBitFlips, checkFuzz, checkLengths } from './support/exact.ts';

const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);
const network = makeTestNetwork({ seed: 'digests', edges: 2 });
const { networkId } = network.document;
const edge = network.edges[0] ?? assert.fail();
const other = network.edges[1] ?? assert.fail();
const sorted = (n: number): Mark[] =>
  Array.from({ length: n }, () => bytes(8) as Mark).sort(compareBytes);
const digest: Digest = {
  edge: edge.hash,
  number: 358_000_000,
  previous: bytes(32),
  seen: [{ edge: other.hash, hash: bytes(32) }],
  marks: sorted(128),
};
const signed = signDigest(edge.identity, digest, networkId);

test('a digest comes back as it went, with its hash', () => {
  assert.deepEqual(decodeDigest(signed.bytes).digest, digest);
  assert.deepEqual(verifyDigest(signed.bytes, network.verified), signed);
  assert.deepEqual(signed.hash, digestHash(signed.bytes));
});

test('a digest is read exactly', () => {
  checkLengths(signed.bytes, decodeDigest);
  checkFuzz(signed.bytes, decodeDigest);
  checkBitFlips(signed.bytes, decodeDigest, (value) => {
    assert.notDeepEqual(value, decodeDigest(signed.bytes));
  });
});

test('every bit of a digest is covered by its signature', () => {
  for (let bit = 0; bit < signed.bytes.length * 8; bit++) {
    const flipped = signed.bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.equal(verifyDigest(flipped, network.verified), null, `bit ${bit}`);
  }
});

/** Encodes without looking, as an edge that breaks the rules would. */
function bend(change: (body: Uint8Array) => Uint8Array): Uint8Array {
  const body = change(encodeDigestBody(digest));
  return concat(body, edge.identity.signClassical('digest', networkId, body));
}

const MARKS_AT = 73 + 64 + 2;
const swapMarks = (body: Uint8Array): Uint8Array => {
  const first = body.slice(MARKS_AT, MARKS_AT + 8);
  body.copyWithin(MARKS_AT, MARKS_AT + 8, MARKS_AT + 16);
  body.set(first, MARKS_AT + 8);
  return body;
};

test('only the canonical form is a digest, however well signed', () => {
  assert.ok(
    verifyDigest(
      bend((body) => body),
      network.verified,
    ),
  );
  const wrong: [string, (body: Uint8Array) => Uint8Array][] = [
    ['marks out of order', swapMarks],
    ['a mark twice', (body) => body.copyWithin(MARKS_AT, MARKS_AT + 8, MARKS_AT + 16)],
    [
      '63 marks',
      (body) => {
        new DataView(body.buffer).setUint16(MARKS_AT - 2, 63);
        return body.slice(0, MARKS_AT + 63 * 8);
      },
    ],
    [
      'no marks',
      (body) => {
        new DataView(body.buffer).setUint16(MARKS_AT - 2, 0);
        return body.slice(0, MARKS_AT);
      },
    ],
    [
      'itself among the others',
      (body) => {
        body.set(edge.hash, 73);
        return body;
      },
    ],
    [
      'a number beyond 2^53',
      (body) => {
        body[33] = 0x20;
        return body;
      },
    ],
    ['a byte more', (body) => concat(body, bytes(1))],
  ];
  for (const [what, change] of wrong) {
    const bent = bend(change);
    assertMalformed(decodeDigest, bent, what);
    assert.equal(verifyDigest(bent, network.verified), null, what);
  }
});

test('a digest of another network, signer or role is none', () => {
  const otherNetwork = makeTestNetwork({ seed: 'other digests' });
  assert.equal(verifyDigest(signed.bytes, otherNetwork.verified), null);
  const wrongSigner = signDigest(other.identity, digest, networkId);
  assert.equal(verifyDigest(wrongSigner.bytes, network.verified), null);
  const elsewhere = signDigest(edge.identity, digest, otherNetwork.document.networkId);
  assert.equal(verifyDigest(elsewhere.bytes, network.verified), null);
  const mix = network.mixes[0] ?? assert.fail();
  const fromMix = signDigest(mix.identity, { ...digest, edge: mix.hash }, networkId);
  assert.equal(verifyDigest(fromMix.bytes, network.verified), null);
});

test('the largest digest, and what is larger', () => {
  const seen = Array.from({ length: MAX_DIGEST_SEEN }, () => ({
    edge: bytes(32) as RelayHash,
    hash: bytes(32),
  })).sort((a, b) => compareBytes(a.edge, b.edge));
  const largest: Digest = { ...digest, seen, marks: sorted(MAX_DIGEST_MARKS) };
  const { bytes: encoded } = signDigest(edge.identity, largest, networkId);
  assert.deepEqual(decodeDigest(encoded).digest, largest);
  const range = { code: 'wire-range' };
  const more = { ...digest, marks: sorted(MAX_DIGEST_MARKS + 64) };
  assert.throws(() => encodeDigestBody(more), range);
  assert.throws(() => encodeDigestBody({ ...digest, marks: sorted(65) }), range);
  assert.throws(() => encodeDigestBody({ ...digest, number: -1 }), range);
});

test('a cache gives what the check gives, remembers both outcomes, and stays small', () => {
  const cache = new DigestCache();
  assert.deepEqual(cache.verify(signed.bytes, network.verified), signed);
  assert.equal(
    cache.verify(signed.bytes.slice(), network.verified),
    cache.verify(signed.bytes, network.verified),
  );
  const bent = bend(swapMarks);
  assert.equal(cache.verify(bent, network.verified), null);
  assert.equal(cache.verify(bent, network.verified), null);
  for (let i = 0; i < 1_000; i++) cache.verify(bytes(10), network.verified);
  const results = Reflect.get(cache, 'results') as { readonly size: number };
  assert.ok(results.size <= 512);
});
