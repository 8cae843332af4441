/**
 * The quick form of council-simulation.long.test.ts: one world of three epochs a case; and what
 * several authorities cannot prevent.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, randomInt } from '@tacet/base';
import { DocumentBook } from '@tacet/directory';
import { TEST_NOW } from '@tacet/testkit';
import { testCouncils } from '../support/council-cases.ts';
import { CouncilWorld, EPOCH } from '../support/council-world.ts';

testCouncils({ seeds: 1, epochs: 3 });

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
