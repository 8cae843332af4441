/**
 * Named invariants of several authorities over random seeds (docs/spec/06-directory.md, 11.6), and
 * the cases in which they must hold. Only tests import this.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomInt } from '@tacet/base';
import { epochAt, smallestThreshold } from '@tacet/directory';
import { TEST_NOW } from '@tacet/testkit';
import { CouncilWorld, EPOCH, type WorldOptions } from './council-world.ts';

const FIRST = epochAt({ epochMs: EPOCH }, TEST_NOW);

export interface Depth {
  /** Worlds of each case. */
  readonly seeds: number;
  /** Epochs of each world, when those of its case are more. */
  readonly epochs: number;
}

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

function runs(
  options: Omit<WorldOptions, 'seed'>,
  epochs: number,
  name: string,
  seeds: readonly number[],
): CouncilWorld[] {
  return seeds.map((i) => {
    const seed = `${name} ${i}`;
    const world = new CouncilWorld({ ...options, seed });
    world.run(TEST_NOW + epochs * EPOCH);
    oneDocumentAnEpoch(world, seed);
    honestOnesSpeakOnce(world, options.equivocating ?? [], seed);
    return world;
  });
}

/** Registers a test for each case. */
export function testCouncils(depth: Depth): void {
  const seeds = [...Array(depth.seeds).keys()];
  const epochsOf = (full: number): number => Math.min(full, depth.epochs);

  for (const authorities of [1, 3, 5]) {
    test(`${authorities} authorities, all up: a document for every epoch`, () => {
      const epochs = epochsOf(4);
      for (const world of runs({ authorities }, epochs, `up ${authorities}`, seeds)) {
        noEpochWithout(world, epochs + 1, 'up');
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
        epochsOf(6),
        `loss ${authorities}`,
        seeds,
      );
      for (const world of worlds) {
        assert.ok(world.crashes > 0);
        assert.deepEqual(world.evidence, []);
      }
    });
  }

  for (const authorities of [3, 5]) {
    const majority = smallestThreshold(authorities);

    test(`${majority} of ${authorities} authorities up: a document for every epoch`, () => {
      const epochs = epochsOf(4);
      const options = { authorities, up: (i: number) => i < majority };
      for (const world of runs(options, epochs, `half ${authorities}`, seeds)) {
        noEpochWithout(world, epochs + 1, 'half');
      }
    });

    test(`an authority of ${authorities} down and back again, by turns: a document for every epoch`, () => {
      const up = (i: number, now: number): boolean =>
        epochAt({ epochMs: EPOCH }, now) % authorities !== i;
      const epochs = epochsOf(5);
      for (const world of runs({ authorities, up }, epochs, `turns ${authorities}`, seeds)) {
        noEpochWithout(world, epochs + 1, 'turns');
      }
    });

    test(`${authorities - majority} of ${authorities} equivocating, at whatever moments: one document for every epoch, and evidence`, () => {
      const equivocating = Array.from({ length: authorities - majority }, (_, i) => 2 * i);
      const epochs = epochsOf(4);
      // In seed 10 an honest authority became ready late, and its vote was on time for some only.
      const drawn = authorities === 3 ? seeds : depth.seeds === 1 ? [10] : [...seeds, 10];
      const worlds = runs(
        {
          authorities,
          equivocating,
          // Equivocators choose when they are heard; the others hear each other in time.
          way: (rng, from) => randomInt(rng, equivocating.includes(from) ? 9_000 : 250),
        },
        epochs,
        `twins ${authorities}`,
        drawn,
      );
      for (const world of worlds) noEpochWithout(world, epochs, 'twins');
      assert.ok(worlds.some((world) => world.evidence.includes('votes')));
    });
  }

  test('fewer than a majority up: nothing is signed that counts', () => {
    for (const world of runs({ authorities: 5, up: (i) => i < 2 }, 2, 'minority', seeds)) {
      assert.equal(world.published.size, 0);
      assert.equal(world.valid().size, 0);
    }
  });
}
