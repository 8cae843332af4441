import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, randomBytes } from '@tacet/base';
import { seededRng } from '@tacet/testkit';

test('bytes are equal when each is, wherever they lie and however many they are', () => {
  const rng = seededRng('equal bytes');
  for (const length of [0, 1, 7, 32, 127, 128, 129, 130, 131, 513]) {
    for (const offset of [0, 1, 4]) {
      const a = randomBytes(rng, length);
      const b = new Uint8Array(length + offset).subarray(offset);
      b.set(a);
      assert.ok(equalBytes(a, b) && equalBytes(b, a));
      assert.ok(!equalBytes(a, new Uint8Array(length + 1)));
      for (let at = 0; at < length; at++) {
        b[at] = (b[at] as number) ^ 0x80;
        assert.ok(!equalBytes(a, b), `byte ${at} of ${length}`);
        b[at] = (b[at] as number) ^ 0x80;
      }
    }
  }
});
