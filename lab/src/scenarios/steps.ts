/** Steps that scenarios share: meeting, and the checks after every scenario. */
import assert from 'node:assert/strict';
import type { MessageView } from '@tacet/client';
import type { Actor, Stage } from './stage.ts';

export async function linkOf(stage: Stage, from: Actor, label: string): Promise<string> {
  const { id } = await from.invite(label);
  let link: string | null = null;
  await stage.until(`${from.name}'s invitation is stored`, async () => {
    link = (await from.invitations()).find((one) => one.id === id)?.link ?? null;
    return link !== null;
  });
  assert.ok(link !== null);
  return link;
}

/**
 * `guest` answers `host`'s invitation; both name the other by their name. Ready at both ends. Who
 * met before is not invited again.
 */
export async function meet(stage: Stage, host: Actor, guest: Actor): Promise<void> {
  if ((await host.contacts()).some(({ name, state }) => name === guest.name && state === 'ready'))
    return;
  const link = await linkOf(stage, host, guest.name);
  await guest.accept(link, host.name);
  await ready(stage, host, guest.name);
  await ready(stage, guest, host.name);
}

export async function ready(stage: Stage, who: Actor, contact: string): Promise<void> {
  await stage.until(`${contact} is ready at ${who.name}`, async () =>
    (await who.contacts()).some((one) => one.name === contact && one.state === 'ready'),
  );
}

export async function delivered(stage: Stage, who: Actor, ids: readonly string[]): Promise<void> {
  await stage.until(`${ids.length} texts of ${who.name} are delivered`, async () => {
    for (const id of ids) if ((await who.message(id)).state !== 'delivered') return false;
    return true;
  });
}

export async function arrived(
  stage: Stage,
  who: Actor,
  contact: string,
  texts: readonly string[],
): Promise<void> {
  await stage.until(`${texts.length} texts are at ${who.name}`, async () => {
    const got = await received(who, contact);
    return texts.every((text) => got.some((message) => message.text === text));
  });
}

export async function received(who: Actor, contact: string): Promise<MessageView[]> {
  return (await who.messages(contact)).filter((message) => message.direction === 'in');
}

/** Nothing lost, nothing twice. */
export async function exactly(
  who: Actor,
  contact: string,
  texts: readonly string[],
): Promise<void> {
  const got = (await received(who, contact)).map((message) => message.text);
  assert.deepEqual(got.toSorted(), texts.toSorted(), `texts of ${contact} at ${who.name}`);
}
