import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, HOUR } from '@tacet/base';
import { epochStart } from '@tacet/directory';
import { ANSWER_LENGTH, type BoxRequest, type Mark, openRecord, signTombstone } from '@tacet/wire';
import { bytes, makeEdge, mark, replyBlock } from '../support/edge.ts';

/** Of docs/spec/05-boxes.md, 6 and 8; not the edge's own, which would agree with any value. */
const TURNAROUND_MS = 10;
const MAX_WAIT_MS = 300_000;

type Edge = ReturnType<typeof makeEdge>;
const get = (marks: readonly [Mark, Mark, Mark], waitMs = 0): BoxRequest => ({
  kind: 'get',
  waitMs,
  marks,
});

function recordsOf(edge: Edge, i: number) {
  const answer = edge.answers()[i]?.answer;
  assert.ok(answer?.status === 'read');
  return answer.records;
}

test('rule 2.4: all answers have one size and one turn-around time, whatever they say', () => {
  const edge = makeEdge();
  const box = edge.box();
  const other = makeEdge({ network: { seed: 'another network' } }).box();
  const signature = signTombstone(box.seed, edge.network.document.networkId);
  const requests: BoxRequest[] = [
    { kind: 'put', record: box.record },
    { kind: 'put', record: box.record },
    { kind: 'put', record: box.seal(2) },
    { kind: 'put', record: other.record },
    get([box.mark, mark(), mark()]),
    get([mark(), mark(), mark()]),
    { kind: 'tombstone', id: box.id, signature },
    { kind: 'tombstone', id: box.id, signature: bytes(64) },
  ];
  for (const delayMs of [0, 137]) {
    for (const request of requests) {
      const sent = edge.now;
      const before = edge.opener.replies.length;
      edge.request(request, delayMs);
      edge.run(1_000);
      const replies = edge.opener.replies.slice(before);
      assert.equal(replies.length, 1, 'exactly one answer');
      assert.equal(replies[0]?.data.length, ANSWER_LENGTH);
      assert.equal(replies[0]?.at, sent + TURNAROUND_MS + delayMs);
    }
  }
  const statuses = edge.answers().map(({ answer }) => answer.status);
  const expected = ['stored', 'stored', 'taken', 'refused', 'read', 'read', 'stored', 'refused'];
  assert.deepEqual(statuses.slice(0, 8), expected);
  assert.equal(edge.ofKind('send').length, 16, 'one path: all go to a mix of layer 1');
});

test('mixnet case (33): a box lives its days and is dropped by whole days', () => {
  const edge = makeEdge();
  const box = edge.box();
  edge.request({ kind: 'put', record: box.record });
  edge.run(100);
  const today = dayOf(edge.now);
  const life = edge.network.parameters.boxLifeDays;
  assert.deepEqual(edge.answers()[0]?.answer, { status: 'stored', expiryDay: today + life });
  for (const [day, alive] of [
    [today + life - 1, true],
    [today + life, false],
  ] as const) {
    edge.jump(day * 24 * HOUR + 1_000);
    edge.run(0);
    const before = edge.opener.replies.length;
    edge.request(get([box.mark, mark(), mark()]), 0, replyBlock(Math.floor(edge.now / HOUR)));
    edge.run(1_000);
    const [record] = recordsOf(edge, before);
    const { networkId } = edge.network.document;
    assert.equal(openRecord(box, networkId, record) !== null, alive, `day ${day - today}`);
  }
});

test('a box of another edge is refused', () => {
  const edge = makeEdge({ network: { edges: 5 } });
  let refused = 0;
  for (let i = 0; i < 40; i++) {
    const box = edge.box();
    const here = box.homes.some((home) => Buffer.compare(home, edge.self) === 0);
    edge.request({ kind: 'put', record: box.record });
    edge.run(50);
    const status = edge.answers().at(-1)?.answer.status;
    assert.equal(status, here ? 'stored' : 'refused');
    if (!here) refused += 1;
  }
  assert.equal(edge.counters()['put-misplaced'], refused);
  // Three in five: so few by chance once in ten billion runs.
  assert.ok(refused > 5);
});

