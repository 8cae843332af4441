import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATE_SLOTS } from '@tacet/relay';
import { bytes, makeEdge } from '../support/edge.ts';

/** Of the spec (docs/spec/03-links.md); not the edge's own, which would agree with any value. */
const RESUME_MS = 600_000;

test('a closed network admits who knows the join secret, and closes on anybody else', () => {
  const edge = makeEdge();
  assert.ok(edge.hello(1));
  for (const joinSecret of [bytes(16), new Uint8Array(0), bytes(15)]) {
    assert.equal(edge.hello(2, { joinSecret }), null);
  }
  edge.run(0);
  const closed = edge.ofKind('close');
  assert.deepEqual(
    closed.map(({ link, reason }) => [link, reason]),
    [
      [2, 'join-secret'],
      [2, 'join-secret'],
      [2, 'join-secret'],
    ],
  );
  assert.equal(edge.counters()['link-refused-secret'], 3);
});

test('fail closed: a closed network whose edge was given no secret admits nobody', () => {
  const edge = makeEdge({ edge: { joinSecret: new Uint8Array(0) } });
  assert.equal(edge.hello(1, { joinSecret: new Uint8Array(0) }), null);
  const open = makeEdge({ network: { parameters: { closed: false } } });
  assert.ok(open.hello(1, { joinSecret: new Uint8Array(0) }));
});

test('nobody is admitted before there is a document', () => {
  const edge = makeEdge({ documents: false });
  assert.equal(edge.hello(1), null);
  assert.equal(edge.machine.deadline(), null);
});

test('a second hello closes the link', () => {
  const edge = makeEdge();
  edge.hello(1);
  assert.equal(edge.hello(1), null);
  edge.run(0);
  assert.equal(edge.ofKind('close')[0]?.reason, 'protocol');
});

test('each connection has a random handle of its own', () => {
  const edge = makeEdge();
  const handles = [1, 2, 3].map((link) =>
    Buffer.from(edge.hello(link)?.handle ?? []).toString('hex'),
  );
  assert.equal(new Set(handles).size, 3);
  for (const handle of handles) assert.match(handle, /^[0-9a-f]{16}$/);
});

test('mixnet case (34): links are capped', () => {
  const edge = makeEdge({ limits: { links: 2 } });
  assert.ok(edge.hello(1));
  assert.ok(edge.hello(2));
  assert.equal(edge.hello(3), null);
  edge.machine.onLinkClosed(1, edge.now);
  assert.ok(edge.hello(4));
});

test('rule 2.2: one frame a slot; early frames are dropped and counted', () => {
  const edge = makeEdge();
  edge.hello(1);
  const { slotMs } = edge.network.parameters;
  for (let i = 0; i < 100; i++) {
    edge.up(1);
    edge.run(slotMs / 10);
  }
  const { up, early } = edge.counters();
  assert.ok((up ?? 0) <= 10 + LATE_SLOTS + 1);
  assert.equal((up ?? 0) + (early ?? 0), 100);
});

test('rule 2.2: who announces periods by turns, or connects again, gets no frame more', () => {
  const edge = makeEdge();
  const { slotMs, inUseSlotMs } = edge.network.parameters;
  edge.hello(1);
  for (let i = 0; i < 300; i++) {
    edge.up(1);
    edge.up(1, { kind: 'rate', slotMs: i % 2 === 0 ? inUseSlotMs : slotMs });
  }
  assert.equal(edge.counters()['up'], 1);
  for (let link = 2; link < 12; link++) {
    edge.hello(link);
    for (let i = 0; i < 10; i++) edge.up(link);
  }
  assert.equal(edge.counters()['up'], 11, 'one frame for each new link');
});

test('rule 2.2: a link that is early is not read from until its next frame could pass', () => {
  const edge = makeEdge();
  const { slotMs } = edge.network.parameters;
  edge.hello(1);
  edge.up(1);
  edge.up(1);
  edge.run(0);
  assert.deepEqual(edge.ofKind('hold'), [{ kind: 'hold', link: 1, forMs: slotMs }]);
  edge.run(slotMs);
  edge.up(1);
  assert.equal(edge.counters()['up'], 2);
  assert.equal(edge.counters()['early'], 1);
  edge.run(0);
  assert.equal(edge.ofKind('hold').length, 2, 'from then on it is held after each frame');
  edge.hello(2);
  edge.up(2);
  edge.run(slotMs);
  edge.up(2);
  edge.run(0);
  assert.equal(edge.ofKind('hold').length, 2, 'who was never early is not');
});

