import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, isAppError, MINUTE, type Millis } from '@tacet/base';
import {
  type Descriptor,
  DocumentBook,
  epochAt,
  epochStart,
  makeLinkCertificate,
  scheduleOf,
  signDescriptor,
  verifyDocument,
} from '@tacet/directory';
import { makeTestNetwork, TEST_NOW, type TestNetwork, type TestRelay } from '@tacet/testkit';
import { AuthorityMachine } from '../../src/authority/machine.ts';
import type { AuthorityOptions } from '../../src/authority/types.ts';

const parameters = { keysAhead: 2, validEpochs: 3 };
const network = makeTestNetwork({ seed: 'authority', mixesPerLayer: 1, edges: 2, parameters });
const e = network.document.epoch;

function machineOf(from: TestNetwork, change: Partial<AuthorityOptions> = {}): AuthorityMachine {
  const [keyPair] = from.authorities;
  assert.ok(keyPair);
  return new AuthorityMachine({
    keyPair,
    trust: from.trust,
    parameters: from.parameters,
    allowed: from.relays.map((relay) => relay.hash),
    state: null,
    ...change,
  });
}

/** What a relay sends at `now`: keys of this epoch and K more. */
function renewal(relay: TestRelay, now: Millis, change: Partial<Descriptor> = {}): Uint8Array {
  const firstEpoch = epochAt(network.parameters, now);
  const count = network.parameters.keysAhead + 1;
  const keys = Array.from({ length: count }, (_, i) => relay.kem(firstEpoch + i).publicKey);
  return signDescriptor(relay.identity, {
    ...relay.descriptor,
    issuedAt: now,
    firstEpoch,
    keys,
    ...change,
  });
}

function register(machine: AuthorityMachine, now: Millis, relays = network.relays): void {
  for (const relay of relays)
    assert.equal(machine.submit(renewal(relay, now), now).kind, 'accepted');
}

/** Runs the machine by its own deadlines; relays in `alive` renew in every epoch. */
function run(machine: AuthorityMachine, from: Millis, to: Millis, alive = network.relays): void {
  for (let now = from; now < to; ) {
    machine.advance(now);
    const next = machine.deadline();
    const renewAt = epochStart(network.parameters, epochAt(network.parameters, now) + 1) + MINUTE;
    if (next !== null && next <= renewAt) {
      assert.ok(next > now, 'the deadline is not in the past');
      now = next;
    } else {
      now = renewAt;
      if (now < to) register(machine, now, alive);
    }
  }
}

/** A machine with its first document and what it did so far taken away. */
function begun(): AuthorityMachine {
  const machine = machineOf(network);
  register(machine, TEST_NOW);
  machine.drain();
  return machine;
}

test('the first document comes as soon as all admitted relays are registered, not before', () => {
  const machine = machineOf(network);
  assert.equal(machine.deadline(), 0);
  machine.advance(TEST_NOW);
  assert.equal(machine.deadline(), null);
  network.relays.forEach((relay, i) => {
    assert.equal(machine.newest(), null, `after ${i} relays`);
    machine.submit(renewal(relay, TEST_NOW), TEST_NOW);
  });
  const document = machine.newest()?.document;
  assert.equal(document?.epoch, e);
  assert.equal(document?.immediate, true);
  assert.equal(document?.publishedAt, TEST_NOW);
  assert.equal(document?.relays.length, 5);
  assert.equal(document?.generations.length, 1);
  assert.equal(document?.generations[0]?.edges.length, 2);
  const book = new DocumentBook(network.trust);
  const effects = machine.drain();
  assert.deepEqual(
    effects.map((effect) => effect.kind),
    ['save', 'publish'],
  );
  for (const effect of effects) {
    if (effect.kind === 'publish') assert.equal(book.add(effect.bytes), 'added');
  }
  assert.equal(book.forBuilding(TEST_NOW)?.epoch, e);
});