test('what cannot be read, and what carries no reply block, is dropped with a reason', () => {
  const edge = makeEdge();
  for (const data of [new Uint8Array(0), bytes(1), bytes(2_816), Uint8Array.of(2, 0)]) {
    edge.request(data);
  }
  edge.request(get([mark(), mark(), mark()]), 0, null);
  edge.run(1_000);
  assert.equal(edge.counters()['request-malformed'], 4);
  assert.equal(edge.counters()['request-unanswerable'], 1);
  assert.equal(edge.opener.replies.length, 0);
});

test('a stale reply block is given up with a reason', () => {
  const edge = makeEdge();
  edge.opener.stale = true;
  edge.request(get([mark(), mark(), mark()]));
  edge.run(1_000);
  assert.equal(edge.counters()['answer-stale'], 1);
});

test('a broken store refuses, and what waits in it is bounded', () => {
  const edge = makeEdge({ limits: { storePending: 3 } });
  const { machine } = edge;
  machine.advance(edge.now);
  machine.drain();
  // The day's drop and the count hold two places; they are not answered here.
  for (let i = 0; i < 3; i++) edge.request({ kind: 'put', record: edge.box().record });
  assert.equal(edge.counters()['store-full'], 2);
  const [asked] = machine.drain().filter((effect) => effect.kind === 'store');
  assert.ok(asked?.kind === 'store');
  machine.onStore(asked.token, { kind: 'failed' }, edge.now);
  machine.onStore(asked.token, { kind: 'failed' }, edge.now);
  edge.run(1_000);
  assert.deepEqual(
    edge.answers().map(({ answer }) => answer.status),
    ['refused', 'refused', 'refused'],
  );
  assert.equal(edge.counters()['store-unknown'], 1);
});

test('a drop that failed is tried again, not at every turn', () => {
  const edge = makeEdge();
  let failures = 0;
  const { machine } = edge;
  for (let t = 0; t < 600; t++) {
    edge.jump(edge.now + 1_000);
    machine.advance(edge.now);
    for (const effect of machine.drain()) {
      if (effect.kind !== 'store' || effect.command.kind !== 'expire') continue;
      failures += 1;
      machine.onStore(effect.token, { kind: 'failed' }, edge.now);
    }
  }
  assert.ok(failures >= 9 && failures <= 11, `${failures} tries in ten minutes`);
});

test('a standing read is answered when its box is filled, after one turn-around', () => {
  const edge = makeEdge();
  const box = edge.box();
  edge.request(get([mark(), box.mark, mark()], 60_000), 25);
  edge.run(10_000);
  assert.equal(edge.opener.replies.length, 0);
  assert.equal(edge.machine.load.standingReads, 1);
  const filled = edge.now;
  edge.request({ kind: 'put', record: box.record });
  edge.run(1_000);
  assert.equal(edge.machine.load.standingReads, 0);
  const reply = edge.opener.replies.find(({ at }) => at === filled + TURNAROUND_MS + 25);
  assert.ok(reply);
  const i = edge.opener.replies.indexOf(reply);
  assert.ok(openRecord(box, edge.network.document.networkId, recordsOf(edge, i)[1]));
});

test('a box filled a moment before its standing read came is not missed', () => {
  const edge = makeEdge();
  const box = edge.box();
  edge.request({ kind: 'put', record: box.record });
  edge.run(5_000);
  const sent = edge.now;
  edge.request(get([mark(), mark(), box.mark], 60_000));
  edge.run(100);
  assert.equal(edge.opener.replies[1]?.at, sent + TURNAROUND_MS);
  assert.equal(edge.machine.load.standingReads, 0);
});

test('a box announced long ago is cover in a standing read, and does not end the wait', () => {
  const edge = makeEdge();
  const box = edge.box();
  edge.request({ kind: 'put', record: box.record });
  edge.run(30_000);
  edge.request(get([mark(), box.mark, mark()], 60_000));
  edge.run(59_000);
  assert.equal(edge.opener.replies.length, 1);
  edge.run(2_000);
  assert.equal(edge.opener.replies.length, 2);
  const [, record] = recordsOf(edge, 1);
  assert.ok(openRecord(box, edge.network.document.networkId, record), 'a last look finds it');
});

