import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATE_SLOTS } from '@tacet/relay';
import fc from 'fast-check';
import { SlotGate } from '../../src/edge/slot-gate.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 100);
const T = 2_000;

test('rule 2.2: frames on the grid pass for ever, whatever their lateness', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(T), { minLength: 50, maxLength: 200 }), (late) => {
      const gate = new SlotGate(0, T);
      let last = 0;
      return late.every((ms, slot) => {
        // Frames keep their order: one that is late holds back those behind it.
        last = Math.max(last, slot * T + ms);
        return gate.take(last, T);
      });
    }),
    { numRuns: RUNS },
  );
});

test('rule 2.2: over any time no more frames pass than slots, but for what may be late', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2 * T), { minLength: 1, maxLength: 300 }), (gaps) => {
      const gate = new SlotGate(0, T);
      const passed: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        if (gate.take(now, T)) passed.push(now);
      }
      return passed.every((from, i) =>
        passed.slice(i).every((to, j) => j + 1 <= Math.floor((to - from) / T) + 1 + LATE_SLOTS),
      );
    }),
    { numRuns: RUNS },
  );
});

test('mixnet case (34): a flood gets through at the rate of the grid', () => {
  const gate = new SlotGate(0, T);
  let passed = 0;
  for (let now = 0; now < 1_000 * T; now += T / 50) if (gate.take(now, T)) passed += 1;
  assert.ok(passed <= 1_000, `${passed} of 50,000 frames passed`);
});

test('rule 2.2: no catch-up after sleep', () => {
  const gate = new SlotGate(0, T);
  assert.ok(gate.take(0, T));
  const wake = 3_600_000;
  const burst = Array.from({ length: 100 }, (_, i) => gate.take(wake + i, T));
  assert.equal(burst.filter(Boolean).length, 1 + LATE_SLOTS);
});

test('a change of period begins with the frame that announces it', () => {
  for (const [from, to] of [
    [2_000, 500],
    [500, 2_000],
  ] as const) {
    const gate = new SlotGate(0, from);
    let now = 0;
    for (let i = 0; i < 5; i++, now += from) assert.ok(gate.take(now, from));
    assert.ok(gate.take(now, from));
    gate.change(now, from, to);
    for (let i = 0; i < 20; i++) assert.ok(gate.take(now + (i + 1) * to, to));
    const passed = Array.from({ length: 10 }, () => gate.take(now + 20 * to, to)).filter(Boolean);
    assert.equal(passed.length, 0, 'none was late, so none may come early');
  }
});

test('rule 2.2: announcing periods by turns gives nobody a frame more', () => {
  const [slow, quick] = [2_000, 500];
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 500 }), (announces) => {
      const gate = new SlotGate(0, slow);
      let period = slow;
      let passed = 0;
      // All in one instant: a frame, or a frame that announces the other period.
      for (const announce of announces) {
        if (!gate.take(10 * slow, period)) continue;
        passed += 1;
        if (!announce) continue;
        const next = period === slow ? quick : slow;
        gate.change(10 * slow, period, next);
        period = next;
      }
      return passed <= LATE_SLOTS + 1;
    }),
    { numRuns: RUNS },
  );
});

test('rule 2.2: a new link has one frame at once, and then one a slot', () => {
  const gate = new SlotGate(0, T);
  const passed: number[] = [];
  for (let now = 0; now <= 5 * T; now += T / 20) if (gate.take(now, T)) passed.push(now);
  assert.deepEqual(passed, [0, T, 2 * T, 3 * T, 4 * T, 5 * T]);
});

test('how long nothing can pass is told exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(T), { minLength: 1, maxLength: 50 }), (gaps) => {
      const gate = new SlotGate(0, T);
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        gate.take(now, T);
      }
      const wait = gate.wait(now, T);
      if (wait > 0 && gate.take(now + wait - 1e-6, T)) return false;
      return gate.take(now + wait, T);
    }),
    { numRuns: RUNS },
  );
});
