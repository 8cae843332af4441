/** The model's box layer keeps the rules of a real network where a client can tell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR } from '@tacet/base';
import { Layer, ModelPerson, pass } from '@tacet/testkit/model';

/** Hears of a document at its start and of another at midnight; then is away for `days`. */
async function overMidnight(layer: Layer, person: ModelPerson, days: number): Promise<void> {
  layer.skip(Math.ceil(layer.now / DAY) * DAY - HOUR);
  person.start();
  await pass(layer, [person], 2 * HOUR);
  person.stop();
  layer.skip(layer.now + days * DAY);
}

test('documents are one chain, for who stays, who was away and who has a copy', async () => {
  const layer = new Layer('chain');
  const alice = new ModelPerson('alice', layer, 'chain');
  await alice.begin();
  for (const days of [0, 0, 4, 0]) await overMidnight(layer, alice, days);
  assert.equal(alice.alarms.get('document-equivocation'), undefined);

  const later = new Layer('later');
  later.restore(layer.keep());
  const copy = new ModelPerson('copy', later, 'chain');
  copy.beginFrom(alice.store.copy());
  for (const days of [0, 0]) await overMidnight(later, copy, days);
  assert.equal(copy.alarms.get('document-equivocation'), undefined);
});