test('one document an epoch, signed ten minutes before it and dated five', () => {
  const machine = begun();
  const due = scheduleOf(network.parameters, e + 1);
  assert.equal(machine.deadline(), due.signatures);
  machine.advance(due.signatures - 1);
  assert.deepEqual(machine.drain(), []);
  machine.advance(due.signatures + 3);
  const document = machine.newest()?.document;
  assert.equal(document?.epoch, e + 1);
  assert.equal(document?.publishedAt, due.publication);
  assert.equal(document?.immediate, false);
  assert.equal(machine.deadline(), scheduleOf(network.parameters, e + 2).signatures);
});

test('a day of documents makes one chain that a book accepts, each in force in its epoch', () => {
  const machine = machineOf(network);
  register(machine, TEST_NOW);
  const book = new DocumentBook(network.trust);
  const fresh = () => {
    for (const effect of machine.drain()) {
      if (effect.kind === 'publish') assert.equal(book.add(effect.bytes), 'added');
    }
  };
  fresh();
  for (let hour = 0; hour < 24; hour++) {
    const now = TEST_NOW + hour * HOUR;
    run(machine, now, now + HOUR);
    fresh();
    assert.equal(book.inForce(e + hour + 1)?.document.epoch, e + hour + 1);
    assert.ok(machine.documents().length <= 4);
  }
  assert.deepEqual(book.evidence(), []);
  assert.equal(machine.counters.get('published'), 25);
});

test('authority late: what is signed after its time is dated now', () => {
  const machine = begun();
  const due = scheduleOf(network.parameters, e + 1);
  machine.advance(due.publication + 90_000);
  assert.equal(machine.newest()?.document.publishedAt, due.publication + 90_000);
  const book = new DocumentBook(network.trust);
  for (const one of machine.documents().toReversed()) book.accept(one);
  assert.equal(book.inForce(e + 1)?.document.epoch, e);
  assert.equal(book.inForce(e + 2)?.document.epoch, e + 1);
});

test('restart in mid-epoch: the chain goes on and no epoch is signed twice', () => {
  const machine = begun();
  const due = scheduleOf(network.parameters, e + 1);
  machine.advance(due.signatures);
  const before = machine.newest();
  const state = machine.exportState();
  const again = machineOf(network, { state });
  assert.deepEqual(again.newest()?.hash, before?.hash);
  assert.deepEqual(
    again.drain().map((effect) => effect.kind),
    ['publish', 'publish'],
  );
  again.advance(due.signatures + 1);
  assert.deepEqual(again.drain(), []);
  assert.deepEqual(again.exportState(), state);
  register(again, due.signatures + 10 * MINUTE);
  run(again, due.signatures + 10 * MINUTE, due.signatures + HOUR + 1);
  assert.equal(again.newest()?.document.epoch, e + 2);
  assert.deepEqual(again.newest()?.document.previous, before?.hash);
});

test('a host that crashed between save and publish publishes the same bytes', () => {
  const machine = machineOf(network);
  register(machine, TEST_NOW);
  const [save, publish] = machine.drain();
  assert.ok(save?.kind === 'save' && publish?.kind === 'publish');
  const [first] = machineOf(network, { state: save.state }).drain();
  assert.deepEqual(first, publish);
});

test('authority down for V epochs: an immediate document once all relays are back', () => {
  const state = begun().exportState();
  const now = epochStart(network.parameters, e + 9) + 20 * MINUTE;
  const machine = machineOf(network, { state });
  machine.advance(now);
  assert.deepEqual(
    machine.drain().map((effect) => effect.kind),
    ['publish'],
  );
  network.relays.forEach((relay, i) => {
    assert.equal(machine.newest()?.document.epoch, e, `after ${i} relays`);
    machine.submit(renewal(relay, now + i), now + i);
  });
  const document = machine.newest()?.document;
  assert.equal(document?.epoch, e + 9);
  assert.equal(document?.immediate, true);
  const book = new DocumentBook(network.trust);
  for (const one of machine.documents().toReversed()) book.accept(one);
  assert.equal(book.forBuilding(now)?.epoch, e + 9);
});

