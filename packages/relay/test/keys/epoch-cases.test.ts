/**
 * Catalogue cases about the ends of epochs, with real packets and what decides at a relay: the
 * viewer over its documents (docs/spec/04-mixing.md, 3).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { drawPath, epochStart } from '@tacet/directory';
import {
  createPacketBuilder,
  createPacketOpener,
  EpochReplayGuard,
  type Frame,
  GEOMETRY as G,
  type ReplyId,
} from '@tacet/onion';
import { epochKeys, makeTestNetwork } from '@tacet/testkit';

const GRACE = 300_000;
const network = makeTestNetwork({
  seed: 'ends of epochs',
  parameters: { epochMs: HOUR, graceMs: GRACE, keysAhead: 2, validEpochs: 3 },
});
const { parameters, verified } = network;
/** Between the first document's epoch and one more, each with a document of its own. */
const EPOCH = verified.document.epoch + 1;
const START = epochStart(parameters, EPOCH);
const END = START + HOUR;
const document = network.next(verified, EPOCH);
const after = network.next(document, EPOCH + 1);
const [edge = assert.fail()] = network.edges;
const firstMix = network.mixes.find(({ layer }) => layer === 1) ?? assert.fail();
const builder = createPacketBuilder(systemRng);
const path = () => drawPath(systemRng, document, EPOCH, { last: edge.hash, lastDelayMs: 0 });
const newBlock = () => builder.replyBlock(path(), new Uint8Array(16).fill(1) as ReplyId).block;

function openerOf(relay: typeof edge) {
  const book = network.book();
  for (const each of [document, after]) book.accept(each);
  return createPacketOpener({
    keys: epochKeys(relay, { book, schedule: parameters }),
    replay: new EpochReplayGuard({ capacity: 100, rng: systemRng, log: 'none' }),
    rng: systemRng,
    role: relay.role,
    layer: relay.role === 'edge' ? G.layers : relay.layer,
  });
}

/** As the first mix receives it. */
function newPacket(): Frame {
  const frame = builder.request(path(), new Uint8Array(10), newBlock());
  frame[1] = 1;
  return frame;
}

/** What the first mix makes of a packet at each of these times: `forward`, or why it drops it. */
function atMix(times: readonly number[]): string[] {
  const opener = openerOf(firstMix);
  return times.map((now) => {
    const opened = opener.open(newPacket(), now);
    return opened.kind === 'drop' ? opened.reason : opened.kind;
  });
}

test('mixnet case (12): a packet of the last epoch is good until its grace is over, to the ms', () => {
  const [good, late] = [
    [END - 1, END, END + GRACE - 1],
    [END + GRACE, END + GRACE + 1, END + HOUR],
  ];
  assert.deepEqual(atMix(good), ['forward', 'forward', 'forward']);
  assert.deepEqual(atMix(late), ['epoch', 'epoch', 'epoch']);
});

test('mixnet case (13): clocks may differ by 299 s and not by 301 s', () => {
  assert.deepEqual(atMix([START - 299_000, END + 299_000]), ['forward', 'forward']);
  assert.deepEqual(atMix([START - 301_000, END + 301_000]), ['epoch', 'epoch']);
  // To the millisecond, on the other side.
  assert.deepEqual(atMix([START - GRACE, START - GRACE - 1]), ['forward', 'epoch']);
});

test('mixnet case (10): a duplicate does not come back across an epoch boundary', () => {
  const opener = openerOf(firstMix);
  const frame = newPacket();
  const reasonAt = (bytes: Frame, now: number): string => {
    const opened = opener.open(bytes, now);
    return opened.kind === 'drop' ? opened.reason : opened.kind;
  };
  assert.equal(reasonAt(frame, START + 1_000), 'forward');
  assert.equal(reasonAt(frame, END - 1), 'replay');
  assert.equal(reasonAt(frame, END + 1_000), 'replay');
  assert.equal(reasonAt(frame, END + GRACE), 'epoch');
  const renamed = Uint8Array.from(frame);
  new DataView(renamed.buffer).setUint32(2, EPOCH + 1);
  assert.equal(reasonAt(renamed, END + 1_000), 'header');
});

test('mixnet case (17): a reply block is filled until the grace of its epoch is over, then never', () => {
  const opener = openerOf(edge);
  const block = newBlock();
  const data = new Uint8Array(G.replyData);
  for (const now of [START - GRACE, START, END, END + GRACE - 1]) {
    const injected = opener.reply(block, data, now);
    assert.ok(injected, `${now - END} ms after the end`);
    // What was filled in time is a packet that the first mix takes, as long as it takes any.
    assert.equal(openerOf(firstMix).open(injected.packet, now).kind, 'forward');
    assert.deepEqual(openerOf(firstMix).open(injected.packet, END + GRACE), {
      kind: 'drop',
      reason: 'epoch',
    });
  }
  for (const now of [START - GRACE - 1, END + GRACE, END + GRACE + 1, END + HOUR]) {
    assert.equal(opener.reply(block, data, now), null, `${now - END} ms after the end`);
  }
});
