/** Confirmation by repeats, and the same client with its gate taken out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeats } from '../../src/mixing/repeats.ts';

test('rule 2.7: while own loops fail nothing is repeated, so that no repeat names an edge', async () => {
  const gated = await repeats({ seed: 'gated', trials: 6 });
  assert.equal(gated.tried, 3);
  assert.ok(gated.hits <= 1, `${gated.hits} times: the drawn pause is short once in ten`);
  assert.equal(gated.falseHits, 0);
  assert.equal(gated.delivered, gated.sent);
});

test('rule 2.7: the same attack succeeds against a client without the gate', async () => {
  const open = await repeats({
    seed: 'gated',
    trials: 6,
    onWriter: ({ client }) => {
      const engine: { loops: { mayRetry: () => boolean } } = Reflect.get(client, 'e');
      engine.loops.mayRetry = () => true;
    },
  });
  assert.equal(open.tried, 3);
  assert.equal(open.hits, open.tried);
  assert.equal(open.falseHits, 0);
});
