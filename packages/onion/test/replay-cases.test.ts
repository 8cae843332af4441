/** Catalogue cases of replays and the document a packet is bound to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRng } from '@tacet/crypto';
import { createPacketBuilder, type DocumentHash, GEOMETRY as G } from '@tacet/onion';
import {
  bytes,
  EPOCH,
  expectDrop,
  expectKind,
  makeNetwork,
  makeRelay,
  newGuard,
  pathThrough,
  requestAtMix,
  toggle,
} from './support.ts';

test('mixnet case (10): an exact duplicate is dropped, also in the same batch', () => {
  const network = makeNetwork();
  const frame = requestAtMix(network);
  const outcomes = [frame, Uint8Array.from(frame), frame].map((each) =>
    network.relays[0].opener.open(each, 0),
  );
  expectKind(outcomes[0] ?? { kind: 'drop', reason: 'length' }, 'forward');
  for (const opened of outcomes.slice(1)) expectDrop(opened, 'replay');
});

test('mixnet case (10): a duplicate after a restart is dropped', () => {
  const network = makeNetwork();
  const [first] = network.relays;
  const { documentHash } = network;
  const frame = requestAtMix(network);
  const guard = newGuard();
  expectKind(makeRelay({ ...first, documentHash, replay: guard }).opener.open(frame, 0), 'forward');
  const log = guard.takeLog();
  assert.deepEqual(guard.takeLog(), []);
  const restored = newGuard();
  for (const { epoch, tags } of log) restored.load(epoch, tags);
  assert.deepEqual(restored.takeLog(), [], 'what came from the log is not logged again');
  expectDrop(
    makeRelay({ ...first, documentHash, replay: restored }).opener.open(frame, 0),
    'replay',
  );
});

test('mixnet case (10): the malleable bit of X25519 makes no second packet', () => {
  const network = makeNetwork();
  const frame = requestAtMix(network);
  const { opener } = network.relays[0];
  expectKind(opener.open(frame, 0), 'forward');
  toggle(frame, (G.prefix + G.kemCiphertext) * 8 - 1);
  expectDrop(opener.open(frame, 0), 'header');
});

test('mixnet case (10): garbled copies burn nothing, in whatever way they are garbled', () => {
  const network = makeNetwork();
  const frame = requestAtMix(network);
  const { opener } = network.relays[0];
  for (const at of [1, 5, 7, 9, 1_100, 1_130, 1_150, 4_700, 4_800, 12_287]) {
    toggle(frame, at * 8);
    assert.equal(opener.open(frame, 0).kind, 'drop');
    toggle(frame, at * 8);
  }
  expectKind(opener.open(frame, 0), 'forward');
});

test('mixnet case (11): a full replay set refuses every packet and keeps what it holds', () => {
  const network = makeNetwork();
  const [first] = network.relays;
  const guard = newGuard(2);
  const relay = makeRelay({ ...first, documentHash: network.documentHash, replay: guard });
  const frames = [1, 2, 3, 4].map(() => requestAtMix(network));
  for (const [i, frame] of frames.entries()) {
    const opened = relay.opener.open(frame, 0);
    if (i < 2) expectKind(opened, 'forward');
    else expectDrop(opened, 'replay-full');
  }
  for (const frame of frames.slice(0, 2)) expectDrop(relay.opener.open(frame, 0), 'replay');
  assert.equal(guard.size(EPOCH), 2);
});

test('mixnet case (15): a packet bound to another document is dropped by every relay', () => {
  const network = makeNetwork();
  const secret = { ...network, documentHash: bytes(32) as DocumentHash };
  const builder = createPacketBuilder(systemRng);
  const frame = builder.request(pathThrough(secret, 3), bytes(10), null);
  frame[1] = 1;
  expectDrop(network.relays[0].opener.open(frame, 0), 'header');
  // One bit of the hash is enough.
  const near = Uint8Array.from(network.documentHash) as DocumentHash;
  toggle(near, 255);
  const almost = builder.request(
    pathThrough({ ...network, documentHash: near }, 3),
    bytes(1),
    null,
  );
  almost[1] = 1;
  expectDrop(network.relays[0].opener.open(almost, 0), 'header');
});