test('rule 2.2: a client may change to the two periods of the document and to no other', () => {
  const edge = makeEdge();
  const { slotMs, inUseSlotMs } = edge.network.parameters;
  edge.hello(1);
  const downs = (ms: number): number => {
    const before = edge.ofKind('down').length;
    edge.run(ms);
    return edge.ofKind('down').length - before;
  };
  assert.equal(downs(10 * slotMs), 20, 'two frames down a slot');
  edge.up(1, { kind: 'rate', slotMs: inUseSlotMs });
  const half = (10 * slotMs) / (inUseSlotMs / 2);
  assert.ok(Math.abs(downs(10 * slotMs) - half) <= 1);
  edge.run(slotMs);
  edge.up(1, { kind: 'rate', slotMs: 1 });
  assert.equal(edge.counters()['rate-refused'], 1);
  assert.ok(Math.abs(downs(10 * slotMs) - half) <= 1);
});

test('an unknown period in hello means the ordinary one', () => {
  const edge = makeEdge();
  edge.hello(1, { slotMs: 7 });
  edge.run(10 * edge.network.parameters.slotMs);
  assert.equal(edge.ofKind('down').length, 20);
  assert.equal(edge.counters()['slot-unknown'], 1);
});

test('a client without a document is served at the quicker period, until it says its own', () => {
  const edge = makeEdge();
  const { slotMs, inUseSlotMs } = edge.network.parameters;
  edge.hello(1, { slotMs: 0 });
  edge.run(10 * inUseSlotMs);
  assert.equal(edge.ofKind('down').length, 20);
  assert.equal(edge.counters()['slot-unknown'], undefined);
  edge.up(1, { kind: 'rate', slotMs });
  const before = edge.ofKind('down').length;
  edge.run(10 * slotMs);
  assert.ok(Math.abs(edge.ofKind('down').length - before - 20) <= 1);
});

test('rule 2.2: frames down are periodic, whether there is something to say or not', () => {
  const edge = makeEdge();
  const handle = edge.hello(1)?.handle ?? assert.fail();
  const half = edge.network.parameters.slotMs / 2;
  const at: number[] = [];
  const late: number[] = [];
  for (let i = 0; i < 60; i++) {
    if (i % 7 === 0) edge.reply(handle);
    const next = edge.machine.deadline() ?? assert.fail();
    const before = edge.ofKind('down').length;
    edge.run(next - edge.now);
    for (const { due } of edge.ofKind('down').slice(before)) {
      at.push(edge.now);
      late.push(edge.now - (due ?? 0));
    }
  }
  assert.ok(at.length > 10);
  assert.ok(
    late.every((ms) => Math.abs(ms) < 1e-6),
    'each says when it was due',
  );
  for (const time of at) {
    const off = (time - (at[0] ?? 0)) / half;
    assert.ok(Math.abs(off - Math.round(off)) < 1e-6, 'on its own grid');
  }
});

test('rule 2.2: after sleep the clock goes on and makes up for nothing', () => {
  const edge = makeEdge();
  edge.hello(1);
  edge.run(5_000);
  const before = edge.ofKind('down').length;
  edge.jump(edge.now + 600_000);
  edge.machine.advance(edge.now);
  edge.run(0);
  const after = edge.ofKind('down').slice(before);
  assert.equal(after.length, 1);
  const late = edge.now - (after[0]?.due ?? 0);
  assert.ok(late > 600_000 - edge.network.parameters.slotMs, `${late} ms late`);
});

test('replies go to the queue of their handle, one a frame, in order', () => {
  const edge = makeEdge();
  const one = edge.hello(1)?.handle ?? assert.fail();
  const two = edge.hello(2)?.handle ?? assert.fail();
  const ids = [edge.reply(one), edge.reply(two), edge.reply(one)];
  edge.reply(bytes(8));
  edge.run(10 * edge.network.parameters.slotMs);
  const replies = (link: number) =>
    edge
      .ofKind('down')
      .filter((effect) => effect.link === link && effect.frame.reply !== null)
      .map((effect) => effect.frame.reply?.replyId);
  assert.deepEqual(replies(1), [ids[0], ids[2]]);
  assert.deepEqual(replies(2), [ids[1]]);
  assert.equal(edge.counters()['reply-unknown'], 1);
});

test('mixnet case (20): a flood of replies to one client is bounded by queue and down clock', () => {
  const edge = makeEdge();
  const handle = edge.hello(1)?.handle ?? assert.fail();
  for (let i = 0; i < 1_000; i++) edge.reply(handle);
  assert.equal(edge.machine.load.queuedReplies, 64);
  assert.equal(edge.counters()['reply-full'], 936);
  edge.run(5 * edge.network.parameters.slotMs);
  assert.equal(edge.ofKind('down').length, 10);
});

test('all queues together are bounded', () => {
  const edge = makeEdge({ limits: { repliesAll: 10 } });
  for (let link = 1; link <= 5; link++) {
    const handle = edge.hello(link)?.handle ?? assert.fail();
    for (let i = 0; i < 5; i++) edge.reply(handle);
  }
  assert.equal(edge.machine.load.queuedReplies, 10);
});

