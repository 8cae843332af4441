import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '@tacet/base';
import { checkDecoder, makeTestNetwork, seededRng } from '@tacet/testkit';
import { trimKeys } from '../src/descriptor.ts';
import { decodeDocument, documentHash, encodeDocument, isPassable } from '../src/document.ts';
import { authorityHashOf, networkIdOf } from '../src/identity.ts';
import { MAX_DOCUMENT_BYTES } from '../src/limits.ts';
import { encodePublished, signDocument, signHash, verifyDocument } from '../src/published.ts';
import type { Document, RelayHash, StoreGeneration } from '../src/types.ts';
import { throwsCode } from './support/refusals.ts';

const network = makeTestNetwork({
  seed: 'document',
  authorities: 3,
  parameters: { keysAhead: 1, validEpochs: 2 },
});
const { document, trust } = network;
const body = encodeDocument(document);
const [one, two, three] = network.authorities;
assert.ok(one && two && three);
const generation = document.generations[0] as StoreGeneration;

test('the body keeps the rules of every decoder', () => {
  checkDecoder({
    decode: decodeDocument,
    encode: encodeDocument,
    valid: body,
    rng: seededRng('body'),
    places: 120,
    fuzzRuns: 60,
  });
});

test('no changed byte of a published document passes', () => {
  checkDecoder({
    decode: (bytes) => verifyDocument(bytes, trust),
    valid: network.documentBytes,
    signed: true,
    rng: seededRng('published'),
    places: 120,
    fuzzRuns: 60,
  });
});

test('a verified document carries its hash, its relays and the bytes it came in', () => {
  const verified = verifyDocument(network.documentBytes, trust);
  assert.deepEqual(verified.document, document);
  assert.deepEqual(verified.hash, documentHash(body));
  assert.deepEqual(
    verified.relayHashes,
    network.relays.map((relay) => relay.hash),
  );
  assert.deepEqual(verified.bytes, network.documentBytes);
});

const bent = (change: Partial<Document>): Document => ({ ...document, ...change });
const withoutLayer = (layer: number) => document.relays.filter((relay) => relay.layer !== layer);
const late = document.relays.map((relay) =>
  relay.layer === 2 ? (trimKeys(relay, document.epoch + 1, document.epoch + 2) ?? relay) : relay,
);
const withLoops = document.relays.map((relay) => ({
  ...relay,
  loops: [{ relay: generation.edges[0] as RelayHash, sent: 1, lost: 0 }],
}));
const edgeHash = generation.edges[0] as RelayHash;

const refusals: readonly [string, Document][] = [
  ['relays out of order', bent({ relays: document.relays.toReversed() })],
  ['a relay twice', bent({ relays: [...document.relays, ...document.relays.slice(-1)] })],
  ['an empty layer 1', bent({ relays: withoutLayer(1) })],
  ['an empty layer 3', bent({ relays: withoutLayer(3) })],
  ['no edge', bent({ relays: withoutLayer(0) })],
  ['a layer without a key for its own epoch', bent({ relays: late })],
  ['keys of epochs before its own', bent({ epoch: document.epoch + 1 })],
  ['keys beyond its validity', bent({ epoch: document.epoch - 1 })],
  ['no store generation', bent({ generations: [] })],
  [
    'five store generations',
    bent({ generations: [5, 4, 3, 2, 1].map((firstDay) => ({ ...generation, firstDay })) }),
  ],
  [
    'store generations oldest first',
    bent({ generations: [1, 2].map((firstDay) => ({ ...generation, firstDay })) }),
  ],
  [
    'a store generation that begins tomorrow',
    bent({ generations: [{ ...generation, firstDay: generation.firstDay + 1 }] }),
  ],
  [
    'a store generation without edges',
    bent({ generations: [{ ...generation, edges: [], families: [], countries: [] }] }),
  ],
  [
    'a store generation with an edge twice',
    bent({ generations: [{ ...generation, edges: [edgeHash, edgeHash] }] }),
  ],
  [
    'a store generation with a family missing',
    bent({ generations: [{ ...generation, families: ['a'] }] }),
  ],
  [
    'a store generation with a country missing',
    bent({ generations: [{ ...generation, countries: ['DE'] }] }),
  ],
  ['a network name of 33 bytes', bent({ networkName: 'n'.repeat(33) })],
  ['an epoch of 33 bits', bent({ epoch: 2 ** 32 })],
  ['a beginning that is not in force at once', bent({ immediate: false })],
  ['an Echo card of 4,097 bytes', bent({ echo: new Uint8Array(4_097) })],
  ['a release statement of 513 bytes', bent({ release: new Uint8Array(513) })],
  ['what one relay says of another', bent({ relays: withLoops })],
  ['parameters out of range', bent({ parameters: { ...document.parameters, slotMs: 1 } })],
];

