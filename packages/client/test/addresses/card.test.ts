/** docs/spec/16-addresses.md 1: the card and its text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url, isAppError, utf8 } from '@tacet/base';
import { kemKeyPair } from '@tacet/crypto';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import {
  addressSecret,
  cardWords,
  decodeAddressCard,
  decodeAddressLink,
  encodeAddressCard,
  encodeAddressLink,
} from '../../src/addresses/card.ts';
import { checkFuzz, checkLengths, outcome } from '../exact.ts';

const rng = seededRng('address card');
const random = (n: number): Uint8Array => rng.fill(new Uint8Array(n));
const network = makeTestNetwork({ seed: 'address card' });
const card = {
  network: network.document.networkId.slice(0, 8),
  r: random(32),
  keySetHash: random(32),
  identityKey: random(33),
  kem: kemKeyPair(random(32)).publicKey,
  name: 'Änne',
};
const bytes = encodeAddressCard(card);

test('an address card comes back as it was made, from every text form', () => {
  assert.deepEqual(decodeAddressCard(bytes), card);
  const short = encodeAddressLink(bytes, null);
  assert.equal(decodeAddressLink(` ${short}\n`).networkCard, null);
  assert.deepEqual(decodeAddressLink(short).bytes, bytes);
  const full = encodeAddressLink(bytes, network.cardText);
  assert.equal(decodeAddressLink(full).networkCard, network.cardText);
  assert.deepEqual(decodeAddressLink(full).card, card);
  assert.ok(full.length <= 2_460, `${full.length}`);
});

test('every bit of the card is in its secret and in its words', () => {
  const secret = addressSecret(bytes);
  const words = cardWords(bytes);
  assert.match(words, /^([a-z]{5} ){7}[a-z]{5}$/);
  for (let at = 0; at < bytes.length; at++) {
    const other = bytes.slice();
    other[at] = (other[at] ?? 0) ^ (1 << (at % 8));
    assert.notDeepEqual(addressSecret(other), secret, `byte ${at}`);
    assert.notEqual(cardWords(other), words, `byte ${at}`);
  }
});

test('a card is read exactly: lengths, version, key, name, and noise', () => {
  checkLengths(bytes, decodeAddressCard);
  checkFuzz(bytes, decodeAddressCard, 'address card fuzz');
  const with_ = (at: number, value: number): Uint8Array => {
    const other = bytes.slice();
    other[at] = value;
    return other;
  };
  const nameAt = bytes.length - utf8(card.name).length;
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['version', with_(0, 2)],
    ['no name', encodeAddressCard({ ...card, name: '' })],
    ['name of 65 bytes', encodeAddressCard({ ...card, name: 'x'.repeat(65) })],
    ['name that is no UTF-8', with_(nameAt, 0xff)],
    ['an X-Wing key that is none', encodeAddressCard({ ...card, kem: kemOfOnes() })],
  ];
  for (const [what, wrong] of bad) assert.equal(outcome(decodeAddressCard, wrong), null, what);
});

function kemOfOnes(): typeof card.kem {
  return new Uint8Array(1_216).fill(255) as typeof card.kem;
}

test('an address is taken in its one form and in no other', () => {
  const link = encodeAddressLink(bytes, null);
  const elsewhere = makeTestNetwork({ seed: 'another network' });
  const bad = [
    '',
    link.slice(0, -1),
    link.replace('address/1', 'address/2'),
    link.replace('tacet:', 'https:'),
    `x${link}`,
    `${link}.`,
    `${link}=`,
    `${link}.AAAA`,
    encodeAddressLink(bytes, elsewhere.cardText),
    link.replace('#', '#A'),
    `tacet://address/1#${base64url(new Uint8Array(1_323))}`,
    `${link.slice(0, 100)} ${link.slice(100)}`,
    'x'.repeat(100_000),
  ];
  for (const text of bad) {
    assert.throws(
      () => decodeAddressLink(text),
      (error) => isAppError(error, 'address-malformed'),
      text.slice(0, 60),
    );
  }
});
