/** What is learnt from a client's own loops, and what must not be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, randomInt, randomUnit, SECOND } from '@tacet/base';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import { LoopWatch, type Mixes } from '../../src/rhythm/loop-watch.ts';
import { OwnLoops } from '../../src/rhythm/own-loops.ts';
import { RetryGate } from '../../src/rhythm/retry-gate.ts';

const mixesOf = (perLayer: number): Mixes => {
  const layer = (n: number): string[] =>
    Array.from({ length: perLayer }, (_, i) => `mix ${n}.${i}`);
  return [layer(1), layer(2), layer(3)];
};

/** Loops until somebody is suspected, or `most` of them. */
function watch(
  seed: string,
  perLayer: number,
  most: number,
  lost: (path: readonly string[]) => number,
): { readonly loops: number; readonly suspects: readonly string[] } {
  const rng = seededRng(seed);
  const mixes = mixesOf(perLayer);
  const loopWatch = new LoopWatch();
  for (let loops = 1; loops <= most; loops++) {
    const path = mixes.map((layer) => layer[randomInt(rng, perLayer)] ?? '');
    loopWatch.note(path, mixes, randomUnit(rng) >= lost(path));
    if (loopWatch.suspects.length > 0) return { loops, suspects: loopWatch.suspects };
  }
  return { loops: most, suspects: [] };
}

test('mixnet case (26): a mix that drops a fifth is named, and nobody else', () => {
  for (const perLayer of [2, 3, 5]) {
    let through = 0;
    for (let run = 0; run < 40; run++) {
      const bad = 'mix 2.1';
      const { loops, suspects } = watch(`drop ${perLayer}/${run}`, perLayer, 20_000, (path) =>
        path.includes(bad) ? 0.216 : 0.02,
      );
      assert.deepEqual(suspects, [bad], `run ${run} of ${perLayer} a layer`);
      through += loops / perLayer;
    }
    assert.ok(through / 40 < 130, `${through / 40} loops through it with ${perLayer} a layer`);
  }
});

test('a dead mix is named after a few loops of its own when its siblings work', () => {
  let most = 0;
  for (let run = 0; run < 100; run++) {
    const dead = (path: readonly string[]): number => (path.includes('mix 3.0') ? 1 : 0);
    const { loops, suspects } = watch(`dead ${run}`, 2, 1_000, dead);
    assert.deepEqual(suspects, ['mix 3.0']);
    most = Math.max(most, loops);
  }
  assert.ok(most < 60, `${most} loops`);
});

test('rule 2.3: at the usual loss, and when everything fails, nobody is suspected', () => {
  const usual = watch('usual', 3, 200_000, () => 0.02);
  assert.deepEqual(usual.suspects, []);
  for (const loss of [0.1, 0.3, 0.6, 1]) {
    const all = watch(`all fail ${loss}`, 3, 3_000, () => loss);
    assert.deepEqual(all.suspects, [], `${loss}`);
  }
});

test('rule 2.3: the only mix of its layer is never suspected', () => {
  assert.deepEqual(watch('alone', 1, 2_000, () => 0.9).suspects, []);
});

test('a suspect that works again is one no longer', () => {
  const mixes = mixesOf(2);
  const loops = new LoopWatch();
  const through = (n: number, back: boolean): void => {
    loops.note(['mix 1.0', `mix 2.${n}`, 'mix 3.0'], mixes, back);
  };
  for (let i = 0; i < 10; i++) {
    through(0, true);
    through(1, false);
  }
  assert.deepEqual(loops.suspects, ['mix 2.1']);
  assert.ok(loops.explains(['mix 1.1', 'mix 2.1', 'mix 3.1']));
  for (let i = 0; i < 40; i++) through(1, true);
  assert.deepEqual(loops.suspects, []);
});

test('rule 2.3: which slots carry loops depends on nothing but the draw', () => {
  const { parameters } = makeTestNetwork({ parameters: { loopPermille: 100 } });
  const loops = new OwnLoops(seededRng('slots'), () => undefined);
  const taken = Array.from({ length: 20_000 }, () => loops.take(parameters)).filter(Boolean);
  assert.ok(Math.abs(taken.length - 2_000) < 150, `${taken.length}`);
});

const PAUSE = 10 * MINUTE;
const path = ['mix 1.0', 'mix 2.0', 'mix 3.0'];

test('rule 2.7: a lost request is tried again only after a later loop came back', () => {
  const gate = new RetryGate(seededRng('gate'), () => false);
  assert.ok(gate.allows(0));
  gate.loopSent(5 * SECOND);
  gate.requestLost(10 * SECOND);
  assert.ok(!gate.allows(20 * SECOND));
  gate.loopBack(5 * SECOND, PAUSE, 21 * SECOND);
  assert.ok(!gate.allows(21 * SECOND), 'that loop was sent before');
  gate.loopSent(12 * SECOND);
  gate.loopSent(22 * SECOND);
  gate.loopBack(22 * SECOND, PAUSE, 25 * SECOND);
  assert.ok(!gate.allows(25 * SECOND), 'an earlier loop is still under way');
  gate.loopBack(12 * SECOND, PAUSE, 26 * SECOND);
  assert.ok(gate.allows(26 * SECOND));
});

test('rule 2.7: when loops were lost beside it, retries wait a random while after loops are back', () => {
  const pauses: number[] = [];
  for (let run = 0; run < 300; run++) {
    const gate = new RetryGate(seededRng(`pause ${run}`), () => false);
    gate.loopSent(10 * SECOND);
    gate.loopSent(40 * SECOND);
    gate.requestLost(12 * SECOND);
    gate.loopLost(10 * SECOND, path);
    assert.ok(!gate.allows(10 * 60 * MINUTE), 'as long as none comes back');
    gate.loopBack(40 * SECOND, PAUSE, MINUTE);
    let at = MINUTE;
    while (!gate.allows(at)) at += 5 * SECOND;
    pauses.push(at - MINUTE);
  }
  const mean = pauses.reduce((a, b) => a + b, 0) / pauses.length;
  assert.ok(Math.abs(mean / PAUSE - 1) < 0.2, `${mean / MINUTE} min`);
});

test('rule 2.7: loops lost to a mix that is suspected freeze nothing', () => {
  let suspected = false;
  const gate = new RetryGate(seededRng('explained'), () => suspected);
  gate.loopSent(10 * SECOND);
  gate.loopSent(40 * SECOND);
  gate.requestLost(12 * SECOND);
  gate.loopLost(10 * SECOND, path);
  gate.loopBack(40 * SECOND, PAUSE, MINUTE);
  assert.ok(!gate.allows(MINUTE + 1));
  suspected = true;
  assert.ok(gate.allows(MINUTE + 2));
});

test('a lost loop alone, without a lost request, holds nothing up', () => {
  const gate = new RetryGate(seededRng('alone'), () => false);
  gate.loopSent(SECOND);
  gate.loopLost(SECOND, path);
  assert.ok(gate.allows(MINUTE));
});
