/** Loops of a mix, the floor of its pool, and what it tells of both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DeadlineHeap,
  equalBytes,
  HOUR,
  MINUTE,
  type Millis,
  randomExponential,
  SECOND,
} from '@tacet/base';
import { epochStart } from '@tacet/directory';
import type { Opened } from '@tacet/onion';
import { makeTestNetwork, seededRng, TEST_NOW } from '@tacet/testkit';
import { decodeRequest } from '@tacet/wire';
import { makeMix, type TestMix } from '../support/mix.ts';
import { VirtualNetwork } from '../support/virtual-network.ts';

const MEAN = 1_000;
const FLOOR = 12;
const plain = makeTestNetwork({
  seed: 'loops',
  mixesPerLayer: 2,
  parameters: { delayMeanMs: MEAN, poolFloor: 0 },
});
const floored = makeTestNetwork({
  seed: 'floor',
  mixesPerLayer: 2,
  parameters: { delayMeanMs: MEAN, poolFloor: FLOOR },
});
const USUAL_RATE = 5 / (MEAN * Math.log(2_600));

/** Loops on their way, and how many of each mix were looked at. */
const ways = new WeakMap<TestMix, { due: DeadlineHeap<Uint8Array>; seen: number }>();

/**
 * Runs a mix; its loops come back `late` after their own delays where `back` says so, null for
 * never.
 */
function run(
  test: TestMix,
  until: Millis,
  back: ((n: number) => boolean) | null,
  from = TEST_NOW,
  late: Millis = 0,
) {
  const { mix, loops } = test;
  const way = ways.get(test) ?? { due: new DeadlineHeap(), seen: 0 };
  ways.set(test, way);
  for (;;) {
    const next = Math.min(mix.deadline(), way.due.nextAt ?? Number.POSITIVE_INFINITY);
    if (next > until) return;
    const now = Math.max(next, from);
    for (let id = way.due.popDue(now); id !== undefined; id = way.due.popDue(now)) {
      mix.onOpened({ kind: 'end', epoch: 0, id }, now);
    }
    mix.advance(now);
    mix.drain();
    for (; way.seen < loops.length; way.seen++) {
      const loop = loops[way.seen] ?? assert.fail();
      if (back?.(way.seen) !== true) continue;
      const drawn = [...loop.out, ...loop.back].reduce((sum, hop) => sum + hop.delayMs, 0);
      way.due.push(now + drawn + late, loop.id);
    }
  }
}

test('rule 2.3: loops leave at random, five in the time in which a pool runs empty', () => {
  const one = makeMix(plain);
  run(one, TEST_NOW + 20 * MINUTE, () => true);
  const expected = USUAL_RATE * 20 * MINUTE;
  assert.ok(Math.abs(one.loops.length / expected - 1) < 0.12, `${one.loops.length}`);
  assert.equal(one.mix.counters.get('loop-lost'), 0);
  const slow = makeMix(makeTestNetwork({ seed: 'slow', parameters: { delayMeanMs: 10_000 } }));
  run(slow, TEST_NOW + 20 * MINUTE, () => true);
  assert.ok(Math.abs(slow.loops.length / 120 - 1) < 0.3, 'never fewer than one in ten seconds');
});

test('rule 2.1: a loop goes on to the next layer, asks an edge for three marks, ends at its maker', () => {
  for (const layer of [1, 2, 3] as const) {
    const { loops } = (() => {
      const made = makeMix(plain, { layer });
      run(made, TEST_NOW + MINUTE, () => true);
      return made;
    })();
    const self = plain.relays.findIndex((relay) => relay.layer === layer);
    assert.ok(loops.length > 10);
    for (const { out, back, data } of loops) {
      const layers = (hops: typeof out) => hops.map(({ index }) => plain.relays[index]?.layer);
      assert.deepEqual(layers(out), [2, 3, 0].slice(layer - 1));
      assert.deepEqual(layers(back), [1, 2, 3].slice(0, layer));
      assert.equal(back.at(-1)?.index, self);
      assert.equal(back.at(-1)?.delayMs, 0);
      const request = decodeRequest(data);
      assert.ok(request.kind === 'get' && request.waitMs === 0);
    }
  }
});

function forward(to: number, request: boolean, delayMs: Millis): Opened {
  const packet = new Uint8Array(1);
  return { kind: 'forward', epoch: plain.document.epoch, request, next: to, delayMs, packet };
}

test('rule 2.3: a mix without traffic keeps its floor from the first moment', () => {
  const one = makeMix(floored);
  one.mix.advance(TEST_NOW);
  assert.ok(one.mix.poolSize >= FLOOR - 3);
  const sizes: number[] = [];
  for (let at = TEST_NOW + 10 * SECOND; at < TEST_NOW + 5 * MINUTE; at += SECOND) {
    run(one, at, () => true, at - SECOND);
    sizes.push(one.mix.poolSize);
  }
  const mean = sizes.reduce((a, b) => a + b, 0) / sizes.length;
  assert.ok(mean > FLOOR - 0.5 && mean < FLOOR + 2, `${mean}`);
});

test('rule 2.3: with traffic enough there are no loops but the usual ones', () => {
  const one = makeMix(floored);
  const rng = seededRng('traffic');
  const to = floored.relays.findIndex((relay) => relay.layer === 2);
  let now = TEST_NOW;
  let before = 0;
  while (now < TEST_NOW + 6 * MINUTE) {
    const next = now + randomExponential(rng, MEAN / 40);
    run(one, next, () => true, now);
    now = next;
    one.mix.onOpened(forward(to, true, randomExponential(rng, MEAN)), now);
    if (now < TEST_NOW + MINUTE) before = one.loops.length;
  }
  const expected = USUAL_RATE * 5 * MINUTE;
  assert.ok(Math.abs((one.loops.length - before) / expected - 1) < 0.25);
});

