/** Many reads that wait for one mark (docs/spec/05-boxes.md, 8). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { u32 } from '@tacet/base';
import { type BoxRequest, type Mark, openRecord } from '@tacet/wire';
import { type StandingRead, StandingReads } from '../../src/edge/standing-reads.ts';
import type { Ticket } from '../../src/edge/ticket.ts';
import { makeEdge, mark, replyBlock } from '../support/edge.ts';

const ticket: Ticket = { block: replyBlock(1), epoch: 1, delayMs: 0, arrivedAt: 0 };
const read = (first: Mark, until = 1_000): StandingRead => ({
  marks: [first, mark(), mark()],
  ticket,
  until,
});

test('a filled box ends the first 64 waits for it; the others end at their time', () => {
  const reads = new StandingReads();
  const box = mark();
  const all = Array.from({ length: 70 }, () => read(box));
  for (const one of all) reads.add(one);
  assert.deepEqual(
    reads.release(box).map((one) => all.indexOf(one)),
    [...Array(64).keys()],
  );
  assert.equal(reads.size, 6);
  assert.deepEqual(reads.release(box), []);
  const left = Array.from({ length: 6 }, () => reads.takeEnded(1_000));
  assert.deepEqual(new Set(left), new Set(all.slice(64)));
  assert.equal(reads.takeEnded(1_000), undefined);
});

test('a mark named twice or by one read only is released once', () => {
  const reads = new StandingReads();
  const box = mark();
  const twice: StandingRead = { marks: [box, box, mark()], ticket, until: 1_000 };
  reads.add(twice);
  assert.deepEqual(reads.release(box), [twice]);
  assert.equal(reads.size, 0);
});

test('the oldest is the oldest that still waits, through every way out', () => {
  const reads = new StandingReads();
  assert.equal(reads.takeOldest(), undefined);
  let waiting: StandingRead[] = [];
  for (let i = 0; i < 20_000; i++) {
    const one = read(mark(), 1_000 + i);
    reads.add(one);
    waiting.push(one);
    if (waiting.length <= 40) continue;
    const [oldest] = waiting;
    const gone =
      i % 3 === 0 ? reads.takeOldest() : i % 3 === 1 ? reads.takeEnded(oldest?.until ?? 0) : null;
    if (gone === null) {
      const middle = waiting[20] ?? assert.fail();
      assert.deepEqual(reads.release(middle.marks[0]), [middle]);
      waiting = waiting.filter((other) => other !== middle);
    } else {
      assert.ok(gone !== undefined && gone === oldest);
      waiting.shift();
    }
  }
  assert.equal(reads.size, waiting.length);
  const order = Reflect.get(reads, 'order') as unknown[];
  assert.ok(order.length <= 1_200, `${order.length} kept for 40 that wait`);
});

test('reads cost the same whether they name one mark or many, at the cap of an edge', () => {
  const cap = 50_000;
  const number = (i: number): Mark => Uint8Array.from([...u32(i), ...u32(i)]) as Mark;
  const cost = (first: (i: number) => Mark): number => {
    const all = Array.from(
      { length: 1.2 * cap },
      (_, i): StandingRead => ({
        marks: [first(3 * i), first(3 * i + 1), first(3 * i + 2)],
        ticket,
        until: 1_000,
      }),
    );
    const reads = new StandingReads();
    const before = process.cpuUsage();
    for (const one of all) {
      reads.add(one);
      if (reads.size > cap) assert.ok(reads.takeOldest());
    }
    while (reads.takeEnded(1_000) !== undefined);
    return process.cpuUsage(before).user;
  };
  const many = cost((i) => number(i));
  const box = mark();
  const one = cost(() => box);
  assert.ok(one < 10 * many, `${one} us for one mark, ${many} us for many`);
});

const get = (marks: readonly [Mark, Mark, Mark], waitMs = 0): BoxRequest => ({
  kind: 'get',
  waitMs,
  marks,
});

test('a box that 50,000 reads wait for is filled, and requests of others are answered', () => {
  const edge = makeEdge();
  const { machine } = edge;
  const box = edge.box();
  const block = replyBlock(edge.epoch);
  const [second, third] = [mark(), mark()];
  for (let i = 0; i < 50_000; i++) edge.request(get([box.mark, second, third], 200_000), 0, block);
  assert.equal(machine.load.standingReads, 50_000);
  edge.run(0);
  edge.request({ kind: 'put', record: box.record });
  for (const effect of machine.drain()) {
    assert.ok(effect.kind === 'store');
    machine.onStore(effect.token, edge.boxes.execute(effect.command), edge.now);
  }
  // The store has not answered the reads that the box has ended.
  for (let i = 0; i < 100; i++) edge.request(get([box.mark, second, third]));
  edge.run(1_000);
  assert.equal(edge.counters()['stand-released'], 64);
  assert.equal(edge.opener.replies.length, 1 + 64 + 100);
  assert.equal(edge.counters()['store-full'] ?? 0, 0);
  assert.equal(edge.counters()['answers-full'] ?? 0, 0);
});

test('waits that end all at one moment leave room for requests of others', () => {
  const edge = makeEdge({ limits: { storePending: 100, answers: 100 } });
  const { machine } = edge;
  const box = edge.box();
  edge.request({ kind: 'put', record: box.record });
  edge.run(30_000);
  const waiters = replyBlock(edge.epoch);
  for (let i = 0; i < 300; i++) edge.request(get([mark(), mark(), mark()], 60_000), 0, waiters);
  edge.run(59_999);
  machine.drain();
  edge.jump(edge.now + 1);
  machine.advance(edge.now);
  for (let i = 0; i < 25; i++) edge.request(get([box.mark, mark(), mark()]));
  edge.run(1_000);
  assert.equal(edge.counters()['stand-expired'], 300);
  const { networkId } = edge.network.document;
  const answers = edge.answers();
  const others = edge.opener.replies.flatMap(({ block }, i) => {
    const answer = answers[i]?.answer;
    return block === waiters || answer?.status !== 'read' ? [] : [answer];
  });
  assert.equal(others.length, 25);
  for (const { records } of others) assert.ok(openRecord(box, networkId, records[0]));
  assert.ok(answers.length > 1 + 25, 'and of those waits as many as there is room for');
});
