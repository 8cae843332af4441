import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@tacet/base';
import { hybridKeyPair, hybridSignatureBytes } from '@tacet/crypto';
import { checkDecoder, makeTestNetwork, seededRng } from '@tacet/testkit';
import { encodeCanonical } from '../src/cbor.ts';
import {
  decodeDescriptor,
  descriptorFields,
  encodeDescriptor,
  linkHolds,
  signDescriptor,
  trimKeys,
  verifyDescriptor,
} from '../src/descriptor.ts';
import { relayHashOf } from '../src/identity.ts';
import { MAX_DESCRIPTOR_BYTES, MAX_LOOPS } from '../src/limits.ts';
import { makeLinkCertificate } from '../src/link-certificate.ts';
import type { Descriptor } from '../src/types.ts';
import { throwsCode } from './support/refusals.ts';

const network = makeTestNetwork({
  seed: 'descriptor',
  parameters: { keysAhead: 1, validEpochs: 2 },
});
const [mix] = network.mixes;
const [edge] = network.edges;
assert.ok(mix && edge);

const encodeChanged = (descriptor: Descriptor, change: object) =>
  encodeCanonical({ ...descriptorFields(descriptor), ...change });

test('keeps the rules of every decoder', () => {
  checkDecoder({
    decode: decodeDescriptor,
    encode: encodeDescriptor,
    valid: encodeDescriptor(edge.descriptor),
    rng: seededRng('descriptor'),
  });
});

test('no changed byte of a signed descriptor passes', () => {
  checkDecoder({
    decode: verifyDescriptor,
    valid: mix.signedDescriptor,
    signed: true,
    rng: seededRng('signed descriptor'),
    places: 150,
    fuzzRuns: 50,
  });
});

test('a signed descriptor names its relay', () => {
  const { descriptor, relay } = verifyDescriptor(edge.signedDescriptor);
  assert.deepEqual(descriptor, edge.descriptor);
  assert.deepEqual(relay, edge.hash);
  assert.deepEqual(relay, relayHashOf(edge.identity.publicKey));
});

const loops = (first: number) => ({
  relay: new Uint8Array(32).fill(first, 0, 1),
  sent: 7,
  lost: 7,
});

const refusals: readonly [string, Descriptor, object][] = [
  ['version 2', mix.descriptor, { version: 2 }],
  ['a mix in layer 0', mix.descriptor, { layer: 0 }],
  ['a mix in layer 4', mix.descriptor, { layer: 4 }],
  ['an edge in layer 1', edge.descriptor, { layer: 1 }],
  ['another role', mix.descriptor, { role: 'authority' }],
  ['a mix with a client address', mix.descriptor, { clientAddress: 'a:1' }],
  ['an edge without one', edge.descriptor, { clientAddress: '' }],
  ['no relay address', mix.descriptor, { relayAddress: '' }],
  ['an address without port', mix.descriptor, { relayAddress: 'relay.example' }],
  ['port 0', mix.descriptor, { relayAddress: 'relay.example:0' }],
  ['port 65536', mix.descriptor, { relayAddress: 'relay.example:65536' }],
  ['an empty family', mix.descriptor, { family: '' }],
  ['a family of 33 bytes', mix.descriptor, { family: 'a'.repeat(33) }],
  ['a family of 17 two-byte letters', mix.descriptor, { family: 'é'.repeat(17) }],
  ['a family with a line break', mix.descriptor, { family: 'a\nb' }],
  ['a family that turns the writing direction', mix.descriptor, { family: 'a\u202eb' }],
  ['a family with an invisible space', mix.descriptor, { family: 'a\u200bb' }],
  ['a family with spaces around', mix.descriptor, { family: ' a' }],
  ['a country in small letters', mix.descriptor, { country: 'de' }],
  ['a country of three letters', mix.descriptor, { country: 'DEU' }],
  ['no key', mix.descriptor, { keys: [] }],
  ['a short key', mix.descriptor, { keys: [new Uint8Array(1_215)] }],
  ['a key outside the field', mix.descriptor, { keys: [new Uint8Array(1_216).fill(0xff)] }],
  [
    'one key for two epochs',
    mix.descriptor,
    { keys: [...mix.descriptor.keys, mix.descriptor.keys[0]] },
  ],
  ['keys beyond the last epoch', mix.descriptor, { firstEpoch: 0xffff_ffff }],
  ['an epoch beyond 32 bits', mix.descriptor, { firstEpoch: 0x1_0000_0000 }],
  ['capacity 0', mix.descriptor, { capacity: 0 }],
  ['capacity 100,001', mix.descriptor, { capacity: 100_001 }],
  ['a time after the year 9999', mix.descriptor, { issuedAt: 253_402_300_800_000 }],
  ['source over plain http', mix.descriptor, { sourceUrl: 'http://example.org/' }],
  ['source that is a script', mix.descriptor, { sourceUrl: 'javascript:alert(1)' }],
  ['source with a quote', mix.descriptor, { sourceUrl: 'https://example.org/"><b>' }],
  ['source with a space', mix.descriptor, { sourceUrl: 'https://example.org/a b' }],
  ['source of 201 bytes', mix.descriptor, { sourceUrl: `https://e/${'a'.repeat(191)}` }],
  ['a commit of 39 digits', mix.descriptor, { sourceCommit: '0'.repeat(39) }],
  ['a commit in capitals', mix.descriptor, { sourceCommit: 'A'.repeat(40) }],
  ['a rate beyond any capacity', mix.descriptor, { requestRate: 100_000_001 }],
  ['requests of an edge', edge.descriptor, { requestRate: 1 }],
  ['loops of a relay twice', mix.descriptor, { loops: [loops(1), loops(1)] }],
  ['loops out of order', mix.descriptor, { loops: [loops(2), loops(1)] }],
  ['loops that were not sent', mix.descriptor, { loops: [{ ...loops(1), sent: 0, lost: 0 }] }],
  ['more lost than sent', mix.descriptor, { loops: [{ ...loops(1), lost: 8 }] }],
  ['loops with an unknown field', mix.descriptor, { loops: [{ ...loops(1), more: 1 }] }],
  [
    'loops of 129 relays',
    mix.descriptor,
    { loops: Array.from({ length: 129 }, (_, i) => loops(i)) },
  ],
  ['leaving as a number', mix.descriptor, { leaving: 1 }],
  ['an unknown field', mix.descriptor, { more: 1 }],
  ['an identity of the wrong length', mix.descriptor, { identity: new Uint8Array(1_983) }],
  ['text for bytes', mix.descriptor, { identity: 'a' }],
];

