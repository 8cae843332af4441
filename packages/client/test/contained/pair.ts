/** Alice and Bob, who know each other, and what they write. */
import assert from 'node:assert/strict';
import { MINUTE } from '@tacet/base';
import type { ModelPerson } from '@tacet/testkit/model';
import { World } from '../trust/world.ts';

export async function pair(seed: string): Promise<readonly [World, ModelPerson, ModelPerson]> {
  const world = new World(seed);
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  return [world, alice, bob];
}

/** A text to the other; its id. */
export function say(world: World, from: ModelPerson, text: string): string {
  const contactId = from.name === 'alice' ? 'bob' : 'alice';
  return world.ask(from, (client, now) => client.sendText({ contactId, text, clientId: null }, now))
    .id;
}

/** Texts of one moment stand in any order: these stand in theirs. */
export async function sayApart(
  world: World,
  from: ModelPerson,
  ...texts: readonly string[]
): Promise<void> {
  for (const text of texts) {
    say(world, from, text);
    await world.run(2_000);
  }
}
