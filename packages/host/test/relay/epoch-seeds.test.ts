import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { EpochSeeds } from '../../src/relay/epoch-seeds.ts';
import { tempDir } from './temp.ts';

const seed = (epoch: number) => ({ epoch, seed: new Uint8Array(32).fill(epoch) });

test('seeds come back after a restart and go when they are wiped', () => {
  const dir = tempDir();
  const seeds = new EpochSeeds(dir);
  seeds.save([seed(12), seed(9)]);
  seeds.save([seed(10)]);
  assert.deepEqual(new EpochSeeds(dir).load(), [seed(9), seed(10), seed(12)]);
  seeds.wipe([9, 12, 77]);
  assert.deepEqual(new EpochSeeds(dir).load(), [seed(10)]);
  assert.deepEqual(readdirSync(dir), ['10.seed']);
});