test('rule 2.1: a lost connection is taken up again within ten minutes, with its replies', () => {
  const edge = makeEdge();
  const handle = edge.hello(1)?.handle ?? assert.fail();
  edge.machine.onLinkClosed(1, edge.now);
  const replyId = edge.reply(handle);
  edge.run(RESUME_MS - 1);
  assert.equal(edge.ofKind('down').length, 0, 'nothing is sent to a lost link');
  assert.deepEqual(edge.hello(2, { resume: handle })?.handle, handle);
  edge.run(edge.network.parameters.slotMs);
  assert.deepEqual(edge.ofKind('down')[0]?.frame.reply?.replyId, replyId);
  assert.equal(edge.counters()['link-resumed'], 1);
});

test('after ten minutes the handle is forgotten, replies and all', () => {
  const edge = makeEdge();
  const handle = edge.hello(1)?.handle ?? assert.fail();
  edge.machine.onLinkClosed(1, edge.now);
  edge.reply(handle);
  edge.run(RESUME_MS);
  assert.equal(edge.machine.load.queuedReplies, 0);
  assert.notDeepEqual(edge.hello(2, { resume: handle })?.handle, handle);
  edge.reply(handle);
  assert.equal(edge.counters()['reply-unknown'], 1);
});

test('a connection lost twice has ten minutes each time', () => {
  const edge = makeEdge();
  const handle = edge.hello(1)?.handle ?? assert.fail();
  edge.machine.onLinkClosed(1, edge.now);
  edge.run(RESUME_MS - 1_000);
  edge.hello(2, { resume: handle });
  edge.machine.onLinkClosed(2, edge.now);
  edge.run(RESUME_MS - 1_000);
  assert.deepEqual(edge.hello(3, { resume: handle })?.handle, handle);
});

test('taking up a connection that is still open closes the old one', () => {
  const edge = makeEdge();
  const handle = edge.hello(1)?.handle ?? assert.fail();
  assert.deepEqual(edge.hello(2, { resume: handle })?.handle, handle);
  edge.run(0);
  const [close] = edge.ofKind('close');
  assert.deepEqual([close?.link, close?.reason], [1, 'resumed-elsewhere']);
  edge.machine.onLinkClosed(1, edge.now);
  edge.reply(handle);
  edge.run(edge.network.parameters.slotMs);
  assert.deepEqual(
    new Set(edge.ofKind('down').map(({ link }) => link)),
    new Set([2]),
    'the old link gets nothing more',
  );
});

test('lost connections are bounded: the one lost first is forgotten', () => {
  const edge = makeEdge({ limits: { lostSessions: 2 } });
  const handles = [1, 2, 3].map((link) => {
    const handle = edge.hello(link)?.handle ?? assert.fail();
    edge.machine.onLinkClosed(link, edge.now);
    edge.run(1);
    return handle;
  });
  const taken = handles.map((resume, i) => edge.hello(10 + i, { resume })?.handle);
  assert.notDeepEqual(taken[0], handles[0]);
  assert.deepEqual(taken.slice(1), handles.slice(1));
});

test('rule 2.3: every client packet waits Exp(1/mu) before it enters layer 1', () => {
  const edge = makeEdge();
  const waits: number[] = [];
  for (let link = 1; link <= 2_000; link++) {
    edge.hello(link);
    const before = edge.ofKind('send').length;
    const start = edge.now;
    edge.up(link);
    edge.machine.onLinkClosed(link, edge.now);
    while (edge.ofKind('send').length === before) {
      edge.run((edge.machine.deadline() ?? assert.fail()) - edge.now);
    }
    waits.push(edge.now - start);
  }
  const mean = waits.reduce((a, b) => a + b, 0) / waits.length;
  const expected = edge.network.parameters.delayMeanMs;
  assert.ok(Math.abs(mean / expected - 1) < 0.1, `mean ${mean} of ${expected}`);
  const beyond = waits.filter((wait) => wait > expected).length / waits.length;
  assert.ok(Math.abs(beyond - Math.exp(-1)) < 0.05, `${beyond} beyond the mean`);
});

test('what cannot enter is dropped with a reason', () => {
  const edge = makeEdge();
  edge.hello(1);
  edge.opener.enterDrop = { drop: 'epoch' };
  edge.up(1);
  edge.run(1_000);
  assert.equal(edge.counters()['up-epoch'], 1);
  assert.equal(edge.ofKind('send').length, 0);
  edge.up(99);
  assert.equal(edge.counters()['link-unknown'], 1);
});

test('mixnet case (39): packets waiting to enter are bounded', () => {
  const edge = makeEdge({ limits: { pool: 3 } });
  for (let link = 1; link <= 10; link++) {
    edge.hello(link);
    edge.up(link);
  }
  assert.equal(edge.machine.load.pool, 3);
  assert.equal(edge.counters()['pool-full'], 7);
});
