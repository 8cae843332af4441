/** A read names three different marks; a repeated one would say which it is not, or is. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RelayHash } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import { type Mark, markKey } from '@tacet/wire';
import { threeMarks } from '../../src/boxes/reads.ts';
import { RecentMarks } from '../../src/network/marks.ts';
import type { Network } from '../../src/network/network.ts';

test('rule 2.4: the three marks of a read differ, the real one at a uniform place', () => {
  const rng = seededRng('three marks');
  const edge = rng.fill(new Uint8Array(32)) as RelayHash;
  const pool = Array.from({ length: 4 }, () => rng.fill(new Uint8Array(8)) as Mark);
  const marks = new RecentMarks(rng);
  // Far fewer than a digest holds, so that repeats are drawn all the time.
  marks.add(edge, 0, pool, 0);
  const network = { marks } as unknown as Network;
  const [real] = pool;
  assert.ok(real !== undefined);
  const places = [0, 0, 0];
  for (let n = 0; n < 3_000; n++) {
    const { marks: three, at } = threeMarks(rng, network, edge, real);
    assert.equal(new Set(three.map((mark) => markKey(mark))).size, 3);
    assert.equal(three[at], real);
    places[at] = (places[at] ?? 0) + 1;
  }
  for (const count of places) assert.ok(count > 900 && count < 1_100, `${places}`);
});
