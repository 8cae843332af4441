import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Fork } from '@tacet/relay';
import { Evidence } from '../../src/relay/evidence.ts';
import { tempDir } from './temp.ts';

const pair = (edge: number): Fork => [
  Uint8Array.from({ length: 300 }, (_, i) => (i < 32 ? edge : 1)),
  Uint8Array.from({ length: 300 }, (_, i) => (i < 32 ? edge : 2)),
];

test('both digests of a pair are kept, each pair once, and the operator is told without a name', () => {
  const data = tempDir();
  const said: string[] = [];
  const evidence = new Evidence(data, (line) => void said.push(line));
  evidence.keep([]);
  assert.deepEqual(readdirSync(data), []);
  evidence.keep([pair(7)]);
  evidence.keep([pair(7), pair(9)]);
  const names = readdirSync(join(data, 'evidence')).sort();
  assert.equal(names.length, 4);
  const [first, second] = pair(7);
  assert.deepEqual(new Uint8Array(readFileSync(join(data, 'evidence', names[0] ?? ''))), first);
  assert.deepEqual(new Uint8Array(readFileSync(join(data, 'evidence', names[1] ?? ''))), second);
  assert.equal(said.length, 2);
  assert.ok(said.every((line) => !/[0-9a-f]{8}/.test(line)));
  // After a restart the pair that is there already stays as it is.
  new Evidence(data, (line) => void said.push(line)).keep([pair(7)]);
  assert.equal(said.length, 2);
});
