/** Two people who have met once for all histories: each begins where that meeting ended. */
import { createLibsignalSession } from '@tacet/adapters/session-libsignal';
import { MINUTE } from '@tacet/base';
import type { SessionPort } from '@tacet/client';
import type { SeededRng } from '@tacet/testkit';
import { Layer, type LayerState, ModelPerson, pass } from '@tacet/testkit/model';

export interface Met {
  readonly layer: LayerState;
  readonly stores: readonly [Uint8Array, Uint8Array];
}

/** Of each ratchet: libsignal's (true), the fake one. */
const met = new Map<boolean, Promise<Met>>();

export function sessionOf(real: boolean): { session?: (rng: SeededRng) => SessionPort } {
  return real ? { session: () => createLibsignalSession() } : {};
}

export function metOnce(real: boolean): Promise<Met> {
  let known = met.get(real);
  if (known === undefined) {
    known = meet(real);
    met.set(real, known);
  }
  return known;
}

/** One invites, the other comes. */
async function meet(real: boolean): Promise<Met> {
  const layer = new Layer('met');
  const person = (name: string): ModelPerson =>
    new ModelPerson(name, layer, 'met', sessionOf(real));
  const alice = person('alice');
  const bob = person('bob');
  const people = [alice, bob] as const;
  for (const one of people) await one.begin();
  await pass(layer, people, 2 * MINUTE);
  alice.act((client, now) => client.createInvitation({ label: 'bob' }, now));
  await pass(layer, people, 5 * MINUTE);
  const link = alice.machine.invitations()[0]?.link;
  if (link == null) throw new Error('there is no link');
  bob.act((client, now) => client.acceptInvitation({ link, name: 'alice' }, now));
  await pass(layer, people, 10 * MINUTE);
  for (const { machine } of people) {
    if (machine.contacts()[0]?.state !== 'ready') throw new Error('they have not met');
  }
  // One of them tells what was read.
  bob.act((client, now) => client.conversations.settings('1', { readReceipts: true }, now));
  return { layer: layer.keep(), stores: [alice.store.copy(), bob.store.copy()] };
}
