import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomExponential } from '@tacet/base';
import type { Opened } from '@tacet/onion';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import { makeMix as makeTestMix } from '../support/mix.ts';

const network = makeTestNetwork({ seed: 'mix', mixesPerLayer: 2 });
const { epoch } = network.document;
const indexOf = (layer: number): number =>
  network.relays.findIndex((relay) => relay.layer === layer);

/** At times long before the network began: no document is in force, so there are no loops. */
function makeMix(pool = 1_000) {
  const { mix } = makeTestMix(network, { limits: { pool } });
  const forward = (delayMs: number, next = indexOf(2), of = epoch): Opened => {
    const packet = new Uint8Array(1);
    return { kind: 'forward', epoch: of, request: true, next, delayMs, packet };
  };
  return { mix, forward };
}

test('a packet leaves when its maker said, to the relay its maker named', () => {
  const { mix, forward } = makeMix();
  assert.equal(mix.onOpened(forward(250.5), 1_000), true);
  assert.equal(mix.deadline(), 1_250.5);
  mix.advance(1_250);
  assert.deepEqual(mix.drain(), []);
  mix.advance(1_250.5);
  const [effect] = mix.drain();
  assert.ok(effect?.kind === 'send');
  assert.deepEqual(effect.to, network.relays[indexOf(2)]?.hash);
  assert.equal(mix.poolSize, 0);
  assert.deepEqual(mix.drain(), []);
});

test('a clock set back or forward neither holds packets nor lets them all go', () => {
  for (const by of [-3_600_000, -200, 200, 3_600_000]) {
    const { mix, forward } = makeMix();
    for (const delay of [100, 400, 700]) mix.onOpened(forward(delay), 1_000_000);
    mix.advance(1_000_150);
    assert.equal(mix.drain().length, 1);
    mix.onClockStep(by);
    let now = 1_000_150 + by;
    mix.advance(now);
    assert.deepEqual(mix.drain(), [], `${by} ms: nothing at once`);
    assert.equal(mix.deadline(), 1_000_400 + by);
    mix.onOpened(forward(50), now);
    now += 50;
    mix.advance(now);
    assert.equal(mix.drain().length, 1, `${by} ms: what came since`);
    now = 1_000_700 + by;
    mix.advance(now);
    const dues = mix.drain().map((effect) => (effect.kind === 'send' ? effect.due : null));
    assert.deepEqual(dues, [1_000_400 + by, 1_000_700 + by]);
  }
});

test('packets leave in the order of their ends, not of their arrival', () => {
  const { mix, forward } = makeMix();
  const delays = [300, 100, 200, 100];
  const packets = delays.map((delay) => {
    const frame = forward(delay);
    mix.onOpened(frame, 0);
    return frame;
  });
  assert.equal(mix.poolSize, packets.length);
  const left: number[] = [];
  for (let at = mix.deadline(); mix.poolSize > 0; at = mix.deadline()) {
    mix.advance(at);
    for (const _ of mix.drain()) left.push(at);
  }
  assert.deepEqual(left, [100, 100, 200, 300]);
});

test('an index that no document names, or one of another layer, is dropped with a reason', () => {
  const { mix, forward } = makeMix();
  assert.equal(mix.onOpened(forward(1, 999), 0), false);
  mix.onOpened(forward(1, indexOf(2), epoch + 1_000), 0);
  mix.onOpened(forward(1, indexOf(1)), 0);
  mix.onOpened(forward(1, indexOf(0)), 0);
  assert.equal(mix.counters.get('next-unknown'), 2);
  assert.equal(mix.counters.get('next-layer'), 2);
  assert.equal(mix.poolSize, 0);
});

test('what the onion drops is counted by its reason; loops are counted as such', () => {
  const { mix } = makeMix();
  const reasons = ['length', 'header', 'replay', 'replay-full', 'mac', 'delay'] as const;
  for (const reason of reasons) mix.onOpened({ kind: 'drop', reason }, 0);
  for (const reason of reasons) assert.equal(mix.counters.get(`packet-${reason}`), 1);
  mix.onOpened({ kind: 'end', epoch, id: new Uint8Array(16) }, 0);
  assert.equal(mix.counters.get('loop-unknown'), 1);
  assert.equal(mix.poolSize, 0);
});

test('mixnet case (39): ten times the load is shed before any work, and the mix recovers', () => {
  const { mix, forward } = makeMix(100);
  let opened = 0;
  for (let i = 0; i < 1_000; i++) {
    if (!mix.admit()) continue;
    opened += 1;
    mix.onOpened(forward(1_000), i / 10);
  }
  assert.equal(mix.poolSize, 100);
  assert.equal(opened, 100);
  assert.equal(mix.counters.get('shed'), 900);
  mix.advance(2_000);
  assert.equal(mix.drain().length, 100);
  assert.ok(mix.admit());
  mix.onOpened(forward(5), 2_000);
  assert.equal(mix.poolSize, 1);
});

test('mixnet case (24): the pool is Poisson(lambda/mu), and departures follow no arrival', () => {
  const { mix, forward } = makeMix(100_000);
  const rng = seededRng('pool');
  const rate = 0.2;
  const mean = 150;
  const sizes: number[] = [];
  const gaps: number[] = [];
  let last = 0;
  let now = 0;
  let arrival = randomExponential(rng, 1 / rate);
  let sample = 2_000;
  while (now < 400_000) {
    const departure = mix.deadline();
    now = Math.min(arrival, departure, sample);
    if (now === sample) {
      sizes.push(mix.poolSize);
      sample += 4 * mean;
    } else if (now === arrival) {
      mix.onOpened(forward(randomExponential(rng, mean)), now);
      arrival += randomExponential(rng, 1 / rate);
    } else {
      mix.advance(now);
      for (const _ of mix.drain()) {
        gaps.push(now - last);
        last = now;
      }
    }
  }
  const average = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const variance = (list: readonly number[]) => {
    const mean = average(list);
    return average(list.map((x) => (x - mean) ** 2));
  };
  assert.ok(Math.abs(average(sizes) / (rate * mean) - 1) < 0.05, `mean ${average(sizes)}`);
  assert.ok(Math.abs(variance(sizes) / average(sizes) - 1) < 0.2, 'variance equals mean');
  assert.ok(Math.abs(average(gaps) * rate - 1) < 0.03);
  assert.ok(Math.abs(variance(gaps) / average(gaps) ** 2 - 1) < 0.05, 'exponential departures');
});