test('mixnet case (25): three lost loops raise the alarm, and what comes in counts no more', () => {
  const one = makeMix(floored);
  const rng = seededRng('flooded');
  const to = floored.relays.findIndex((relay) => relay.layer === 2);
  let now = TEST_NOW;
  while (now < TEST_NOW + 2 * MINUTE) {
    const next = now + randomExponential(rng, MEAN / 40);
    run(one, next, null, now);
    now = next;
    one.mix.onOpened(forward(to, true, randomExponential(rng, MEAN)), now);
    if (one.mix.counters.get('loop-lost') === 2) assert.equal(one.mix.alarmed, false);
    if (one.mix.counters.get('loop-lost') === 3) assert.equal(one.mix.alarmed, true);
  }
  const before = one.loops.length;
  run(one, now + 2 * MINUTE, null, now);
  const rate = (one.loops.length - before) / (2 * MINUTE);
  assert.ok(Math.abs((rate * MEAN) / FLOOR - 1) < 0.15, `${rate * MEAN} in the pool`);
});

test('a loop is lost five seconds after its own delays', () => {
  for (const [late, isLost] of [
    [4_900, false],
    // Over five by more than the wait in which it left its maker.
    [25_000, true],
  ] as const) {
    const one = makeMix(plain);
    run(one, TEST_NOW + 3 * MINUTE, () => true, TEST_NOW, late);
    const { counters } = one.mix;
    assert.ok(counters.get(isLost ? 'loop-lost' : 'loop-back') > 50);
    assert.equal(counters.get(isLost ? 'loop-back' : 'loop-lost'), 0, `${late} ms late`);
  }
});

test('the alarm ends when loops come back', () => {
  const one = makeMix(plain);
  run(one, TEST_NOW + 2 * MINUTE, null);
  assert.equal(one.mix.alarmed, true);
  run(one, TEST_NOW + 6 * MINUTE, () => true, TEST_NOW + 2 * MINUTE);
  assert.equal(one.mix.alarmed, false);
});

test('rule 2.6: a mix tells of a whole epoch: its request rate, and loops by relay', () => {
  const one = makeMix(plain, { layer: 2 });
  const { parameters, document } = plain;
  const start = epochStart(parameters, document.epoch + 1);
  const to = plain.relays.findIndex((relay) => relay.layer === 3);
  assert.equal(one.mix.report(start - MINUTE), null);
  run(one, start, () => true, start - MINUTE);
  for (let n = 0; n < 7_200; n++) {
    const now = start + n * 500;
    run(one, now, (k) => k % 10 > 0, now - 500);
    one.mix.onOpened(forward(to, n % 2 === 0, 10), now);
  }
  run(one, start + HOUR, () => true, start + HOUR - 500);
  assert.equal(one.mix.report(start + HOUR - 1), null, 'the epoch before was not seen whole');
  const { epoch, measured: report } = one.mix.report(start + HOUR) ?? assert.fail('no report');
  assert.equal(epoch, document.epoch + 1);
  assert.equal(report.requestRate, 1_000);
  const sent = report.loops.map((count) => count.sent);
  assert.equal(report.loops.length, 6, 'four mixes of other layers and two edges');
  for (const [i, { relay, lost }] of report.loops.entries()) {
    const before = report.loops[i - 1]?.relay;
    assert.ok(before === undefined || Buffer.compare(before, relay) < 0);
    assert.ok(Math.abs(lost / (sent[i] ?? 0) - 0.1) < 0.04);
    assert.notEqual(plain.relayOf(relay).layer, 2);
  }
});

test('a mix that no document lists, or that knows none, makes no loops and says why', () => {
  const others = makeTestNetwork({ seed: 'others' });
  const one = makeMix(plain, { book: others.book() });
  run(one, TEST_NOW + MINUTE, () => true);
  assert.equal(one.loops.length, 0);
  assert.ok(one.mix.counters.get('loop-no-path') > 0);
  const empty = { newest: () => null, inForce: () => null, forBuilding: () => null };
  const alone = makeMix(plain, { book: empty });
  for (let at = TEST_NOW; at < TEST_NOW + MINUTE; at += SECOND) alone.mix.advance(at);
  assert.equal(alone.loops.length, 0);
});

test('rule 2.1: loops of every layer come back through relays with the real onion', () => {
  const network = makeTestNetwork({
    seed: 'real loops',
    mixesPerLayer: 2,
    parameters: { delayMeanMs: 100, poolFloor: 4, digestMs: MINUTE },
  });
  const net = new VirtualNetwork(network, TEST_NOW, {}, true);
  net.run(TEST_NOW + 10 * SECOND);
  for (const { machine, relay } of net.mixes) {
    const { counters } = machine;
    assert.ok(counters.get('loop-back') > 100, `layer ${relay.layer}`);
    assert.equal(counters.get('loop-lost') + counters.get('loop-unknown'), 0);
  }
  const sizes = new Set(net.seen.map(({ bytes }) => bytes.length));
  assert.deepEqual(sizes, new Set([12_288]));
  // Between mixes and edges only, one layer on: as any packet goes.
  for (const { from, to } of net.seen) {
    const [a, b] = [from, to].map((hash) => network.relayOf(hash).layer);
    assert.ok(b === ((a ?? 0) + 1) % 4 || equalBytes(from, to) === false);
  }
});
