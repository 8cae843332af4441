import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorityHashOf, countersignVote, type SignedVote, signVote } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { Exchange, type Slot } from '../../src/authority/exchange.ts';

const network = makeTestNetwork({ seed: 'exchange', authorities: 5 });
const slot: Slot = { epoch: 7, attempt: 0, due: 1_000, end: 4_000, publishedAt: 5_000 };

function voteOf(voter: number, mark: number, passedBy: readonly number[] = []): SignedVote {
  const [pair, ...others] = [voter, ...passedBy].map((i) => network.authorities[i]);
  assert.ok(pair);
  const signed = signVote(pair, {
    authority: authorityHashOf(pair.publicKey),
    networkId: network.document.networkId,
    epoch: slot.epoch,
    attempt: slot.attempt,
    previous: network.verified.hash,
    parameters: network.parameters,
    echo: Uint8Array.of(mark),
    release: new Uint8Array(0),
    descriptors: [],
  });
  return others.reduce((vote, other) => (other ? countersignVote(other, vote) : vote), signed);
}

test('a vote is taken as long as its signatures say that it was on its way', () => {
  const exchange = () => new Exchange(slot, 5);
  assert.equal(exchange().roundMs, 1_000);
  const cases: readonly [SignedVote, number, string][] = [
    [voteOf(1, 0), -1, 'early'],
    [voteOf(1, 0), 0, 'accepted'],
    [voteOf(1, 0), 2_000, 'accepted'],
    [voteOf(1, 0), 2_001, 'late'],
    [voteOf(1, 0, [2]), 3_000, 'accepted'],
    [voteOf(1, 0, [2]), 3_001, 'late'],
    [voteOf(1, 0, [2, 3]), 4_000, 'accepted'],
    [voteOf(1, 0, [2, 3]), 4_001, 'late'],
    [voteOf(1, 0, [2, 3, 4]), 4_001, 'late'],
  ];
  for (const [vote, now, expected] of cases) assert.equal(exchange().offer(vote, now), expected);
});

test('authority equivocating: two votes of one voter count for nothing, a third is not kept', () => {
  const exchange = new Exchange(slot, 5);
  const [a, b, c] = [voteOf(1, 0), voteOf(1, 1), voteOf(1, 2)];
  assert.equal(exchange.offer(a, 1_000), 'accepted');
  assert.equal(exchange.offer(a, 1_000), 'known');
  assert.equal(exchange.twin(a), null);
  assert.equal(exchange.counted().length, 1);
  assert.equal(exchange.offer(b, 1_000), 'accepted');
  assert.deepEqual(exchange.twin(b), a);
  assert.equal(exchange.offer(c, 1_000), 'surplus');
  assert.deepEqual(exchange.counted(), []);
  exchange.offer(voteOf(2, 0), 1_000);
  assert.equal(exchange.counted().length, 1);
});