test('after such a gap a relay that stays away delays the others by a minute, no longer', () => {
  const state = begun().exportState();
  const now = epochStart(network.parameters, e + 9) + 20 * MINUTE;
  const three = makeTestNetwork({ seed: 'authority', mixesPerLayer: 1, edges: 2, parameters });
  const machine = machineOf(three, { state });
  machine.advance(now);
  const there = network.relays.filter((relay) => relay !== network.edges[0]);
  register(machine, now + 5, there);
  assert.equal(machine.newest()?.document.epoch, e);
  assert.equal(machine.deadline(), now + MINUTE);
  machine.advance(now + MINUTE);
  assert.equal(machine.newest()?.document.epoch, e + 9);
  assert.equal(machine.newest()?.document.relays.length, 4);
});

test('a relay that stops renewing leaves when its keys end', () => {
  const machine = begun();
  const silent = network.edges[0] as TestRelay;
  const alive = network.relays.filter((relay) => relay !== silent);
  const listed: boolean[] = [];
  for (let i = 1; i <= 4; i++) {
    const at = TEST_NOW + i * HOUR;
    register(machine, at - 30 * MINUTE, alive);
    machine.advance(scheduleOf(network.parameters, e + i).signatures);
    assert.equal(machine.newest()?.document.epoch, e + i);
    listed.push(
      machine.newest()?.relayHashes.some((hash) => Buffer.compare(hash, silent.hash) === 0) ??
        false,
    );
  }
  assert.deepEqual(listed, [true, true, false, false]);
});

test('empty layer: nothing is signed, the last document works on, and a renewal mends it', () => {
  const machine = begun();
  const only = network.mixes[0] as TestRelay;
  const alive = network.relays.filter((relay) => relay !== only);
  for (const i of [1, 2]) {
    register(machine, TEST_NOW + i * HOUR - 30 * MINUTE, alive);
    machine.advance(scheduleOf(network.parameters, e + i).signatures);
  }
  assert.equal(machine.newest()?.document.epoch, e + 2);
  const due = scheduleOf(network.parameters, e + 3);
  register(machine, due.signatures - MINUTE, alive);
  machine.drain();
  machine.advance(due.signatures);
  assert.equal(machine.newest()?.document.epoch, e + 2);
  assert.equal(machine.counters.get('not-passable'), 1);
  assert.ok((machine.deadline() ?? 0) > due.signatures);
  assert.deepEqual(machine.drain(), []);
  machine.submit(renewal(only, due.signatures + MINUTE), due.signatures + MINUTE);
  assert.equal(machine.newest()?.document.epoch, e + 3);
  assert.equal(machine.newest()?.document.publishedAt, due.publication);
});

test('a relay joins once it is admitted, and leaves once it no longer is', () => {
  const remaining = network.relays.filter((relay) => relay !== network.edges[0]);
  const stranger = makeTestNetwork({ seed: 'newcomer', parameters }).edges[0] as TestRelay;
  const machine = begun();
  const now = TEST_NOW + MINUTE;
  assert.deepEqual(machine.submit(renewal(stranger, now), now), {
    kind: 'refused',
    code: 'descriptor-not-allowed',
  });
  machine.allow([...network.relays.map((relay) => relay.hash), stranger.hash], now);
  assert.deepEqual(
    machine.drain().map((effect) => effect.kind),
    ['save'],
  );
  assert.equal(machine.submit(renewal(stranger, now), now).kind, 'accepted');
  machine.advance(scheduleOf(network.parameters, e + 1).signatures);
  assert.equal(machine.newest()?.document.relays.length, 6);
  // The list of store edges is younger than seven days and stays.
  assert.equal(machine.newest()?.document.generations[0]?.edges.length, 2);

  machine.allow(
    remaining.map((relay) => relay.hash),
    now + HOUR,
  );
  register(machine, now + HOUR, remaining);
  machine.advance(scheduleOf(network.parameters, e + 2).signatures);
  assert.equal(machine.newest()?.document.epoch, e + 2);
  assert.equal(machine.newest()?.document.relays.length, 4);
});

