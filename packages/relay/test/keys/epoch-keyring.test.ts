import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isZero } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { delayCapMs, epochStart, relayIndex } from '@tacet/directory';
import { EpochKeyring } from '@tacet/relay';
import { makeTestNetwork, TEST_NOW } from '@tacet/testkit';

const network = makeTestNetwork({ seed: 'keyring', parameters: { keysAhead: 2, validEpochs: 3 } });
const { parameters, document, verified } = network;
const { epoch } = document;
const self = network.mixes[0]?.hash ?? assert.fail();
const start = (of: number): number => epochStart(parameters, of);

function makeRing(book = network.book()) {
  return { book, ring: new EpochKeyring({ book, self, rng: systemRng, schedule: parameters }) };
}

test('secrets exist for the current epoch and the K after it, and are made once', () => {
  const { ring } = makeRing();
  const made = ring.ensure(TEST_NOW);
  assert.deepEqual(
    made.map((seed) => seed.epoch),
    [epoch, epoch + 1, epoch + 2],
  );
  assert.deepEqual(ring.ensure(TEST_NOW), []);
  assert.deepEqual(
    ring.ensure(start(epoch + 1)).map((seed) => seed.epoch),
    [epoch + 3],
  );
  const { firstEpoch, keys } = ring.publicKeys(start(epoch + 1));
  assert.equal(firstEpoch, epoch + 1);
  assert.equal(keys.length, 3);
});

test('before there is a document the schedule of the configuration holds', () => {
  const book = { newest: () => null, inForce: () => null, forBuilding: () => null };
  const ring = new EpochKeyring({ book, self, rng: systemRng, schedule: parameters });
  assert.equal(ring.ensure(TEST_NOW).length, 3);
  assert.equal(ring.lookup(epoch, TEST_NOW), null);
});

test('mixnet case (13): keys of an epoch open from grace before it until grace after it', () => {
  const { ring } = makeRing();
  ring.ensure(TEST_NOW);
  const { graceMs } = parameters;
  const e = epoch + 1;
  for (const [at, open] of [
    [start(e) - graceMs - 1, false],
    [start(e) - graceMs + 1, true],
    [start(e) + 1, true],
    [start(e + 1) + graceMs - 1, true],
    [start(e + 1) + graceMs, false],
  ] as const) {
    assert.equal(ring.lookup(e, at) !== null, open, `${at - start(e)} ms after the start`);
  }
  assert.equal(ring.lookup(epoch + 9, TEST_NOW), null);
});

test('what is looked up is what the epoch’s document says', () => {
  const { ring } = makeRing();
  ring.ensure(TEST_NOW);
  const found = ring.lookup(epoch, TEST_NOW) ?? assert.fail();
  assert.equal(found.index, relayIndex(verified, self));
  assert.equal(found.documentHash, verified.hash);
  assert.equal(found.delayCapMs, delayCapMs(parameters));
  assert.equal(found.predecessor, null);
  assert.equal(ring.lookup(epoch, TEST_NOW), found, 'no new object for each packet');
});

test('rule 2.6: the predecessor’s hash is tried in the first grace of an epoch only', () => {
  const { book, ring } = makeRing();
  ring.ensure(TEST_NOW);
  const next = network.next(verified, epoch + 1);
  book.accept(next);
  const early = ring.lookup(epoch + 1, start(epoch + 1) + parameters.graceMs - 1);
  assert.equal(early?.documentHash, next.hash);
  assert.equal(early?.predecessor, verified.hash);
  const later = ring.lookup(epoch + 1, start(epoch + 1) + parameters.graceMs);
  assert.equal(later?.documentHash, next.hash);
  assert.equal(later?.predecessor, null);
});

test('a relay that is in no document of the epoch opens nothing', () => {
  const { book } = makeRing();
  const stranger = makeTestNetwork({ seed: 'stranger' }).mixes[0]?.hash ?? assert.fail();
  const ring = new EpochKeyring({ book, self: stranger, rng: systemRng, schedule: parameters });
  ring.ensure(TEST_NOW);
  assert.equal(ring.lookup(epoch, TEST_NOW), null);
});

test('mixnet case (14): after grace the secret is wiped here and named to the host', () => {
  const { ring } = makeRing();
  const [made] = ring.ensure(TEST_NOW);
  const seed = made?.seed ?? assert.fail();
  assert.ok(!isZero(seed));
  const end = start(epoch + 1) + parameters.graceMs;
  assert.deepEqual(ring.erase(end - 1), []);
  assert.deepEqual(ring.erase(end), [epoch]);
  assert.ok(isZero(seed));
  assert.deepEqual(
    ring.export().map((entry) => entry.epoch),
    [epoch + 1, epoch + 2],
  );
  assert.equal(ring.lookup(epoch, end - 1), null);
  ring.ensure(end);
  assert.ok(!ring.export().some((entry) => entry.epoch === epoch), 'never made again');
});

test('the host is told when there is something to make or to erase', () => {
  const { ring } = makeRing();
  assert.equal(ring.nextChange(start(epoch) + 1), start(epoch) + parameters.graceMs);
  assert.equal(ring.nextChange(start(epoch) + parameters.graceMs), start(epoch + 1));
});

test('secrets survive a restart through the host', () => {
  const { book, ring } = makeRing();
  ring.ensure(TEST_NOW);
  const kept = ring.export();
  const again = makeRing(book).ring;
  again.import(kept);
  assert.deepEqual(again.ensure(TEST_NOW), []);
  assert.deepEqual(again.publicKeys(TEST_NOW), ring.publicKeys(TEST_NOW));
  for (const { seed } of kept) seed.fill(0);
  assert.ok(
    again.export().every(({ seed }) => !isZero(seed)),
    'copies, not the host’s buffers',
  );
});

test('damaged stored secrets are refused', () => {
  const { ring } = makeRing();
  for (const entry of [
    { epoch, seed: new Uint8Array(31) },
    { epoch: -1, seed: new Uint8Array(32) },
    { epoch: 0.5, seed: new Uint8Array(32) },
  ]) {
    assert.throws(() => ring.import([entry]), { code: 'epoch-seed' });
  }
});
