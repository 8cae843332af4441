/** Steps of tests about how an invitation ends for the guest who answered it. */
import assert from 'node:assert/strict';
import type { ContactView } from '@tacet/client';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';

/** The one contact this person has. */
export async function only(actor: Actor): Promise<ContactView> {
  const [contact] = await actor.contacts();
  assert.ok(contact !== undefined);
  return contact;
}

export async function answered(stage: LabStage, guest: Actor): Promise<void> {
  await stage.until('the answer is stored', async () => {
    return (await only(guest)).steps.delivered !== null;
  });
}

/** @param within simulated time */
export async function endsWith(
  stage: LabStage,
  guest: Actor,
  reason: string,
  within: number,
): Promise<void> {
  await stage.until(
    `the guest is told ${reason}`,
    async () => {
      const { state, reason: said } = await only(guest);
      return state === 'ended' && said === reason;
    },
    within,
  );
}
