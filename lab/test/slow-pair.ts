/** Alice and Bob, who met, at a rate that makes hours cheap. */
import assert from 'node:assert/strict';
import { DAY, MINUTE } from '@tacet/base';
import { modelledOnion } from '../src/onion.ts';
import type { Person } from '../src/person.ts';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { meet } from '../src/scenarios/steps.ts';
import type { World } from '../src/world.ts';

const SLOW = {
  slotMs: 4_000,
  inUseSlotMs: 4_000,
  delayMeanMs: 800,
  digestMs: 10_000,
  poolFloor: 0,
};

export async function slowPair(seed: string) {
  const network = { parameters: { epochMs: DAY, keysAhead: 3, validEpochs: 3, ...SLOW } };
  const stage = new LabStage(seed, modelledOnion, { network, patience: 15 * MINUTE });
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(MINUTE);
  const [person] = stage.world.people;
  assert.ok(person !== undefined);
  return { stage, alice, bob, person };
}

/** A text to Bob past the stage's actors: of a copy that has its original's name. */
export function say(world: World, who: Person, text: string): string {
  const { id } = who.client.sendText({ contactId: 'bob', text, clientId: null }, world.now);
  world.pumpPerson(who);
  return id;
}
