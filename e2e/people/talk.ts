/** People write, answer, react, edit and delete. What a daemon refuses was not done. */
import type { MessageView } from '@tacet/api';
import { isAppError, type Rng, randomInt } from '@tacet/base';
import { type Ledger, type Line, numberIn, textOf, wordOf } from './ledger.ts';
import type { Person } from './person.ts';
import type { Strand } from './strand.ts';

const RECENT = 12;
const EMOJI = ['👍', '❤', 'ha', ''];

/** A line as this person has it now. */
interface Seen {
  readonly message: MessageView;
  readonly line: Line;
}

export class Talk implements Strand {
  readonly name = 'talk';
  readonly weight = 14;
  private readonly ledger: Ledger;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  async act(person: Person, rng: Rng): Promise<void> {
    const to = person.someone(rng);
    if (to === null) return;
    const contactId = person.contactId(to);
    const { messages } = await person.persist((api) =>
      api.call('message.list', { contactId, limit: RECENT }),
    );
    const seen = messages.flatMap((message): Seen[] => {
      const line = this.ledger.lines.get(numberIn(message.text) ?? -1);
      return line === undefined || message.deletion !== null ? [] : [{ message, line }];
    });
    const any = seen[randomInt(rng, Math.max(1, seen.length))];
    const own = seen.filter(({ line }) => line.from === person.name).at(-1);
    const kind = randomInt(rng, 14);
    if (kind < 2 && any !== undefined) return this.react(person, any, rng);
    if (kind === 2 && own !== undefined) return this.edit(person, own);
    if (kind === 3 && own !== undefined) return this.remove(person, own);
    await this.write(person, to, contactId, seen.at(-1)?.line, kind < 7 ? any : undefined);
  }

  private async write(
    person: Person,
    to: string,
    contactId: string,
    newest: Line | undefined,
    answered: Seen | undefined,
  ): Promise<void> {
    const number = this.ledger.nextNumber();
    const text = textOf(number, person.name, to, 1);
    const at = Date.now();
    const reply = answered === undefined ? {} : { replyTo: answered.message.id };
    const sent = await this.allowed(() =>
      person.persist((api) =>
        api.call('message.send', { contactId, text, clientId: text, ...reply }),
      ),
    );
    if (sent === null) return;
    this.ledger.add({
      ...{ number, from: person.name, to, id: sent.id, at, text },
      after: newest?.number ?? null,
      replyTo: answered?.line.number ?? null,
    });
  }

  private async react(person: Person, { message, line }: Seen, rng: Rng): Promise<void> {
    const emoji = EMOJI[randomInt(rng, EMOJI.length)] ?? '';
    const clientId = `${person.name} reacts ${this.ledger.nextNumber()}`;
    const { id } = message;
    const done = await this.allowed(() =>
      person.persist((api) => api.call('message.react', { id, emoji, clientId })),
    );
    if (done === null) return;
    line.reactions.set(person.name, emoji);
    this.ledger.counted();
  }

  private async edit(person: Person, { message, line }: Seen): Promise<void> {
    const text = textOf(line.number, line.from, line.to, line.versions.length + 1);
    const { id } = message;
    const done = await this.allowed(() =>
      person.persist((api) => api.call('message.edit', { id, text, clientId: text })),
    );
    if (done === null) return;
    line.versions.push(text);
    this.ledger.counted();
  }

  private async remove(person: Person, { message, line }: Seen): Promise<void> {
    const { id } = message;
    const clientId = `${person.name} deletes ${line.number}`;
    const done = await this.allowed(() =>
      person.persist((api) => api.call('message.delete', { id, forEveryone: true, clientId })),
    );
    if (done === null) return;
    line.deleted = true;
    this.ledger.counted();
  }

  /** Null: refused, since the other one deleted it meanwhile or is blocked. */
  private async allowed<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (isAppError(error, 'message-deleted') || isAppError(error, 'contact-blocked')) return null;
      throw error;
    }
  }

  /** Conversations are compared by `audit.ts`; here, that each line is found by its own word. */
  async audit(person: Person): Promise<string[]> {
    const wrong: string[] = [];
    for (const line of this.ledger.lines.values()) {
      if (line.from !== person.name && line.to !== person.name) continue;
      const { hits } = await person.daemon.api.call('search.find', {
        ...{ text: wordOf(line.number), limit: 10 },
      });
      const wanted = line.deleted ? 0 : 1;
      if (hits.length === wanted) continue;
      wrong.push(`${person.name} finds #${line.number} ${hits.length} times, not ${wanted}`);
    }
    return wrong;
  }
}
