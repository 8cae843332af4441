import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentHash } from '@tacet/onion';
import { checkDecoder, makeTestNetwork, seededRng } from '@tacet/testkit';
import { claimsOf, compareClaims, decodeClaims, encodeClaims } from '../src/gossip.ts';
import { throwsCode } from './support/refusals.ts';

const network = makeTestNetwork({ parameters: { keysAhead: 2, validEpochs: 3 } });
const first = network.verified;
const e = first.document.epoch;
const second = network.next(first, e + 1);
const twin = network.next(first, e + 1, { echo: Uint8Array.of(1) });

test('claims name the newest documents held, newest first, at most four', () => {
  const held = [first, second];
  assert.deepEqual(claimsOf(held), [
    { epoch: e + 1, hash: second.hash },
    { epoch: e, hash: first.hash },
  ]);
  let last = second;
  for (let i = 2; i < 6; i++) {
    last = network.next(last, e + i);
    held.push(last);
  }
  assert.deepEqual(
    claimsOf(held).map(({ epoch }) => epoch - e),
    [5, 4, 3, 2],
  );
});

test('hash gossip: two hashes of one epoch are found, missing epochs say nothing', () => {
  const held = [first, second];
  assert.deepEqual(compareClaims(held, claimsOf(held)), []);
  assert.deepEqual(compareClaims(held, [{ epoch: e + 9, hash: second.hash }]), []);
  assert.deepEqual(compareClaims([], claimsOf(held)), []);
  assert.deepEqual(compareClaims(held, claimsOf([first, twin])), [
    { held: second, claimed: twin.hash },
  ]);
});

test('claims keep the rules of every decoder', () => {
  const claims = claimsOf([first, second]);
  checkDecoder({
    decode: decodeClaims,
    encode: encodeClaims,
    valid: encodeClaims(claims),
    rng: seededRng('claims'),
  });
  assert.deepEqual(decodeClaims(encodeClaims([])), []);
  const hash = new Uint8Array(32) as DocumentHash;
  const wrong = [
    [1, 2],
    [2, 2],
    [5, 4, 3, 2, 1],
  ].map((epochs) => encodeClaims(epochs.map((epoch) => ({ epoch, hash }))));
  for (const bytes of wrong) throwsCode(() => decodeClaims(bytes), 'malformed');
});
