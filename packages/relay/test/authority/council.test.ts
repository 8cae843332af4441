/** An authority among three: what it takes, what it refuses, what it does after a restart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, type Millis } from '@tacet/base';
import {
  authorityHashOf,
  encodeSignedVote,
  epochAt,
  epochStart,
  scheduleOf,
  signDescriptor,
  signDocument,
  signVote,
  type Vote,
} from '@tacet/directory';
import { makeTestNetwork, TEST_NOW } from '@tacet/testkit';
import { AuthorityMachine } from '../../src/authority/machine.ts';
import type { AuthorityEffect, AuthorityOptions } from '../../src/authority/types.ts';
import { CouncilWorld, EPOCH } from '../support/council-world.ts';

const network = makeTestNetwork({
  seed: 'council',
  authorities: 3,
  parameters: { epochMs: EPOCH, graceMs: 5_000, keysAhead: 2, validEpochs: 3 },
});
const { parameters, trust } = network;
const [own, second, third] = network.authorities;
assert.ok(own && second && third);
const e = network.document.epoch;
const due = scheduleOf(parameters, e + 1);

function machineOf(change: Partial<AuthorityOptions> = {}): AuthorityMachine {
  const machine = new AuthorityMachine({
    keyPair: own as NonNullable<typeof own>,
    trust,
    parameters,
    allowed: network.relays.map((relay) => relay.hash),
    state: null,
    ...change,
  });
  return machine;
}

/** With the first document and all descriptors, just before votes are due. */
function begun(): AuthorityMachine {
  const machine = machineOf();
  machine.onDocument(network.documentBytes, TEST_NOW);
  for (const relay of network.relays) machine.submit(relay.signedDescriptor, TEST_NOW);
  machine.drain();
  return machine;
}

const vote: Vote = {
  authority: authorityHashOf(second.publicKey),
  networkId: network.document.networkId,
  epoch: e + 1,
  attempt: 0,
  previous: network.verified.hash,
  parameters,
  echo: new Uint8Array(0),
  release: new Uint8Array(0),
  descriptors: network.relays.map((relay) => relay.signedDescriptor),
};
const voteOf = (change: Partial<Vote>, pair = second): Uint8Array =>
  encodeSignedVote(
    signVote(pair, { ...vote, authority: authorityHashOf(pair.publicKey), ...change }),
  );
const kinds = (effects: readonly AuthorityEffect[]): string[] =>
  effects.map((effect) => (effect.kind === 'tell' ? `${effect.kind} ${effect.what}` : effect.kind));

test('votes and signatures at their times, each saved before it is told', () => {
  const machine = begun();
  assert.equal(machine.deadline(), due.votes);
  machine.advance(due.votes);
  assert.deepEqual(kinds(machine.drain()), ['save', 'tell vote', 'tell vote']);
  assert.deepEqual(machine.onVote(voteOf({}), due.votes + 100), { kind: 'taken' });
  assert.deepEqual(kinds(machine.drain()), ['tell vote'], 'to the third, signed by both');
  assert.deepEqual(machine.onVote(voteOf({}), due.votes + 100), { kind: 'known' });
  assert.equal(machine.deadline(), due.signatures);
  machine.advance(due.signatures);
  const effects = machine.drain();
  assert.deepEqual(kinds(effects), ['save', 'tell signature', 'tell signature']);
  assert.equal(machine.newest()?.document.epoch, e, 'one signature is not enough');

  const signature = effects.find((effect) => effect.kind === 'tell');
  assert.ok(signature?.kind === 'tell');
  const other = machineOf({ keyPair: second });
  other.onDocument(network.documentBytes, TEST_NOW);
  assert.equal(other.onSignature(signature.bytes, due.signatures).kind, 'taken');
  const document = network.next(network.verified, e + 1).document;
  assert.equal(other.onSignature(signDocument(document, [third]), due.signatures).kind, 'taken');
  assert.equal(other.newest()?.document.epoch, e, 'two bodies, one signature each');
  const joined = machine.onSignature(signDocument(document, [second, third]), due.signatures);
  assert.equal(joined.kind, 'taken');
  assert.equal(machine.newest()?.document.epoch, e + 1, 'also what it would not have signed');
  assert.deepEqual(kinds(machine.drain()), ['save', 'publish']);
});

test('malformed votes: each refusal by its own name, nothing is passed on', () => {
  const machine = begun();
  const [first] = vote.descriptors;
  assert.ok(first);
  const forged = first.slice();
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  const [stranger] = makeTestNetwork({ seed: 'stranger' }).authorities;
  assert.ok(stranger);
  const at = due.votes + 1;
  const cases: readonly [string, Uint8Array, Millis][] = [
    ['vote-malformed', new Uint8Array(40), at],
    ['vote-malformed', new Uint8Array(9_000_000), at],
    ['vote-signatures', voteOf({}, stranger), at],
    ['vote-signatures', encodeSignedVote(signVote(third, vote)), at],
    ['vote-network', voteOf({ networkId: new Uint8Array(32) as Vote['networkId'] }), at],
    ['vote-descriptor', voteOf({ descriptors: [forged] }), at],
    ['vote-descriptor', voteOf({ descriptors: [first, first] }), at],
    ['vote-epoch', voteOf({ epoch: e + 2 }), at],
    ['vote-epoch', voteOf({ attempt: 3 }), at],
    ['vote-early', voteOf({}), due.votes - (due.signatures - due.votes) / 2 - 1],
    ['vote-late', voteOf({}), due.votes + (due.signatures - due.votes) / 2 + 1],
  ];
  for (const [code, bytes, now] of cases) {
    assert.deepEqual(machine.onVote(bytes, now), { kind: 'refused', code }, code);
  }
  assert.deepEqual(
    kinds(machine.drain()).filter((kind) => kind === 'tell vote'),
    [],
  );
  assert.equal(machine.counters.get('vote-descriptor'), 2);
});