test('a box filled while its standing read is on the way is not missed, and answered once', () => {
  for (const putFirst of [true, false]) {
    const edge = makeEdge();
    const { machine } = edge;
    const box = edge.box();
    machine.advance(edge.now);
    machine.drain();
    edge.request({ kind: 'put', record: box.record });
    const [put] = machine.drain().filter((effect) => effect.kind === 'store');
    assert.ok(put?.kind === 'store');
    const settle = () => machine.onStore(put.token, edge.boxes.execute(put.command), edge.now);
    if (putFirst) settle();
    edge.request(get([box.mark, mark(), mark()], 60_000));
    if (!putFirst) settle();
    edge.run(100_000);
    assert.equal(edge.opener.replies.length, 2);
    const reply = edge.opener.replies.findIndex(({ data }) => data[0] === 4);
    assert.ok(openRecord(box, edge.network.document.networkId, recordsOf(edge, reply)[0]));
  }
});

test('an expired read is answered empty, once, and random bytes fill the records', () => {
  const edge = makeEdge();
  edge.request(get([mark(), mark(), mark()], 30_000));
  edge.run(29_999);
  assert.equal(edge.opener.replies.length, 0);
  edge.run(100_000);
  assert.equal(edge.opener.replies.length, 1);
  for (const record of recordsOf(edge, 0)) {
    assert.ok(record.filter((byte) => byte === 0).length < 60);
  }
});

test('rule 2.4: standing reads are capped, and the oldest is answered empty', () => {
  const edge = makeEdge({ limits: { standingReads: 3 } });
  const boxes = [1, 2, 3, 4, 5].map(() => edge.box());
  for (const box of boxes) edge.request(get([box.mark, mark(), mark()], 200_000));
  edge.run(1_000);
  assert.equal(edge.machine.load.standingReads, 3);
  assert.equal(edge.opener.replies.length, 2);
  assert.equal(edge.counters()['stand-evicted'], 2);
  const [first] = boxes;
  edge.request({ kind: 'put', record: first?.record ?? assert.fail() });
  edge.run(1_000);
  assert.equal(edge.opener.replies.length, 3, 'the first read is gone');
});

test('rule 2.4: no standing read waits longer than five minutes', () => {
  const edge = makeEdge();
  edge.request(get([mark(), mark(), mark()], 0xffff_ffff));
  edge.run(MAX_WAIT_MS - 1);
  assert.equal(edge.opener.replies.length, 0);
  edge.run(1_000);
  assert.equal(edge.opener.replies.length, 1);
});

test('rule 2.6: a wait ends before the keys of its reply block do', () => {
  const edge = makeEdge();
  const { parameters } = edge.network;
  const end = epochStart(parameters, edge.epoch + 1);
  edge.jump(end + parameters.graceMs - 90_000);
  edge.run(0);
  edge.request(get([mark(), mark(), mark()], MAX_WAIT_MS), 10_000);
  edge.run(90_000);
  const [answered] = edge.opener.replies;
  const left = end + parameters.graceMs - (answered?.at ?? Infinity);
  assert.ok(left >= 29_000, `${left} ms left for the way back`);
  edge.request(get([mark(), mark(), mark()], MAX_WAIT_MS));
  edge.run(1_000);
  assert.equal(edge.opener.replies.length, 2, 'no time to wait: answered at once');
});

test('reads answered early leave nothing behind until their wait would have ended', () => {
  const edge = makeEdge({ limits: { standingReads: 100 } });
  for (let i = 0; i < 5_000; i++) {
    edge.request(get([mark(), mark(), mark()], MAX_WAIT_MS));
    if (i % 100 === 0) edge.run(20);
  }
  const boxes = Reflect.get(edge.machine, 'boxes') as object;
  const standing = Reflect.get(boxes, 'standing') as object;
  const ends = Reflect.get(standing, 'ends') as { size: number };
  assert.ok(ends.size <= 2 * 100 + 1_100, `${ends.size} entries`);
});

test('answers that wait are bounded', () => {
  const edge = makeEdge({ limits: { answers: 5 } });
  for (let i = 0; i < 8; i++) edge.request(get([mark(), mark(), mark()]), 10_000);
  edge.run(1);
  assert.equal(edge.machine.load.answers, 5);
  assert.equal(edge.counters()['answers-full'], 3);
});
