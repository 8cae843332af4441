/** 2.2: which edge is the front door, and how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, equalBytes, MINUTE } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { MemoryStore, seededRng } from '@tacet/testkit';
import { Guard } from '../../src/network/guard.ts';
import type { Network } from '../../src/network/network.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../../src/store/schema.ts';

const edges = Array.from({ length: 8 }, (_, n) => ({
  relay: new Uint8Array(32).fill(n + 1) as RelayHash,
  address: `edge ${n}`,
}));
const network = { card: { edges }, current: () => null } as unknown as Network;

function store(): MemoryStore {
  const made = new MemoryStore();
  migrate(made, MIGRATIONS);
  return made;
}

test('rule 2.2: the front door is drawn uniformly, kept for sixty days and over restarts', () => {
  const counts = new Map<string, number>();
  for (let n = 0; n < 400; n++) {
    const profile = store();
    const first = new Guard(profile, seededRng(n)).door(network, 0);
    assert.ok(first !== null);
    counts.set(first.address, (counts.get(first.address) ?? 0) + 1);
    for (const day of [1, 30, 59]) {
      const later = new Guard(profile, seededRng(n + 1_000)).door(network, day * DAY);
      assert.ok(later !== null && equalBytes(later.relay, first.relay));
    }
  }
  let chi = 0;
  for (const { address } of edges) chi += ((counts.get(address) ?? 0) - 50) ** 2 / 50;
  // Seven degrees of freedom, p = 0.001.
  assert.ok(chi < 24.3, `${chi}`);
});

test('rule 2.2: whoever cuts every line makes a daemon try two edges, never the rest', () => {
  const guard = new Guard(store(), seededRng('cut'));
  const tried = new Set<string>();
  const early = new Set<string>();
  for (let now = 0; now < DAY; now += MINUTE) {
    const door = guard.door(network, now);
    assert.ok(door !== null);
    tried.add(door.address);
    if (now <= 10 * MINUTE) early.add(door.address);
    guard.down(now);
  }
  assert.equal(early.size, 1);
  assert.equal(tried.size, 2);
});