test('descriptors are refused by name', () => {
  const machine = machineOf(network);
  const relay = network.mixes[0] as TestRelay;
  const edge = network.edges[0] as TestRelay;
  const now = TEST_NOW;
  const past = renewal(relay, now, { firstEpoch: e - 3 });
  const forged = renewal({ ...relay, identity: edge.identity }, now);
  const ended = makeLinkCertificate(relay.identity, relay.descriptor.link.keyHash, now + 1);
  const cases: readonly [string, Uint8Array, Millis][] = [
    ['malformed', new Uint8Array(9), now],
    ['descriptor-signature', forged, now],
    ['descriptor-keys', past, now],
    ['descriptor-keys', renewal(relay, now, { firstEpoch: e + 40 }), now],
    ['descriptor-clock', renewal(relay, now + 11 * MINUTE), now],
    ['descriptor-link', renewal(relay, now, { link: ended }), now + MINUTE],
  ];
  for (const [code, bytes, at] of cases) {
    assert.deepEqual(machine.submit(bytes, at), { kind: 'refused', code }, code);
  }
  assert.equal(machine.submit(renewal(relay, now), now).kind, 'accepted');
  assert.equal(machine.submit(relay.signedDescriptor, now + 1).kind, 'refused');
  const older = renewal(relay, now - 1);
  assert.deepEqual(machine.submit(older, now), { kind: 'refused', code: 'descriptor-older' });
  assert.equal(machine.counters.get('descriptor-keys'), 2);
});

test('the same descriptor twice is known, and nothing is saved for it', () => {
  const machine = machineOf(network);
  const bytes = renewal(network.mixes[0] as TestRelay, TEST_NOW);
  machine.submit(bytes, TEST_NOW);
  machine.drain();
  assert.deepEqual(machine.submit(bytes, TEST_NOW), { kind: 'known' });
  assert.deepEqual(machine.drain(), []);
});

test('oversized document: a network of as many relays as fit is signed and verified', () => {
  const big = makeTestNetwork({ seed: 'big', mixesPerLayer: 8, edges: 8, parameters });
  const machine = machineOf(big);
  for (const relay of big.relays) machine.submit(relay.signedDescriptor, TEST_NOW);
  const newest = machine.newest();
  assert.ok(newest);
  assert.equal(verifyDocument(newest.bytes, big.trust).document.relays.length, 32);
});

test('an authority that is not in the set, or admits too many, is not run', () => {
  const code = (expected: string) => (error: unknown) => isAppError(error, expected);
  const { trust } = makeTestNetwork({ seed: 'other', parameters });
  assert.throws(() => machineOf(network, { trust }), code('authority-stranger'));
  const hashes = Array.from({ length: 129 }, () => network.relays[0]?.hash ?? new Uint8Array(32));
  assert.throws(
    () => machineOf(network, { allowed: hashes as never }),
    code('authority-allow-list'),
  );
});

test('damaged state, state of another network, or another epoch length stop the authority', () => {
  const state = begun().exportState();
  const code = (expected: string) => (error: unknown) => isAppError(error, expected);
  for (let at = 0; at < state.length; at += Math.ceil(state.length / 60)) {
    const damaged = state.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    assert.throws(
      () => machineOf(network, { state: damaged }),
      code('authority-state'),
      `byte ${at}`,
    );
    const short = state.subarray(0, at);
    assert.throws(() => machineOf(network, { state: short }), code('authority-state'));
  }
  const other = makeTestNetwork({ seed: 'other', parameters });
  assert.throws(() => machineOf(other, { state }), code('authority-state'));
  const slower = { ...network.parameters, epochMs: DAY };
  assert.throws(() => machineOf(network, { state, parameters: slower }), code('authority-epoch'));
});
