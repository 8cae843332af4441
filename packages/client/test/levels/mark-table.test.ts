/** The table of marks against a plain map. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomInt } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { MarkTable } from '../../src/levels/mark-table.ts';

const secret = { low: 0x9e37_79b1 | 0, high: 0x85eb_ca77 | 0 };

test('a table of marks holds what a map holds', () => {
  const rng = seededRng('table');
  const table = new MarkTable(secret, 2_000);
  const model = new Map<number, number>();
  // Many of them differ in their high bits or their low bits alone; the ends of the range too.
  const keys = [0, 2 ** 53 - 1, ...Array.from({ length: 1_500 }, (_, n) => n * 0x1_0000_0000)];
  for (let n = 0; n < 400; n++) keys.push(randomInt(rng, 0x8000_0000), n);
  for (let n = 0; n < 6_000; n++) {
    const key = keys[randomInt(rng, keys.length)] ?? 0;
    const slot = table.at(key);
    assert.equal(table.value(slot), model.get(key));
    if (randomInt(rng, 2) === 0 || table.size >= table.room) continue;
    const value = randomInt(rng, 0x1_0000);
    table.set(slot, key, value);
    model.set(key, value);
  }
  assert.ok(table.size > 1_000);
  assert.equal(table.size, model.size);
  const held = new Map<number, number>();
  table.forEach((key, value) => {
    assert.ok(!held.has(key));
    held.set(key, value);
  });
  assert.deepEqual(held, model);
});
