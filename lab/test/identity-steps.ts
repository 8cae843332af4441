/** What the tests of identities do again and again. */
import assert from 'node:assert/strict';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';

export function identity(stage: LabStage, who: Actor, name: string, sameKeys = false): void {
  const person = stage.personOf(who);
  person.client.identities.create({ name, sameKeys }, stage.world.now);
  stage.world.pumpPerson(person);
}

export async function made(stage: LabStage, who: Actor, name: string): Promise<void> {
  const { client } = stage.personOf(who);
  await stage.until(`${name} is ready`, async () =>
    client.identities.list().some((one) => one.name === name && one.state === 'ready'),
  );
}

/** Invites as somebody; answers the link. */
export async function linkAs(
  stage: LabStage,
  who: Actor,
  as: string,
  hours?: number,
): Promise<string> {
  const person = stage.personOf(who);
  const life = hours === undefined ? {} : { hours };
  const { id } = person.client.createInvitation(
    { label: `as ${as}`, ...(as === '' ? {} : { identity: as }), ...life },
    stage.world.now,
  );
  stage.world.pumpPerson(person);
  let link: string | null = null;
  await stage.until('the link is shown', async () => {
    link = person.client.invitations().find((one) => one.id === id)?.link ?? null;
    return link !== null;
  });
  assert.ok(link !== null);
  return link;
}
