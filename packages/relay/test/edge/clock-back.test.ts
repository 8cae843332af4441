import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { TURNAROUND_MS } from '@tacet/relay';
import { makeEdge, mark } from '../support/edge.ts';

const STEPS = [-10_000, -4 * MINUTE, -HOUR, 10_000, 4 * MINUTE];
const twoEdges = () => makeEdge({ network: { edges: 2 } });

test('a clock that is set back silences no digests, and none is signed twice', () => {
  for (const by of [10_000, 4 * MINUTE]) {
    const edge = twoEdges();
    const { digestMs } = edge.network.parameters;
    edge.run(10 * MINUTE);
    const before = edge.ofKind('digest').length;
    edge.setClock(-by);
    edge.run(10 * digestMs);
    const digests = edge.ofKind('digest').map(({ digest }) => digest.digest);
    assert.ok(digests.length >= before + 9, `${digests.length - before} digests in ten periods`);
    assert.equal(new Set(digests.map(({ number }) => number)).size, digests.length);
  }
});

test('after a clock that ran an hour ahead was set right, digests have the numbers of now', () => {
  const edge = twoEdges();
  const { digestMs } = edge.network.parameters;
  edge.run(MINUTE);
  edge.setClock(HOUR);
  edge.run(MINUTE);
  edge.setClock(-HOUR);
  const before = edge.ofKind('digest').length;
  edge.run(10 * digestMs);
  const digests = edge.ofKind('digest').slice(before);
  assert.ok(digests.length >= 9);
  for (const { digest } of digests) {
    const at = digest.digest.number * digestMs;
    assert.ok(Math.abs(at - edge.now) < 15 * digestMs);
  }
});

test('what is more than five minutes ahead of the clock is not signed, and is counted', () => {
  const edge = twoEdges();
  edge.run(20 * MINUTE);
  edge.setClock(-10 * MINUTE);
  edge.run(MINUTE);
  assert.ok((edge.counters()['digest-skipped'] ?? 0) > 0);
  const made = edge.ofKind('digest').length;
  edge.run(10 * MINUTE);
  assert.ok(edge.ofKind('digest').length > made, 'it speaks again when the numbers are free');
});

test('frames down, answers and standing reads come as if the clock had not been touched', () => {
  for (const by of STEPS) {
    const edge = makeEdge();
    edge.hello(1);
    edge.run(5_000);
    const box = edge.box();
    edge.request({ kind: 'get', waitMs: 60_000, marks: [mark(), box.mark, mark()] });
    edge.request({ kind: 'get', waitMs: 0, marks: [mark(), mark(), mark()] }, 500);
    edge.run(0);
    edge.setClock(by);
    const downs = edge.ofKind('down').length;
    edge.run(TURNAROUND_MS);
    assert.equal(edge.opener.replies.length, 0, `nothing before its time, ${by} ms`);
    edge.run(500);
    assert.equal(edge.opener.replies.length, 1, `the answer, after a step of ${by} ms`);
    edge.run(10_000);
    const { slotMs } = edge.network.parameters;
    const expected = 10_500 / (slotMs / 2);
    assert.ok(edge.ofKind('down').length - downs >= expected - 2, 'frames down go on');
    edge.request({ kind: 'put', record: box.record });
    edge.run(1_000);
    assert.equal(edge.opener.replies.length, 3, 'the standing read is answered, and the PUT');
  }
});

test('frames of clients are not early because the clock was set', () => {
  for (const by of STEPS) {
    const edge = makeEdge();
    edge.hello(1);
    const { slotMs } = edge.network.parameters;
    for (let i = 0; i < 20; i++) {
      edge.up(1);
      if (i === 10) edge.setClock(by);
      edge.run(slotMs);
    }
    assert.equal(edge.counters()['early'] ?? 0, 0);
    assert.equal(edge.counters()['up'], 20);
  }
});
