import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundTwice } from '../src/twice.ts';

test('what is found once was chance, what is found again is a finding', async () => {
  for (const [first, second, found, looks] of [
    [[], ['a'], [], 1],
    [['a'], [], [], 2],
    [['a', 'b'], ['c', 'b'], ['b'], 2],
  ] as const) {
    let looked = 0;
    const look = async (): Promise<readonly string[]> => (looked++ === 0 ? first : second);
    assert.deepEqual(await foundTwice(look), found);
    assert.equal(looked, looks);
  }
});
