/**
 * Who goes on with the link of a profile that is fully locked (docs/spec/21-lock.md, 3): a client like any
 * other, of nobody. Its store is in memory, its keys were drawn for it, it knows no contact: so all it
 * sends is what a client sends that has nothing to say.
 */
import { openMemoryProfile } from '@tacet/adapters/profiles-sqlcipher';
import type { Rng } from '@tacet/base';
import {
  Client,
  type JobOutcome,
  prepareProfile,
  type SessionJob,
  type SessionPort,
  schemaSteps,
} from '@tacet/client';
import { createPacketBuilder } from '@tacet/onion';
import type { CoverSeat } from './full-lock.ts';
import type { InTurn } from './ports.ts';

export async function prepareCover(
  session: SessionPort,
  rng: Rng,
  inTurn: InTurn,
): Promise<CoverSeat<SessionJob, JobOutcome>> {
  const store = await inTurn(() => openMemoryProfile());
  const close = (): void => store.close();
  try {
    for (const step of schemaSteps(store)) await inTurn(step);
    await inTurn(() => prepareProfile(store, session, rng, { name: 'nobody' }));
  } catch (error) {
    close();
    throw error;
  }
  return {
    open: (from, now) => Client.open({ store, rng, builder: createPacketBuilder(rng) }, now, from),
    close,
  };
}
