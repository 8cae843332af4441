/**
 * Named invariants of several authorities over random seeds (docs/spec/06-directory.md, 11.6).
 * More seeds: `COUNCIL_SEEDS=50 node --test packages/relay/test/authority/council-simulation.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, randomInt } from '@tacet/base';
import { DocumentBook, epochAt, smallestThreshold } from '@tacet/directory';
import { TEST_NOW } from '@tacet/testkit';
import { CouncilWorld, EPOCH, type WorldOptions } from '../support/council-world.ts';

const SEEDS = Number(process.env['COUNCIL_SEEDS'] ?? 1);
const FIRST = epochAt({ epochMs: EPOCH }, TEST_NOW);

/** Never two documents of one epoch that enough authorities signed. */
function oneDocumentAnEpoch(world: CouncilWorld, seed: string): void {
  for (const [epoch, count] of world.valid()) {
    assert.equal(count, 1, `${seed}: ${count} documents of epoch ${epoch - FIRST}`);
  }
  for (const hashes of world.published.values()) assert.equal(hashes.size, 1, seed);
}

/** Whatever was lost or crashed, who does not equivocate signs and votes once. */
function honestOnesSpeakOnce(world: CouncilWorld, equivocating: readonly number[], seed: string) {
  for (const [name, bodies] of world.voted) {
    const authority = Number(name.split('/')[0]);
    if (!equivocating.includes(authority)) assert.equal(bodies.size, 1, `${seed}: votes ${name}`);
  }
  for (const hashes of world.signed.values()) {
    const all = [...hashes.values()].flatMap((signers) => [...signers]);
    const honest = all.filter((signer) => !equivocating.includes(signer));
    assert.equal(new Set(honest).size, honest.length, `${seed}: two signatures for an epoch`);
  }
}

/** A document for every epoch from the second on that has begun. */
function noEpochWithout(world: CouncilWorld, epochs: number, seed: string): void {
  const missing = Array.from({ length: epochs }, (_, i) => FIRST + i).filter(
    (epoch) => !world.published.has(epoch),
  );
  // The first begins in mid-epoch, after votes for the second may have been due.
  assert.deepEqual(
    missing.filter((epoch) => epoch > FIRST + 1),
    [],
    seed,
  );
  assert.ok(world.published.size >= epochs - 1, seed);
}

/** @param more seeds that once found something. */
function runs(
  options: Omit<WorldOptions, 'seed'>,
  epochs: number,
  name: string,
  more: readonly number[] = [],
): CouncilWorld[] {
  return [...Array(SEEDS).keys(), ...more].map((i) => {
    const seed = `${name} ${i}`;
    const world = new CouncilWorld({ ...options, seed });
    world.run(TEST_NOW + epochs * EPOCH);
    oneDocumentAnEpoch(world, seed);
    honestOnesSpeakOnce(world, options.equivocating ?? [], seed);
    return world;
  });
}

for (const authorities of [1, 3, 5]) {
  test(`${authorities} authorities, all up: a document for every epoch`, () => {
    for (const world of runs({ authorities }, 4, `up ${authorities}`)) {
      noEpochWithout(world, 5, 'up');
      assert.deepEqual(world.evidence, []);
    }
  });

  test(`${authorities} authorities under loss, delay and crashes: never two documents of an epoch`, () => {
    const worlds = runs(
      {
        authorities,
        crash: authorities === 1 ? 0.2 : 0.02,
        way: (rng) => (randomInt(rng, 100) < 25 ? null : randomInt(rng, 2_500)),
      },
      6,
      `loss ${authorities}`,
    );
    assert.ok(worlds.some((world) => world.crashes > 0));
    for (const world of worlds) assert.deepEqual(world.evidence, []);
  });
}

for (const authorities of [3, 5]) {
  const majority = smallestThreshold(authorities);

  test(`${majority} of ${authorities} authorities up: a document for every epoch`, () => {
    for (const world of runs({ authorities, up: (i) => i < majority }, 4, `half ${authorities}`)) {
      noEpochWithout(world, 5, 'half');
    }
  });

  test(`an authority of ${authorities} down and back again, by turns: a document for every epoch`, () => {
    const up = (i: number, now: number): boolean =>
      epochAt({ epochMs: EPOCH }, now) % authorities !== i;
    for (const world of runs({ authorities, up }, 5, `turns ${authorities}`)) {
      noEpochWithout(world, 6, 'turns');
    }
  });

  test(`${authorities - majority} of ${authorities} equivocating, at whatever moments: one document for every epoch, and evidence`, () => {
    const equivocating = Array.from({ length: authorities - majority }, (_, i) => 2 * i);
    const worlds = runs(
      {
        authorities,
        equivocating,
        // Equivocators choose when they are heard; the others hear each other in time.
        way: (rng, from) => randomInt(rng, equivocating.includes(from) ? 9_000 : 250),
      },
      4,
      `twins ${authorities}`,
      // An honest authority became ready late, and its vote was on time for some only.
      authorities === 5 ? [10] : [],
    );
    for (const world of worlds) noEpochWithout(world, 4, 'twins');
    assert.ok(worlds.some((world) => world.evidence.includes('votes')));
  });
}

test('fewer than a majority up: nothing is signed that counts', () => {
  for (const world of runs({ authorities: 5, up: (i) => i < 2 }, 2, 'minority')) {
    assert.equal(world.published.size, 0);
    assert.equal(world.valid().size, 0);
  }
});

test('the limit: one that equivocates and a cut between honest ones give two documents, and evidence', () => {
  const world = new CouncilWorld({
    seed: 'cut 4',
    authorities: 3,
    equivocating: [1],
    way: (rng, from, to) => (from + to === 2 && from !== to ? null : randomInt(rng, 200)),
    hearers: (_, twin) => [2 * twin],
    // The honest ones were told different things, each by its operator.
    change: (authority, twin) => ({ echo: Uint8Array.of(authority === 1 ? 2 * twin : authority) }),
  });
  world.run(TEST_NOW + 3 * EPOCH);
  const split = [...world.valid()].find(([, count]) => count === 2);
  assert.ok(split, 'the two-document check can fail');
  const [epoch] = split;
  const both = [...(world.signed.get(epoch) ?? [])].filter(([, signers]) => signers.size > 1);
  const [a, b] = both.map(([, signers]) => signers);
  assert.deepEqual(
    [...(a ?? [])].filter((signer) => b?.has(signer)),
    [1],
  );

  const book = new DocumentBook(world.network.trust);
  const shown = [...(world.published.get(epoch) ?? [])];
  const outcomes = shown.map(([, bytes]) => book.add(bytes));
  assert.deepEqual(outcomes, ['added', 'equivocation']);
  assert.deepEqual(
    book.evidence().map(({ held: x, refused }) => [hex(x.hash), hex(refused.hash)]),
    [shown.map(([hash]) => hash)],
  );
});
