import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, shuffle } from '@tacet/base';
import { type AuthorityHash, authorityHashOf, type Parameters } from '@tacet/directory';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import type { Registered } from '../../src/authority/register.ts';
import { type Ballot, tallyVotes } from '../../src/authority/tally.ts';

const network = makeTestNetwork({ seed: 'tally', authorities: 5, mixesPerLayer: 2, edges: 2 });
const all: Registered[] = network.relays.map(({ hash, descriptor, signedDescriptor }) => ({
  relay: hash,
  descriptor,
  signed: signedDescriptor,
}));
const first = network.verified;
const find = (hash: Uint8Array) => (hex(hash) === hex(first.hash) ? first : null);

function ballot(voter: number, change: Partial<Ballot['vote']> = {}, relays = all): Ballot {
  const key = network.authorities[voter]?.publicKey;
  assert.ok(key);
  return {
    relays,
    vote: {
      authority: authorityHashOf(key) as AuthorityHash,
      networkId: network.document.networkId,
      epoch: first.document.epoch + 1,
      attempt: 0,
      previous: first.hash,
      parameters: network.parameters,
      echo: new Uint8Array(0),
      release: new Uint8Array(0),
      descriptors: [],
      ...change,
    },
  };
}

const tally = (ballots: readonly Ballot[]) => tallyVotes(5, ballots, find);

test('a relay is in when more than half of all authorities vote for it', () => {
  const three = [0, 1, 2].map((i) => ballot(i));
  assert.equal(tally(three)?.registered.length, all.length);
  const few = [ballot(0), ballot(1), ballot(2, {}, all.slice(1)), ballot(3, {}, all.slice(1))];
  const names = tally(few)?.registered.map(({ relay }) => hex(relay));
  assert.deepEqual(
    names,
    all.slice(1).map(({ relay }) => hex(relay)),
  );
});

test('of each relay the newest descriptor counts, whoever has it', () => {
  const [entry, ...rest] = all as [Registered, ...Registered[]];
  const issuedAt = entry.descriptor.issuedAt + 1;
  const newer = { ...entry, descriptor: { ...entry.descriptor, issuedAt } };
  const ballots = [ballot(0), ballot(1), ballot(2), ballot(3, {}, [newer, ...rest])];
  assert.equal(tally(ballots)?.registered[0]?.descriptor.issuedAt, issuedAt);
  const equal = { ...entry, signed: Uint8Array.of(255) };
  for (const order of [
    [entry, equal],
    [equal, entry],
  ]) {
    const two = [0, 1, 2].map((i) => ballot(i, {}, [order[i % 2] as Registered, ...rest]));
    assert.equal(tally(two)?.registered[0]?.signed[0], 255, 'of two at once the greater one');
  }
});

test('parameters, Echo and release are what a majority wants, else what they were', () => {
  const other: Parameters = { ...network.parameters, slotMs: 999 };
  const change = { parameters: other, echo: Uint8Array.of(1), release: Uint8Array.of(2) };
  const before = tally([ballot(0, change), ballot(1, change), ballot(2), ballot(3)]);
  assert.equal(before?.parameters.slotMs, network.parameters.slotMs);
  assert.equal(before?.echo.length, 0);
  const after = tally([ballot(0, change), ballot(1, change), ballot(2, change), ballot(3)]);
  assert.equal(after?.parameters.slotMs, 999);
  assert.deepEqual([after?.echo[0], after?.release[0]], [1, 2]);
  const odd = { parameters: { ...other, epochMs: 7_200_000 } };
  const length = tally([0, 1, 2].map((i) => ballot(i, odd)));
  assert.deepEqual(length?.parameters, network.parameters, 'the epoch length never changes');
});

test('without a majority for a predecessor that is held, nothing is composed', () => {
  const zero = { previous: new Uint8Array(32) as typeof first.hash };
  const foreign = { previous: new Uint8Array(32).fill(1) as typeof first.hash };
  assert.equal(tally([ballot(0), ballot(1)]), null);
  assert.equal(tally([ballot(0), ballot(1), ballot(2, zero), ballot(3, zero)]), null);
  assert.equal(tally([0, 1, 2].map((i) => ballot(i, foreign))), null);
  assert.deepEqual(tally([0, 1, 2, 3].map((i) => ballot(i, i === 3 ? zero : {})))?.previous, first);
  const beginning = tally([0, 1, 2].map((i) => ballot(i, zero)));
  assert.equal(beginning?.previous, null);
  const apart = [0, 1, 2].map((i) =>
    ballot(i, { ...zero, parameters: { ...network.parameters, slotMs: 500 + i } }),
  );
  assert.equal(tally(apart), null, 'a first document needs a majority for its parameters');
});

test('the order of votes does not matter', () => {
  const rng = seededRng('order');
  const ballots = [0, 1, 2, 3, 4].map((i) =>
    ballot(i, { echo: Uint8Array.of(i % 2) }, all.slice(i % 2)),
  );
  const expected = tally(ballots);
  for (let i = 0; i < 20; i++) assert.deepEqual(tally(shuffle(rng, [...ballots])), expected);
});
