/** People write to each other; every text is unlike any other. */
import type { Rng } from '@tacet/base';
import type { Ledger } from './ledger.ts';
import type { Person } from './person.ts';
import type { Strand } from './strand.ts';

export class Texts implements Strand {
  readonly name = 'texts';
  readonly weight = 10;
  private readonly ledger: Ledger;
  private count = 0;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  async act(person: Person, rng: Rng): Promise<void> {
    const to = person.someone(rng);
    if (to === null) return;
    this.count += 1;
    const { chapter } = this.ledger;
    const [contactId, text] = [person.contactId(to), `${person.name} to ${to}, ${this.count}`];
    const [newest] = await person.persist(async (api) => {
      return (await api.call('message.list', { contactId, limit: 1 })).messages;
    });
    const at = Date.now();
    // The text is its own id: there are no two alike.
    const { id } = await person.persist((api) =>
      api.call('message.send', { contactId, text, clientId: text }),
    );
    const after = newest?.text ?? null;
    this.ledger.said.push({ text, from: person.name, to, id, at, chapter, after });
  }

  /** Conversations are compared by `audit.ts`. */
  async audit(): Promise<string[]> {
    return [];
  }
}
