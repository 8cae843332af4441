import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Vote } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { DescriptorReader } from '../../src/authority/ballots.ts';

const network = makeTestNetwork({ seed: 'ballots', mixesPerLayer: 1, edges: 2 });
const signed = network.relays.map((relay) => relay.signedDescriptor);
const vote = (descriptors: readonly Uint8Array[]): Vote => ({ descriptors }) as Vote;

test('the relays a vote admits are read, and read again at once', () => {
  const reader = new DescriptorReader();
  const found = reader.read(vote(signed));
  assert.deepEqual(
    found?.map(({ relay }) => relay),
    network.relays.map((relay) => relay.hash),
  );
  assert.equal(reader.read(vote(signed))?.[0], found?.[0]);
  assert.deepEqual(reader.read(vote([])), []);
});

test('a forged descriptor, a relay twice, or another order makes the whole vote void', () => {
  const reader = new DescriptorReader();
  const forged = signed.map((bytes) => bytes.slice());
  const last = forged.at(-1);
  assert.ok(last);
  last[last.length - 1] = (last.at(-1) ?? 0) ^ 1;
  const [first] = signed;
  assert.ok(first);
  for (const descriptors of [forged, [first, first], signed.toReversed(), [new Uint8Array(9)]]) {
    assert.equal(reader.read(vote(descriptors)), null);
  }
});
