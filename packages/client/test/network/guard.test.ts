/** Which edge is the front door, and how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, equalBytes, HOUR, MINUTE, SECOND } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { type MemoryStore, seededRng } from '@tacet/testkit';
import { Guard } from '../../src/network/guard.ts';
import type { Network } from '../../src/network/network.ts';
import { migratedStore } from '../migrated-store.ts';

const edges = Array.from({ length: 8 }, (_, n) => ({
  relay: new Uint8Array(32).fill(n + 1) as RelayHash,
  address: `edge ${n}`,
}));
const book = { newest: () => null };
const network = { card: { edges }, book, current: () => null } as unknown as Network;

/** A network whose document lists these edges. */
function documented(
  listed: readonly (typeof edges)[number][],
  card = edges,
  epochMs = HOUR,
): Network {
  const current = {
    verified: {
      relayHashes: listed.map(({ relay }) => relay),
      document: {
        parameters: { epochMs },
        relays: listed.map(({ address }) => ({ role: 'edge', clientAddress: address })),
      },
    },
  };
  return { card: { edges: card }, current: () => current } as unknown as Network;
}

function store(): MemoryStore {
  const made = migratedStore();
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
    guard.down(door, now);
  }
  assert.equal(early.size, 1);
  assert.equal(tried.size, 2);
});

/** Every attempt fails, each minute, until a door for which `ends` holds. */
function cut(guard: Guard, seen: Network, from: number, ends: (address: string) => boolean) {
  for (let now = from; now < from + DAY; now += MINUTE) {
    const door = guard.door(seen, now);
    assert.ok(door !== null);
    if (ends(door.address)) return { door, now };
    guard.down(door, now);
  }
  throw new Error('never');
}

test('rule 2.2: the second is tried only right after the first has failed, and is left for it', () => {
  const guard = new Guard(store(), seededRng('second'));
  const first = guard.door(network, 0);
  assert.ok(first !== null);
  const { door: second, now } = cut(guard, network, 0, (address) => address !== first.address);
  assert.ok(now > 10 * MINUTE);
  guard.up(second, now);
  assert.equal(guard.shouldLeave(second, network, now + 29 * MINUTE), false);
  assert.equal(guard.shouldLeave(second, network, now + 91 * MINUTE), true);
  const back = guard.door(network, now + 91 * MINUTE);
  assert.equal(back?.address, first.address);
  assert.equal(guard.down(first, now + 91 * MINUTE), true, 'still down: the second again, soon');
  assert.equal(guard.door(network, now + 91 * MINUTE)?.address, second.address);
  guard.down(second, now + 92 * MINUTE);
  assert.equal(guard.door(network, now + 92 * MINUTE)?.address, first.address);
});

test('rule 2.2: in epochs of a minute ten seconds are long enough', () => {
  const guard = new Guard(store(), seededRng('short'));
  const short = documented(edges, edges, MINUTE);
  const first = guard.door(short, 0);
  assert.ok(first !== null);
  assert.equal(guard.down(first, 0), false);
  assert.equal(guard.down(first, 10 * SECOND), false);
  assert.equal(guard.down(first, 10 * SECOND + 1), true);
  assert.notEqual(guard.door(short, 11 * SECOND)?.address, first.address);
});

test('rule 2.2: hours asleep are no hours down', () => {
  const guard = new Guard(store(), seededRng('sleep'));
  const first = guard.door(network, 0);
  assert.ok(first !== null);
  guard.down(first, 0);
  const wake = 8 * 60 * MINUTE;
  assert.equal(guard.down(first, wake), false);
  assert.equal(guard.door(network, wake)?.address, first.address);
});

test('rule 2.2: restarts draw no third edge', () => {
  const profile = store();
  const tried = new Set<string>();
  for (let run = 0; run < 20; run++) {
    const guard = new Guard(profile, seededRng(run));
    const start = run * 60 * MINUTE;
    for (let now = start; now < start + 40 * MINUTE; now += MINUTE) {
      const door = guard.door(network, now);
      assert.ok(door !== null);
      tried.add(door.address);
      guard.down(door, now);
    }
  }
  assert.equal(tried.size, 2);
});

test('an edge that vanishes from a document and comes back is the front door again', () => {
  const guard = new Guard(store(), seededRng('vanish'));
  const all = documented(edges);
  const first = guard.door(all, 0);
  assert.ok(first !== null);
  const without = documented(edges.filter(({ address }) => address !== first.address));
  const other = guard.door(without, 1);
  assert.ok(other !== null && other.address !== first.address);
  assert.equal(guard.door(without, 2)?.address, other.address);
  assert.equal(guard.door(all, 3)?.address, first.address);
});

test('rule 2.2: an edge drawn from the card is kept only when the card names all there are', () => {
  const card = edges.slice(0, 2);
  const before = { card: { edges: card }, book, current: () => null } as unknown as Network;
  const guard = new Guard(store(), seededRng('card'));
  const door = guard.door(before, 0);
  assert.ok(door !== null && card.some(({ address }) => address === door.address));
  guard.up(door, 0);
  assert.equal(guard.shouldLeave(door, before, 1), false);
  assert.equal(guard.shouldLeave(door, documented(edges, card), 1), true);
  const counts = new Map<string, number>();
  for (let n = 0; n < 400; n++) {
    const one = new Guard(store(), seededRng(n));
    assert.ok(one.door(before, 0) !== null);
    const drawn = one.door(documented(edges, card), 1);
    counts.set(drawn?.address ?? '', (counts.get(drawn?.address ?? '') ?? 0) + 1);
  }
  assert.equal(counts.size, 8);
  const small = new Guard(store(), seededRng('small'));
  const only = small.door(before, 0);
  assert.ok(only !== null);
  assert.equal(small.shouldLeave(only, documented(card, card), 1), false);
  assert.equal(small.shouldLeave(only, documented(edges, card), 2), false, 'it was settled');
});
