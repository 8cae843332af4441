import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayCapMs, epochStart, relayIndex } from '@tacet/directory';
import { EpochViewer } from '@tacet/relay';
import { makeTestNetwork, TEST_NOW } from '@tacet/testkit';

const network = makeTestNetwork({ seed: 'viewer', parameters: { keysAhead: 2, validEpochs: 3 } });
const { parameters, document, verified } = network;
const { epoch } = document;
const self = network.mixes[0]?.hash ?? assert.fail();
const start = (of: number): number => epochStart(parameters, of);

function makeViewer(book = network.book()) {
  return { book, viewer: new EpochViewer({ book, self, schedule: parameters }) };
}

test('before there is a document nothing is opened', () => {
  const book = { newest: () => null, inForce: () => null, forBuilding: () => null };
  const viewer = new EpochViewer({ book, self, schedule: parameters });
  assert.equal(viewer.schedule, parameters);
  assert.equal(viewer.lookup(epoch, TEST_NOW), null);
});

test('mixnet case (13): packets of an epoch are opened from grace before it until grace after it', () => {
  const { viewer } = makeViewer();
  const { graceMs } = parameters;
  const e = epoch + 1;
  for (const [at, open] of [
    [start(e) - graceMs - 1, false],
    [start(e) - graceMs, true],
    [start(e) + 1, true],
    [start(e + 1) + graceMs - 1, true],
    [start(e + 1) + graceMs, false],
  ] as const) {
    assert.equal(viewer.lookup(e, at) !== null, open, `${at - start(e)} ms after the start`);
  }
});

test('what is looked up is what the epoch’s document says', () => {
  const { viewer } = makeViewer();
  const found = viewer.lookup(epoch, TEST_NOW) ?? assert.fail();
  assert.equal(found.index, relayIndex(verified, self));
  assert.equal(found.documentHash, verified.hash);
  assert.equal(found.delayCapMs, delayCapMs(parameters));
  assert.equal(found.predecessor, null);
  assert.equal(viewer.lookup(epoch, TEST_NOW), found, 'no new object for each packet');
});

test('rule 2.6: the predecessor’s hash is tried in the first grace of an epoch only', () => {
  const { book, viewer } = makeViewer();
  const next = network.next(verified, epoch + 1);
  book.accept(next);
  const early = viewer.lookup(epoch + 1, start(epoch + 1) + parameters.graceMs - 1);
  assert.equal(early?.documentHash, next.hash);
  assert.equal(early?.predecessor, verified.hash);
  const later = viewer.lookup(epoch + 1, start(epoch + 1) + parameters.graceMs);
  assert.equal(later?.documentHash, next.hash);
  assert.equal(later?.predecessor, null);
});

test('a relay that is in no document of the epoch opens nothing', () => {
  const { book } = makeViewer();
  const stranger = makeTestNetwork({ seed: 'stranger' }).mixes[0]?.hash ?? assert.fail();
  const viewer = new EpochViewer({ book, self: stranger, schedule: parameters });
  assert.equal(viewer.lookup(epoch, TEST_NOW), null);
});