for (const [what, wrong] of refusals) {
  test(`refuses ${what}, and does not sign it`, () => {
    const bytes = encodeDocument(wrong);
    throwsCode(() => decodeDocument(bytes), 'malformed');
    throwsCode(() => signDocument(wrong, [one, two]), 'document-rules');
    const signatures = [one, two].map((pair) => signHash(pair, documentHash(bytes)));
    throwsCode(
      () => verifyDocument(encodePublished(bytes, signatures), trust),
      'document-malformed',
    );
  });
}

test('oversized document: refused before it is read', () => {
  const large = new Uint8Array(MAX_DOCUMENT_BYTES + 1);
  throwsCode(() => verifyDocument(large, trust), 'document-malformed');
});

test('128 relays of one key fit the size limit; a document of 24 keys holds 110', () => {
  const perRelay = (keys: number) => {
    const relay = document.relays[0];
    assert.ok(relay);
    const single = encodeDocument({
      ...document,
      relays: [{ ...relay, keys: relay.keys.slice(0, 1) }],
    });
    const double = encodeDocument({
      ...document,
      relays: [{ ...relay, keys: relay.keys.slice(0, 2) }],
    });
    const none = encodeDocument({ ...document, relays: [] });
    return single.length - none.length + (keys - 1) * (double.length - single.length);
  };
  assert.ok(128 * perRelay(3) < MAX_DOCUMENT_BYTES);
  assert.ok(110 * perRelay(24) < MAX_DOCUMENT_BYTES);
});

test('a majority of authorities must sign, each with both halves', () => {
  const hash = documentHash(body);
  const published = (...pairs: (typeof one)[]) =>
    encodePublished(
      body,
      pairs.map((pair) => signHash(pair, hash)),
    );
  verifyDocument(published(one, two), trust);
  verifyDocument(published(three, one), trust);
  verifyDocument(published(one, two, three), trust);
  throwsCode(() => verifyDocument(published(one), trust), 'document-signatures');

  const mixed = signHash(two, hash);
  const half = {
    ...mixed,
    signature: { ...mixed.signature, mldsa65: signHash(one, hash).signature.mldsa65 },
  };
  throwsCode(
    () => verifyDocument(encodePublished(body, [signHash(one, hash), half]), trust),
    'document-signatures',
  );
});

test('one authority cannot count twice', () => {
  const signature = signHash(one, documentHash(body));
  const twice = encodePublished(body, [signature, signature]);
  throwsCode(() => verifyDocument(twice, trust), 'document-malformed');
});

test('a signature by a stranger, or over another hash, is refused even beside enough good ones', () => {
  const stranger = makeTestNetwork({ seed: 'stranger' }).authorities[0];
  assert.ok(stranger);
  const hash = documentHash(body);
  const good = [one, two].map((pair) => signHash(pair, hash));
  const wrong = [signHash(stranger, hash), signHash(three, documentHash(new Uint8Array(1)))];
  for (const signature of wrong) {
    const bytes = encodePublished(body, [...good, signature]);
    throwsCode(() => verifyDocument(bytes, trust), 'document-signatures');
  }
});

test('more signatures later change neither body nor hash', () => {
  const hash = documentHash(body);
  const few = encodePublished(
    body,
    [one, two].map((pair) => signHash(pair, hash)),
  );
  const all = encodePublished(
    body,
    [one, two, three].map((pair) => signHash(pair, hash)),
  );
  assert.deepEqual(verifyDocument(few, trust).hash, verifyDocument(all, trust).hash);
});

test('a document of another network is refused, also one of the same name or of the same authorities', () => {
  const sameAuthorities = { ...trust, networkName: 'other network' };
  throwsCode(() => verifyDocument(network.documentBytes, sameAuthorities), 'document-network');
  const otherThreshold = { ...trust, threshold: 3 };
  throwsCode(() => verifyDocument(network.documentBytes, otherThreshold), 'document-network');
  const otherAuthorities = makeTestNetwork({ seed: 'other', authorities: 3 }).trust;
  throwsCode(() => verifyDocument(network.documentBytes, otherAuthorities), 'document-signatures');
});

test("a network's id depends on name, authorities and threshold, not on their order", () => {
  const id = networkIdOf(trust);
  assert.deepEqual(networkIdOf({ ...trust, authorities: trust.authorities.toReversed() }), id);
  const others = [
    { ...trust, networkName: 'x' },
    { ...trust, threshold: 3 },
    { ...trust, authorities: trust.authorities.slice(1) },
  ];
  for (const other of others) assert.notDeepEqual(networkIdOf(other), id);
  assert.deepEqual(document.networkId, id);
  assert.deepEqual(
    trust.authorities,
    network.authorities.map((pair) => authorityHashOf(pair.publicKey)),
  );
});

test('passable: a key for the epoch in each layer', () => {
  assert.equal(isPassable(document.relays, document.epoch), true);
  assert.equal(isPassable(document.relays, document.epoch + 1), true);
  assert.equal(isPassable(document.relays, document.epoch + 2), false);
  assert.equal(isPassable(document.relays, document.epoch - 1), false);
  assert.equal(isPassable(late, document.epoch), false);
  assert.equal(document.publishedAt % HOUR, 10 * 60_000);
});
