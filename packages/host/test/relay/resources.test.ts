import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRng } from '@tacet/crypto';
import { ReplaySet } from '@tacet/onion';
import { resourceTable } from '../../src/relay/index.ts';

const row = (users: number, slotMs: number, role: 'mix' | 'edge', more = {}) => {
  const rows = resourceTable({ users, mixesPerLayer: 1, edges: 2, capacity: 1_000, ...more });
  const found = rows.find((one) => one.slotMs === slotMs && one.role === role);
  assert.ok(found);
  return found;
};

test('a hundred people at T = 2 s: twice their packets cross a layer', () => {
  const mix = row(100, 2_000, 'mix');
  // 50 a second, an eighth of the time at twice the rate, there and back.
  assert.equal(mix.packetsPerSecond, 112.5);
  assert.ok(mix.gigabytesPerMonth > 7_000 && mix.gigabytesPerMonth < 8_000);
});

test('rates, traffic and load are proportional to people and to 1/T, and shared among relays', () => {
  const one = row(100, 2_000, 'mix');
  const twice = row(200, 2_000, 'mix');
  const quick = row(100, 1_000, 'mix');
  const shared = row(200, 2_000, 'mix', { mixesPerLayer: 2 });
  for (const key of ['packetsPerSecond', 'corePercent', 'megabits', 'gigabytesPerMonth'] as const) {
    assert.ok(Math.abs(twice[key] / one[key] - 2) < 1e-9, key);
    assert.ok(Math.abs(quick[key] / one[key] - 2) < 1e-9, key);
    assert.ok(Math.abs(shared[key] / one[key] - 1) < 1e-9, key);
  }
  assert.ok(row(100, 2_000, 'edge', { edges: 4 }).diskGb < row(100, 2_000, 'edge').diskGb);
});

test('memory holds two replay tables of the declared capacity, whatever the load', () => {
  const set = new ReplaySet({ capacity: 1_000 * 4_200, rng: systemRng });
  for (const slotMs of [500, 4_000]) {
    assert.equal(row(100, slotMs, 'mix').memoryMb, 120 + (2 * set.bytes) / 1e6);
  }
  assert.ok(row(100, 2_000, 'mix', { capacity: 225 }).memoryMb < 160);
  assert.ok(row(100_000, 2_000, 'mix').memoryMb > 1_000, 'the load counts where it is more');
});
