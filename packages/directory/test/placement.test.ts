import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, randomBytes, randomInt } from '@tacet/base';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import fc from 'fast-check';
import { placeIn, placement } from '../src/placement.ts';
import type { RelayHash, StoreGeneration } from '../src/types.ts';
import { RUNS } from './support/refusals.ts';

const rng = seededRng('placement');
const generationOf = (
  families: readonly string[],
  countries: readonly string[] = families.map(() => 'ZZ'),
): StoreGeneration => ({
  firstDay: 0,
  edges: families.map(() => randomBytes(rng, 32) as RelayHash),
  families,
  countries,
});
const families = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 8 });

test('two edges, of different families where there are two', () => {
  fc.assert(
    fc.property(families, fc.uint8Array({ minLength: 8, maxLength: 8 }), (names, mark) => {
      const generation = generationOf(names);
      const [first, second] = placeIn(generation, mark);
      const familyOf = (edge: RelayHash) => names[generation.edges.indexOf(edge)];
      assert.equal(first === second, names.length === 1);
      if (new Set(names).size > 1) assert.notEqual(familyOf(first), familyOf(second));
    }),
    { numRuns: RUNS },
  );
});

test('the second home is rather abroad, and never all of them at one edge', () => {
  const generation = generationOf(['a', 'b', 'c', 'd'], ['DE', 'DE', 'DE', 'FR']);
  const [, , , french] = generation.edges;
  let same = 0;
  let atFrench = 0;
  const n = 4_000;
  for (let i = 0; i < n; i++) {
    const homes = placeIn(generation, randomBytes(rng, 8));
    const countries = homes.map((edge) => generation.countries[generation.edges.indexOf(edge)]);
    if (countries[0] === countries[1]) same += 1;
    if (homes.includes(french as RelayHash)) atFrench += 1;
  }
  // First at home 3/4 of the time; the French edge is among the next two in 2 of 3 cases.
  assert.ok(Math.abs(same / n - 1 / 4) < 0.05, `${same / n} in one country`);
  assert.ok(Math.abs(atFrench / n - 3 / 4) < 0.05, `${atFrench / n} at the one abroad`);
  const alone = generationOf(['a', 'a', 'b'], ['DE', 'FR', 'DE']);
  for (let i = 0; i < 50; i++) {
    const [first, second] = placeIn(alone, randomBytes(rng, 8));
    const family = (edge: RelayHash) => alone.families[alone.edges.indexOf(edge)];
    assert.notEqual(family(first), family(second), 'families come before countries');
  }
});

test('the order of the list does not matter, and each call gives the same', () => {
  fc.assert(
    fc.property(families, fc.uint8Array({ minLength: 8, maxLength: 8 }), (names, mark) => {
      const generation = generationOf(names);
      const reversed = {
        ...generation,
        edges: generation.edges.toReversed(),
        families: names.toReversed(),
        countries: generation.countries.toReversed(),
      };
      assert.deepEqual(placeIn(generation, mark), placeIn(reversed, mark));
      assert.deepEqual(placeIn(generation, mark), placeIn(generation, mark));
    }),
    { numRuns: RUNS },
  );
});

test('an edge more takes boxes to itself only; an edge less moves only its own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 8 }), fc.nat(), (n, seed) => {
      const all = generationOf(Array.from({ length: n }, (_, i) => `family ${i}`));
      const gone = seed % n;
      const fewer = {
        ...all,
        edges: all.edges.filter((_, i) => i !== gone),
        families: all.families.filter((_, i) => i !== gone),
        countries: all.countries.filter((_, i) => i !== gone),
      };
      const mark = randomBytes(rng, 8);
      const before = placeIn(all, mark).map(hex);
      const after = placeIn(fewer, mark).map(hex);
      const lost = hex(all.edges[gone] ?? new Uint8Array(0));
      const kept = before.filter((edge) => edge !== lost);
      assert.deepEqual(after.slice(0, kept.length).toSorted(), kept.toSorted());
      if (!before.includes(lost)) assert.deepEqual(after, before);
    }),
    { numRuns: RUNS },
  );
});

test('edges share boxes equally', () => {
  const generation = generationOf(['a', 'b', 'c', 'd', 'e']);
  const counts = [new Map<string, number>(), new Map<string, number>()];
  const n = 5_000;
  for (let i = 0; i < n; i++) {
    placeIn(generation, randomBytes(rng, 8)).forEach((edge, place) => {
      const count = counts[place];
      count?.set(hex(edge), (count.get(hex(edge)) ?? 0) + 1);
    });
  }
  for (const count of counts) {
    const chi = [...count.values()].reduce((sum, c) => sum + (c - n / 5) ** 2 / (n / 5), 0);
    assert.ok(count.size === 5 && chi < 4 + 5 * Math.sqrt(8), `chi squared ${chi}`);
  }
});

test('the newest generation places, an earlier day asks an older one', () => {
  const base = makeTestNetwork({ seed: 'generations', edges: 2 });
  const day = base.document.generations[0]?.firstDay ?? 0;
  const generations = [day, day - 7, day - 20].map((firstDay) => ({
    ...generationOf(['a', 'b', 'c']),
    firstDay,
  }));
  const verified = { ...base.verified, document: { ...base.document, generations } };
  const mark = randomBytes(rng, 8);
  const of = (i: number) => placeIn(generations[i] as StoreGeneration, mark);
  assert.deepEqual(placement(verified, mark), of(0));
  assert.deepEqual(placement(verified, mark, day + 3), of(0));
  assert.deepEqual(placement(verified, mark, day - 1), of(1));
  assert.deepEqual(placement(verified, mark, day - 8), of(2));
  assert.deepEqual(placement(verified, mark, day - 100), of(2));
});

test('an edge that left the network stays in its place', () => {
  const network = makeTestNetwork({ seed: 'left', edges: 3 });
  const gone = network.edges[randomInt(rng, 3)];
  const epoch = network.document.epoch + 1;
  const relays = network
    .next(network.verified, epoch)
    .document.relays.filter(
      (relay) =>
        hex(relay.identity.ed25519) !== hex(gone?.identity.publicKey.ed25519 ?? new Uint8Array()),
    );
  const without = network.next(network.verified, epoch, { relays });
  assert.equal(without.document.relays.length, network.relays.length - 1);
  for (let i = 0; i < 50; i++) {
    const mark = randomBytes(rng, 8);
    assert.deepEqual(placement(without, mark), placement(network.verified, mark));
  }
});
