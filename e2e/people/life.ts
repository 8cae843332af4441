/** What one of the six does at random moments, as drawn from the run's seed. */
import { type Millis, type Rng, randomExponential, randomInt } from '@tacet/base';
import { sleep } from '../lib/program.ts';
import type { Ledger } from './ledger.ts';
import type { Person } from './person.ts';

export interface LifeOptions {
  readonly rng: Rng;
  readonly ledger: Ledger;
  /** Mean pause between two acts, ms. */
  readonly pauseMs: Millis;
}

/** Goes on until `signal`; then finishes what was begun. */
export async function live(
  person: Person,
  { rng, ledger, pauseMs }: LifeOptions,
  signal: AbortSignal,
): Promise<void> {
  for (let n = 0; ; n++) {
    await sleep(randomExponential(rng, pauseMs));
    if (signal.aborted) return;
    const names = [...person.contacts.keys()];
    const to = names[randomInt(rng, Math.max(1, names.length))];
    if (to !== undefined) await write(person, to, `${person.name} to ${to}, ${n}`, ledger);
  }
}

export async function write(
  person: Person,
  to: string,
  text: string,
  ledger: Ledger,
): Promise<void> {
  const contactId = person.contactId(to);
  const { chapter } = ledger;
  const [newest] = await person.persist(async (api) => {
    const { messages } = await api.call('message.list', { contactId, limit: 1 });
    return messages;
  });
  const at = Date.now();
  // The text is its own id: there are no two alike.
  const { id } = await person.persist((api) =>
    api.call('message.send', { contactId, text, clientId: text }),
  );
  const after = newest?.text === text ? null : (newest?.text ?? null);
  ledger.said.push({ text, from: person.name, to, id, at, chapter, after });
}
