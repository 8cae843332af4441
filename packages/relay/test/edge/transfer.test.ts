/** Links in Transfer (docs/spec/03-links.md, 4 and 5): who may, at what rate, and what is left after it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATE_SLOTS } from '@tacet/relay';
import { makeEdge } from '../support/edge.ts';

type Edge = ReturnType<typeof makeEdge>;

function down(edge: Edge, link: number, ms: number): number {
  const count = (): number => edge.ofKind('down').filter((one) => one.link === link).length;
  const before = count();
  edge.run(ms);
  return count() - before;
}

function ask(edge: Edge, link: number, slotMs: number): void {
  edge.up(link, { kind: 'rate', slotMs });
}

test('who asks for Transfer gets two frames down a slot, and one up through', () => {
  const edge = makeEdge();
  const { slotMs, transferSlotMs } = edge.network.parameters;
  edge.hello(1);
  ask(edge, 1, transferSlotMs);
  // The next frame down was due by the old clock.
  edge.run(slotMs);
  assert.ok(Math.abs(down(edge, 1, 100 * transferSlotMs) - 200) <= 1);
  for (let i = 0; i < 400; i++) {
    edge.up(1);
    edge.run(transferSlotMs / 4);
  }
  const { up = 0, early = 0 } = edge.counters();
  const late = 1_000 / transferSlotMs;
  assert.ok(up >= 100 && up <= 100 + late + 2, `${up} of 400 frames in 100 slots`);
  assert.equal(up + early, 400);
});

test('there are so many places; who is refused keeps its rate, and gets the next one', () => {
  const edge = makeEdge({ limits: { transferPackets: 50 } });
  const { slotMs, transferSlotMs } = edge.network.parameters;
  assert.equal(Math.floor((50 * transferSlotMs) / 1_000), 1, 'control: one place');
  for (const link of [1, 2, 3]) edge.hello(link);
  ask(edge, 1, transferSlotMs);
  ask(edge, 2, transferSlotMs);
  ask(edge, 1, transferSlotMs);
  edge.run(slotMs);
  assert.ok(down(edge, 1, 10 * slotMs) > 300);
  assert.equal(down(edge, 2, 10 * slotMs), 20);
  assert.equal(edge.counters()['transfer-begun'], 1);
  assert.equal(edge.counters()['transfer-full'], 1);

  ask(edge, 1, slotMs);
  ask(edge, 2, transferSlotMs);
  edge.run(slotMs);
  assert.ok(down(edge, 2, 10 * slotMs) > 300, 'it went back');
  edge.machine.onLinkClosed(2, edge.now);
  ask(edge, 3, transferSlotMs);
  edge.run(slotMs);
  assert.ok(down(edge, 3, 10 * slotMs) > 300, 'its link closed');
});

test('after Transfer the clock down goes on as long as answers may come, the grid up does not', () => {
  const edge = makeEdge();
  const { slotMs, transferSlotMs, delayMeanMs } = edge.network.parameters;
  edge.hello(1);
  ask(edge, 1, transferSlotMs);
  edge.run(10 * slotMs);
  ask(edge, 1, slotMs);
  const tail = 30 * delayMeanMs;
  const frames = (2 * tail) / transferSlotMs;
  assert.ok(Math.abs(down(edge, 1, tail) - frames) <= 1);
  edge.run(slotMs);
  assert.equal(down(edge, 1, 10 * slotMs), 20);

  const before = edge.counters()['up'] ?? 0;
  for (let i = 0; i < 100; i++) {
    edge.up(1);
    edge.run(slotMs / 10);
  }
  assert.ok((edge.counters()['up'] ?? 0) - before <= 10 + LATE_SLOTS + 1);
});

test('a line that stalls for most of a second loses no frame in Transfer; nor does the slow grid after it', () => {
  const edge = makeEdge();
  const { slotMs, transferSlotMs } = edge.network.parameters;
  edge.hello(1);
  ask(edge, 1, transferSlotMs);
  const slots = (n: number): void => {
    for (let i = 0; i < n; i++) {
      edge.run(transferSlotMs);
      edge.up(1);
    }
  };
  slots(20);
  edge.run(27 * transferSlotMs);
  for (let i = 0; i < 27; i++) edge.up(1);
  slots(100);
  assert.equal(edge.counters()['early'], undefined);
  assert.equal(edge.counters()['up'], 147);
  edge.run(transferSlotMs);
  ask(edge, 1, slotMs);
  for (let i = 0; i < 20; i++) {
    edge.run(slotMs);
    edge.up(1);
  }
  assert.equal(edge.counters()['early'], undefined);
});

test('who goes into Transfer and out of it by turns gets no more frames than by staying', () => {
  const edge = makeEdge();
  const { slotMs, transferSlotMs } = edge.network.parameters;
  edge.hello(1);
  ask(edge, 1, transferSlotMs);
  const begin = edge.now;
  for (let i = 0; i < 4_000; i++) {
    if (i % 40 === 0) ask(edge, 1, slotMs);
    if (i % 40 === 1) ask(edge, 1, transferSlotMs);
    edge.up(1);
    edge.run(transferSlotMs / 4);
  }
  const most = (edge.now - begin) / transferSlotMs + 1_000 / transferSlotMs + 2;
  assert.ok((edge.counters()['up'] ?? 0) <= most);
});

test('where its clock could not be told from another there is no Transfer', () => {
  const edge = makeEdge({ network: { parameters: { slotMs: 100, inUseSlotMs: 100 } } });
  const { transferSlotMs, slotMs } = edge.network.parameters;
  edge.hello(1);
  ask(edge, 1, transferSlotMs);
  assert.equal(edge.counters()['rate-refused'], 1);
  edge.run(slotMs);
  assert.equal(down(edge, 1, 10 * slotMs), 20);
});

test('a hello asks for no Transfer', () => {
  const edge = makeEdge();
  const { slotMs, transferSlotMs } = edge.network.parameters;
  edge.hello(1, { slotMs: transferSlotMs });
  assert.equal(edge.counters()['slot-unknown'], 1);
  assert.equal(down(edge, 1, 10 * slotMs), 20);
});