test('authority equivocating: its two votes count for nothing and are kept as evidence', () => {
  const machine = begun();
  machine.advance(due.votes);
  machine.drain();
  machine.onVote(voteOf({}), due.votes + 10);
  machine.drain();
  machine.onVote(voteOf({ echo: Uint8Array.of(1) }), due.votes + 20);
  const effects = machine.drain();
  assert.deepEqual(kinds(effects), ['evidence', 'tell vote']);
  assert.deepEqual(machine.onVote(voteOf({ echo: Uint8Array.of(2) }), due.votes + 30), {
    kind: 'refused',
    code: 'vote-surplus',
  });
  machine.advance(due.signatures);
  assert.equal(machine.counters.get('no-majority'), 1);
  assert.deepEqual(machine.drain(), []);
  machine.onVote(voteOf({}, third), due.votes + 40);
});

test('restart in mid-exchange: no second vote, and no signature for what it did not follow', () => {
  const machine = begun();
  machine.advance(due.votes);
  const again = machineOf({ state: machine.exportState() });
  assert.deepEqual(kinds(again.drain()), ['publish']);
  again.advance(due.votes + 1);
  again.onVote(voteOf({}), due.votes + 2);
  again.onVote(voteOf({}, third), due.votes + 2);
  again.advance(due.signatures);
  assert.equal(again.counters.get('voted'), 0);
  assert.equal(again.counters.get('signed'), 0);

  const later = scheduleOf(parameters, e + 2);
  const now = epochStart(parameters, e + 1) + 1_000;
  for (const relay of network.relays) {
    const keys = [0, 1, 2].map((i) => relay.kem(e + 1 + i).publicKey);
    const fresh = { ...relay.descriptor, issuedAt: now, firstEpoch: e + 1, keys };
    again.submit(signDescriptor(relay.identity, fresh), now);
  }
  again.advance(later.votes);
  assert.equal(again.counters.get('voted'), 1, 'the next exchange is its own');
});

test('restart after a signature: no second one for that epoch', () => {
  const machine = begun();
  machine.advance(due.votes);
  machine.onVote(voteOf({}), due.votes + 1);
  machine.advance(due.signatures);
  assert.equal(machine.counters.get('signed'), 1);
  const again = machineOf({ state: machine.exportState() });
  const gap = epochStart(parameters, e + 4) + 1_000;
  again.advance(gap);
  assert.equal(again.counters.get('signed'), 0);
  assert.ok(hex(again.exportState()).length > 0);
});

test('authority late: its vote does not count, and nobody calls that equivocation', () => {
  const world = new CouncilWorld({
    seed: 'late',
    authorities: 3,
    way: (_, from) => (from === 2 ? 6_500 : 100),
  });
  world.run(TEST_NOW + 4 * EPOCH);
  const first = epochAt(parameters, TEST_NOW);
  for (const epoch of [2, 3]) assert.equal(world.published.get(first + epoch)?.size, 1);
  assert.deepEqual(world.evidence, []);
  assert.ok((world.machine(0)?.counters.get('vote-late') ?? 0) > 0);
});

test('no document for V epochs: several authorities take the network up again in one attempt', () => {
  const first = epochAt(parameters, TEST_NOW);
  const back = first + 7;
  const world = new CouncilWorld({
    seed: 'gap',
    authorities: 3,
    up: (_, now) => {
      const epoch = epochAt({ epochMs: EPOCH }, now);
      return epoch < first + 2 || epoch >= back;
    },
  });
  world.run(epochStart({ epochMs: EPOCH }, back) + 0.55 * EPOCH);
  const newest = world.machine(0)?.newest()?.document;
  assert.equal(newest?.epoch, back);
  assert.equal(newest?.immediate, true);
  assert.equal(world.published.has(first + 4), false);
});

test('a relay that one of three admits is not in the document, one that two admit is', () => {
  const all = new CouncilWorld({ seed: 'lists', authorities: 3 }).network.relays;
  const [one, two] = all.filter((relay) => relay.role === 'edge');
  assert.ok(one && two);
  const without = (...gone: readonly (typeof one)[]) =>
    all.filter((relay) => !gone.includes(relay)).map((relay) => relay.hash);
  const lists = [without(one), without(one, two), without()];
  const world = new CouncilWorld({
    seed: 'lists',
    authorities: 3,
    change: (authority) => ({ allowed: lists[authority] ?? [] }),
  });
  world.run(TEST_NOW + 3 * EPOCH);
  const relays = world.machine(0)?.newest()?.relayHashes.map(hex) ?? [];
  assert.ok(relays.includes(hex(two.hash)));
  assert.ok(!relays.includes(hex(one.hash)));
});

test('a first exchange that only one of three heard in time: the next gives the document', () => {
  const epoch = epochAt(parameters, TEST_NOW);
  const world: CouncilWorld = new CouncilWorld({
    seed: 'one heard',
    authorities: 3,
    // The others hear nothing in time until that one has signed.
    way: (_, __, to) => (to === 0 || world.signed.has(epoch) ? 100 : 3_000),
  });
  const [heard, ...others] = [0, 1, 2].map((i) => world.machine(i));
  world.run(epochStart(parameters, epoch) + EPOCH / 2);
  assert.equal(heard?.counters.get('signed'), 1);
  for (const other of others) {
    assert.ok((other?.counters.get('no-majority') ?? 0) > 0, 'nothing was signed there at first');
    assert.equal(other?.newest()?.document.epoch, epoch);
  }
  const signers = [...(world.signed.get(epoch)?.values() ?? [])].map((of) => of.size);
  assert.deepEqual(signers, [3], 'all of them the same body');
});
