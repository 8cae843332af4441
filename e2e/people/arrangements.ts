/** What people arrange for themselves: pins, mute, drafts, notes. The last one given counts. */
import { type Rng, randomInt } from '@tacet/base';
import { allMessages } from '../lib/daemon.ts';
import type { Person } from './person.ts';
import type { Strand } from './strand.ts';

interface Wanted {
  pinned: boolean;
  muted: boolean;
  draft: string | null;
}

export class Arrangements implements Strand {
  readonly name = 'arrangements';
  readonly weight = 2;
  private readonly wanted = new Map<string, Wanted>();
  private count = 0;

  private of(person: Person, name: string): Wanted {
    const key = `${person.name} about ${name}`;
    const known = this.wanted.get(key) ?? { pinned: false, muted: false, draft: null };
    this.wanted.set(key, known);
    return known;
  }

  async act(person: Person, rng: Rng): Promise<void> {
    const name = person.someone(rng);
    if (name === null) return;
    const contactId = person.contactId(name);
    const wanted = this.of(person, name);
    switch (randomInt(rng, 3)) {
      case 0:
        wanted.pinned = !wanted.pinned;
        await person.persist((api) =>
          api.call('conversation.pin', { contactId, pinned: wanted.pinned }),
        );
        return;
      case 1: {
        wanted.muted = !wanted.muted;
        const mute = wanted.muted ? { until: null, mentions: true } : null;
        await person.persist((api) => api.call('conversation.mute', { contactId, mute }));
        return;
      }
      default: {
        this.count += 1;
        const text = `draft ${this.count}`;
        wanted.draft = text;
        await person.persist((api) => api.call('draft.set', { contactId, text }));
      }
    }
  }

  async audit(person: Person): Promise<string[]> {
    const wrong: string[] = [];
    for (const [name, contactId] of person.contacts) {
      const wanted = this.of(person, name);
      const found = await person.daemon.api.call('conversation.get', { contactId });
      const shown = {
        pinned: found.pinned,
        muted: found.mute !== null,
        draft: found.draft?.text ?? null,
      };
      const [a, b] = [JSON.stringify(wanted), JSON.stringify(shown)];
      if (a !== b) wrong.push(`${person.name} about ${name}: ${b}, not ${a}`);
    }
    return wrong;
  }
}

export class Notes implements Strand {
  readonly name = 'notes';
  readonly weight = 1;
  private readonly written = new Map<string, string[]>();

  async act(person: Person): Promise<void> {
    const notes = this.written.get(person.name) ?? [];
    this.written.set(person.name, notes);
    const text = `note ${notes.length} of ${person.name}`;
    notes.push(text);
    const { id: contactId } = await person.persist((api) => api.call('note.open', {}));
    person.notes = contactId;
    await person.persist((api) => api.call('message.send', { contactId, text, clientId: text }));
  }

  async audit(person: Person): Promise<string[]> {
    const wanted = this.written.get(person.name) ?? [];
    const { id } = await person.daemon.api.call('note.open', {});
    const found = (await allMessages(person.daemon, id)).map(({ text }) => text);
    const same = found.length === wanted.length && found.every((text, i) => text === wanted[i]);
    return same ? [] : [`${person.name}: ${found.length} notes, not ${wanted.length}`];
  }
}
