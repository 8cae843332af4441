import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url } from '@tacet/base';
import { checkDecoder, makeTestNetwork, seededRng } from '@tacet/testkit';
import { CARD_PREFIX, decodeCard, encodeCard } from '../src/card.ts';
import { type Cbor, decodeCanonical, encodeCanonical } from '../src/cbor.ts';
import { checkAuthoritySet, networkIdOf, smallestThreshold } from '../src/identity.ts';
import { MAX_CARD_CHARS } from '../src/limits.ts';
import type { AuthorityHash, NetworkCard } from '../src/types.ts';
import { throwsCode } from './support/refusals.ts';

const network = makeTestNetwork({ seed: 'card', authorities: 5, edges: 3 });
const { card, cardText } = network;
const fields = decodeCanonical(
  Uint8Array.fromBase64(cardText.slice(CARD_PREFIX.length), { alphabet: 'base64url' }),
  'card',
  MAX_CARD_CHARS,
) as Record<string, Cbor>;
const text = (change: object) => CARD_PREFIX + base64url(encodeCanonical({ ...fields, ...change }));

test('a card of five authorities and two edges has at most 600 characters', () => {
  assert.ok(cardText.length <= MAX_CARD_CHARS, `${cardText.length}`);
  const read = decodeCard(cardText);
  assert.equal(encodeCard(read), cardText);
  assert.deepEqual(networkIdOf(read), networkIdOf(card));
  assert.deepEqual(read.edges, card.edges);
  assert.deepEqual(read.joinSecret, card.joinSecret);
  assert.equal(read.threshold, 3);
});

test('keeps the rules of every decoder', () => {
  checkDecoder({
    decode: (bytes) => decodeCard(Buffer.from(bytes).toString('latin1')),
    encode: (value) => new Uint8Array(Buffer.from(encodeCard(value), 'latin1')),
    valid: new Uint8Array(Buffer.from(cardText, 'latin1')),
    rng: seededRng('card'),
    places: 600,
  });
});

test('white space around a pasted card does not matter, inside it does', () => {
  assert.equal(encodeCard(decodeCard(`\n  ${cardText}\r\n`)), cardText);
  throwsCode(() => decodeCard(`${cardText.slice(0, 80)}\n${cardText.slice(80)}`), 'malformed');
});

const [hashA] = card.authorities;
const refusals: readonly [string, string][] = [
  ['nothing', ''],
  ['another prefix', cardText.replace('network/1', 'network/2')],
  ['capitals in the prefix', cardText.replace('tacet', 'Tacet')],
  ['padding', `${cardText}=`],
  ['the other base64', cardText.replaceAll('-', '+').replaceAll('_', '/')],
  ['no authority', text({ a: [] })],
  ['an authority twice', text({ a: [hashA, hashA], t: 2 })],
  ['authorities out of order', text({ a: (fields['a'] as Cbor[]).toReversed() })],
  ['a threshold of 0', text({ t: 0 })],
  ['a threshold below a majority', text({ t: 2 })],
  ['a threshold above the authorities', text({ t: 6 })],
  ['no edge', text({ e: [] })],
  ['an edge twice', text({ e: [0, 0].map(() => (fields['e'] as Cbor[])[0]) })],
  ['an edge without port', text({ e: [['host', hashA]] })],
  ['an edge with three parts', text({ e: [['host:1', hashA, 1]] })],
  ['a short edge hash', text({ e: [['host:1', new Uint8Array(31)]] })],
  ['a join secret of 15 bytes', text({ s: new Uint8Array(15) })],
  ['a name with a line break', text({ n: 'a\nb' })],
  ['an unknown field', text({ x: 1 })],
];

for (const [what, wrong] of refusals) {
  test(`refuses ${what}`, () => {
    throwsCode(() => decodeCard(wrong), 'malformed');
  });
}

test('an open network has an empty join secret', () => {
  const open = encodeCard({ ...card, joinSecret: new Uint8Array(0) });
  assert.equal(decodeCard(open).joinSecret.length, 0);
});

test('a card that would be longer than 600 characters is not made', () => {
  const edges = [1, 2, 3, 4, 5, 6].map((n) => ({
    address: `a-rather-long-host-name-${n}.relays.example.org:8443`,
    relay: network.relays[n % network.relays.length]?.hash ?? network.relays[0]?.hash,
  })) as NetworkCard['edges'];
  throwsCode(() => encodeCard({ ...card, edges }), 'card-too-long');
});

test('a threshold is a majority of different authorities', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9].map(smallestThreshold), [1, 2, 2, 3, 3, 5]);
  checkAuthoritySet(card);
  const bad = [
    { ...card, authorities: [] },
    { ...card, threshold: 2 },
    { ...card, threshold: 6 },
    { ...card, authorities: [hashA, hashA] as AuthorityHash[], threshold: 2 },
  ];
  for (const set of bad) throwsCode(() => checkAuthoritySet(set), 'authority-set');
});
