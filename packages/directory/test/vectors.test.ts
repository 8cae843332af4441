/** The vectors, read by src and by a second reader that shares no code with it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromBase64url, fromHex, hex } from '@tacet/base';
import { DocumentBook } from '../src/book.ts';
import { decodeCard } from '../src/card.ts';
import { decodeCanonical, encodeCanonical } from '../src/cbor.ts';
import { verifyDescriptor } from '../src/descriptor.ts';
import { authorityHashOf, networkIdOf } from '../src/identity.ts';
import { verifyLinkProof } from '../src/link-certificate.ts';
import { placeIn } from '../src/placement.ts';
import { verifyDocument } from '../src/published.ts';
import type { AuthorityHash, AuthoritySet, RelayHash, StoreGeneration } from '../src/types.ts';
import { verifyVote } from '../src/vote.ts';
import { referenceBook } from './reference/book.ts';
import { referenceDecode, referenceEncode } from './reference/cbor.ts';
import {
  type ReferenceDocument,
  referenceCard,
  referenceDocument,
  referenceHash,
  referenceLinkProof,
  referenceNetworkId,
  referencePlacement,
  referenceSignedDescriptor,
} from './reference/directory.ts';
import { referenceVote } from './reference/vote.ts';
import { applyEdits, type Edit } from './support/edits.ts';

function load<T>(name: string): T {
  const url = new URL(`../../../vectors/directory/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

interface TrustJson {
  name: string;
  authorities: string[];
  threshold: number;
}
type Bad = { why: string; edits: Edit[] }[];

function trustOf(json: TrustJson): AuthoritySet & { name: string } {
  const authorities = json.authorities.map((text) => fromHex(text) as AuthorityHash);
  return { networkName: json.name, name: json.name, authorities, threshold: json.threshold };
}

test('canonical CBOR', () => {
  const vectors = load<{ valid: { hex: string }[]; invalid: { why: string; hex: string }[] }>(
    'cbor.json',
  );
  for (const { hex: text } of vectors.valid) {
    const value = decodeCanonical(fromHex(text), 'vector', 1_000);
    assert.equal(hex(encodeCanonical(value)), text);
    assert.equal(hex(referenceEncode(referenceDecode(fromHex(text)))), text);
  }
  for (const { why, hex: text } of vectors.invalid) {
    assert.throws(() => decodeCanonical(fromHex(text), 'vector', 1_000), why);
    assert.throws(() => referenceDecode(fromHex(text)), why);
  }
});

test('names of relays, authorities and networks', () => {
  const vectors = load<{
    relays: { identity: string; hash: string }[];
    authorities: { key: string; hash: string }[];
    network: { name: string; threshold: number; id: string };
  }>('names.json');
  for (const { identity, hash } of vectors.relays) {
    assert.equal(hex(referenceHash('relay-identity', fromBase64url(identity))), hash);
  }
  for (const { key, hash } of vectors.authorities) {
    assert.equal(hex(referenceHash('authority-identity', fromBase64url(key))), hash);
  }
  const { name, threshold, id } = vectors.network;
  const trust = trustOf({ name, threshold, authorities: vectors.authorities.map((a) => a.hash) });
  assert.equal(hex(networkIdOf(trust)), id);
  assert.equal(hex(referenceNetworkId(trust)), id);
});

test('signed descriptors', () => {
  const vectors = load<{
    valid: { signed: string; relay: string; layer: number; keys: number };
    invalid: Bad;
  }>('descriptor.json');
  const base = fromBase64url(vectors.valid.signed);
  const { descriptor, relay } = verifyDescriptor(base);
  const second = referenceSignedDescriptor(base);
  assert.equal(hex(relay), vectors.valid.relay);
  assert.equal(hex(second.hash), vectors.valid.relay);
  assert.deepEqual(
    [descriptor.layer, descriptor.keys.length],
    [vectors.valid.layer, vectors.valid.keys],
  );
  assert.deepEqual([second.layer, second.keys], [vectors.valid.layer, vectors.valid.keys]);
  for (const { why, edits } of vectors.invalid) {
    const bytes = applyEdits(base, edits);
    assert.throws(() => verifyDescriptor(bytes), why);
    assert.throws(() => referenceSignedDescriptor(bytes), why);
  }
});

test('link proofs', () => {
  const vectors = load<{
    proof: string;
    checks: { relay: string; keyHash: string; now: number; holds: boolean; why?: string }[];
  }>('link-proof.json');
  const proof = fromBase64url(vectors.proof);
  for (const { relay, keyHash, now, holds, why } of vectors.checks) {
    const expected = [fromHex(relay) as RelayHash, fromHex(keyHash), now] as const;
    assert.equal(verifyLinkProof(proof, ...expected), holds, why ?? 'holds');
    assert.equal(referenceLinkProof(proof, ...expected), holds, why ?? 'holds');
  }
});

test('published documents', () => {
  const vectors = load<{
    trust: TrustJson;
    valid: { published: string; hash: string; epoch: number; relays: string[] };
    invalid: Bad;
  }>('document.json');
  const trust = trustOf(vectors.trust);
  const base = fromBase64url(vectors.valid.published);
  const verified = verifyDocument(base, trust);
  const second = referenceDocument(base, trust);
  const { hash, epoch, relays } = vectors.valid;
  assert.deepEqual([hex(verified.hash), verified.document.epoch], [hash, epoch]);
  assert.deepEqual([hex(second.hash), second.epoch], [hash, epoch]);
  assert.deepEqual(verified.relayHashes.map(hex), relays);
  assert.deepEqual(
    second.relays.map((relay) => hex(relay.hash)),
    relays,
  );
  for (const { why, edits } of vectors.invalid) {
    const bytes = applyEdits(base, edits);
    assert.throws(() => verifyDocument(bytes, trust), why);
    assert.throws(() => referenceDocument(bytes, trust), why);
  }
});

test('votes', () => {
  const vectors = load<{
    trust: TrustJson;
    valid: {
      signed: string;
      hash: string;
      authority: string;
      epoch: number;
      attempt: number;
      relays: string[];
      signers: string[];
    };
    invalid: Bad;
    invalidDescriptors: Bad;
  }>('vote.json');
  const trust = trustOf(vectors.trust);
  const base = fromBase64url(vectors.valid.signed);
  const { vote, hash, signatures } = verifyVote(base, trust);
  const relays = vote.descriptors.map((signed) => hex(verifyDescriptor(signed).relay));
  const signers = signatures.map((one) => hex(authorityHashOf(one.authority)));
  const { authority, epoch, attempt } = vote;
  assert.deepEqual(
    { hash: hex(hash), authority: hex(authority), epoch, attempt, relays, signers },
    without(vectors.valid),
  );
  const second = referenceVote(base, trust);
  assert.deepEqual(
    {
      ...second,
      hash: hex(second.hash),
      authority: hex(second.authority),
      relays: second.relays.map(hex),
      signers: second.signers.map(hex),
    },
    without(vectors.valid),
  );
  for (const { why, edits } of vectors.invalid) {
    const bytes = applyEdits(base, edits);
    assert.throws(() => verifyVote(bytes, trust), why);
    assert.throws(() => referenceVote(bytes, trust), why);
  }
  // Authorities read descriptors apart from votes: packages/relay/test/authority/ballots.test.ts.
  for (const { why, edits } of vectors.invalidDescriptors) {
    assert.throws(() => referenceVote(applyEdits(base, edits), trust), why);
  }

  function without({ signed: _, ...rest }: typeof vectors.valid) {
    return rest;
  }
});

test('chains: what is taken, and what is in force', () => {
  const vectors = load<{
    trust: TrustJson;
    first: string;
    documents: { edits: Edit[] }[];
    runs: { steps: { add: number; outcome: string }[]; inForce: [number, number | null][] }[];
  }>('chain.json');
  const trust = trustOf(vectors.trust);
  const base = fromBase64url(vectors.first);
  const published = vectors.documents.map(({ edits }) => applyEdits(base, edits));
  const read = published.map((bytes) => referenceDocument(bytes, trust));
  const hashes = read.map((one) => hex(one.hash));
  for (const { steps, inForce } of vectors.runs) {
    const book = new DocumentBook(trust);
    const second = referenceBook();
    for (const { add, outcome } of steps) {
      const bytes = published[add] ?? base;
      if (outcome === 'document-chain') assert.throws(() => book.add(bytes), { code: outcome });
      else assert.equal(book.add(bytes), outcome);
      assert.equal(second.add(read[add] as ReferenceDocument), outcome);
    }
    for (const [epoch, index] of inForce) {
      const expected = index === null ? undefined : hashes[index];
      const mine = book.inForce(epoch)?.hash;
      assert.equal(mine && hex(mine), expected, `epoch ${epoch}`);
      const other = second.inForce(epoch)?.hash;
      assert.equal(other && hex(other), expected, `epoch ${epoch}, second reader`);
    }
  }
});

test('placement', () => {
  const { placements } = load<{
    placements: {
      edges: string[];
      families: string[];
      countries: string[];
      boxes: { mark: string; homes: string[] }[];
    }[];
  }>('placement.json');
  for (const { edges, families, countries, boxes } of placements) {
    const bytes = edges.map((text) => fromHex(text) as RelayHash);
    const generation: StoreGeneration = { firstDay: 0, edges: bytes, families, countries };
    for (const { mark, homes } of boxes) {
      assert.deepEqual(placeIn(generation, fromHex(mark)).map(hex), homes);
      assert.deepEqual(
        referencePlacement(bytes, families, countries, fromHex(mark)).map(hex),
        homes,
      );
    }
  }
});

test('cards', () => {
  const vectors = load<{
    valid: {
      text: string;
      name: string;
      authorities: string[];
      threshold: number;
      edges: [string, string][];
      joinSecret: string;
      networkId: string;
    };
    invalid: { why: string; text: string }[];
  }>('card.json');
  const { valid } = vectors;
  const card = decodeCard(valid.text);
  const second = referenceCard(valid.text);
  assert.deepEqual(
    card.edges.map((edge) => [edge.address, hex(edge.relay)]),
    valid.edges,
  );
  assert.deepEqual(
    second.edges.map(([address, relay]) => [address, hex(relay)]),
    valid.edges,
  );
  assert.deepEqual([card.networkName, second.name], [valid.name, valid.name]);
  assert.deepEqual(card.authorities.map(hex), valid.authorities);
  assert.deepEqual(second.authorities.map(hex), valid.authorities);
  assert.deepEqual([card.threshold, second.threshold], [valid.threshold, valid.threshold]);
  assert.equal(hex(card.joinSecret), valid.joinSecret);
  assert.equal(hex(second.secret), valid.joinSecret);
  assert.equal(hex(networkIdOf(card)), valid.networkId);
  assert.equal(hex(referenceNetworkId(second)), valid.networkId);
  for (const { why, text } of vectors.invalid) {
    assert.throws(() => decodeCard(text), why);
    assert.throws(() => referenceCard(text), why);
  }
});