for (const [what, descriptor, change] of refusals) {
  test(`refuses ${what}`, () => {
    throwsCode(() => decodeDescriptor(encodeChanged(descriptor, change)), 'malformed');
  });
}

test('refuses a missing field, whichever', () => {
  const fields = descriptorFields(mix.descriptor);
  for (const name of Object.keys(fields)) {
    const { [name]: _, ...rest } = fields;
    throwsCode(() => decodeDescriptor(encodeCanonical(rest)), 'malformed', name);
  }
});

test('32 keys and loops of 128 relays fit, 33 keys do not', () => {
  const keys = Array.from({ length: 33 }, (_, i) => mix.kem(i).publicKey);
  const most = encodeChanged(mix.descriptor, {
    keys: keys.slice(1),
    loops: Array.from({ length: 128 }, (_, i) => ({ ...loops(i), sent: MAX_LOOPS })),
  });
  const signed = signDescriptor(mix.identity, decodeDescriptor(most));
  assert.ok(signed.length <= MAX_DESCRIPTOR_BYTES, `${signed.length} bytes`);
  assert.equal(verifyDescriptor(signed).descriptor.keys.length, 32);
  throwsCode(() => decodeDescriptor(encodeChanged(mix.descriptor, { keys })), 'malformed');
});

test('a descriptor signed by another identity is refused, with both halves of the signature', () => {
  const stranger = hybridKeyPair(new Uint8Array(64).fill(9));
  const body = encodeDescriptor(mix.descriptor);
  const good = mix.identity.sign('descriptor', body);
  const bad = stranger.sign('descriptor', body);
  const halves = [
    bad,
    { ed25519: good.ed25519, mldsa65: bad.mldsa65 },
    { ed25519: bad.ed25519, mldsa65: good.mldsa65 },
    mix.identity.sign('document-signature', body),
  ];
  for (const signature of halves) {
    const signed = encodeCanonical({ body, signature: hybridSignatureBytes(signature) });
    throwsCode(() => verifyDescriptor(signed), 'descriptor-signature');
  }
});

test('a link certificate of another relay, or one that had run out, is refused', () => {
  const { keyHash, notAfter } = mix.descriptor.link;
  const foreign = makeLinkCertificate(edge.identity, keyHash, notAfter);
  const ended = makeLinkCertificate(mix.identity, keyHash, mix.descriptor.issuedAt - 1);
  for (const link of [foreign, ended]) {
    const signed = signDescriptor(mix.identity, { ...mix.descriptor, link });
    throwsCode(() => verifyDescriptor(signed), 'descriptor-signature');
  }
});

test('signing refuses what no authority would take', () => {
  throwsCode(() => signDescriptor(mix.identity, { ...mix.descriptor, country: 'xx' }), 'malformed');
});

test('trimming keeps the keys of the epochs asked for', () => {
  const keys = Array.from({ length: 5 }, (_, i) => mix.kem(10 + i).publicKey);
  const descriptor = { ...mix.descriptor, firstEpoch: 10, keys };
  const cases: readonly [number, number, number, number][] = [
    [10, 15, 10, 5],
    [0, 100, 10, 5],
    [12, 14, 12, 2],
    [8, 11, 10, 1],
    [14, 20, 14, 1],
  ];
  for (const [from, to, first, count] of cases) {
    const trimmed = trimKeys(descriptor, from, to);
    assert.deepEqual([trimmed?.firstEpoch, trimmed?.keys.length], [first, count]);
    assert.deepEqual(trimmed?.keys, keys.slice(first - 10, first - 10 + count));
  }
  assert.equal(trimKeys(descriptor, 15, 20), null);
  assert.equal(trimKeys(descriptor, 0, 10), null);
  assert.equal(linkHolds(descriptor, descriptor.link.notAfter), true);
  assert.equal(linkHolds(descriptor, descriptor.link.notAfter + 1), false);
});

test('bytes that are no CBOR at all are malformed', () => {
  throwsCode(() => verifyDescriptor(utf8('hello')), 'malformed');
  throwsCode(() => verifyDescriptor(new Uint8Array(MAX_DESCRIPTOR_BYTES + 1)), 'malformed');
});
