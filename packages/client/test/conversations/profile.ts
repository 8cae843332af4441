/** A profile without network, with contacts that were met: for what never leaves it. */
import {
  createFakeSession,
  emptyProfile,
  MemoryStore,
  type SeededRng,
  seededRng,
  TEST_NOW,
} from '@tacet/testkit';
import { plainBuilder } from '@tacet/testkit/model';
import { Client } from '../../src/client.ts';
import { prepareProfile } from '../../src/meeting/identity.ts';

export class Profile {
  /** Bytes left on its disk. */
  room = Number.POSITIVE_INFINITY;
  readonly store = new MemoryStore();
  private readonly rng: SeededRng;
  client: Client;
  now = TEST_NOW;

  private constructor(seed: string) {
    this.rng = seededRng(`profile ${seed}`);
    this.client = undefined as unknown as Client;
  }

  static async with(...names: readonly string[]): Promise<Profile> {
    const profile = new Profile(names.join());
    const { store, rng, now } = profile;
    store.restore(emptyProfile());
    await prepareProfile(store, createFakeSession(rng), rng, { name: 'alice' });
    profile.restart();
    for (const name of names) {
      store.run(
        `INSERT INTO contacts (name, given_name, trust, state, ready_at, created_at, touched_at)
         VALUES (?, ?, 'link', 'ready', 1, ?, ?)`,
        name,
        name,
        now,
        now,
      );
    }
    return profile;
  }

  restart(): void {
    this.client = Client.open(
      { store: this.store, builder: plainBuilder, rng: this.rng, room: () => this.room },
      this.now,
    );
  }

  later(ms = 1_000): number {
    this.now += ms;
    return this.now;
  }

  send(contactId: string, text: string, clientId: string | null = null): string {
    return this.client.sendText({ contactId, text, clientId }, this.later()).id;
  }

  /** What came from a contact, saved as the inbox saves it. */
  receive(contact: string, text: string): string {
    const { id } = this.client.contact(contact);
    const engine = Reflect.get(this.client, 'e') as import('../../src/engine.ts').Engine;
    const now = this.later();
    this.store.transaction(() => {
      const contentId = this.rng.fill(new Uint8Array(16));
      const content = { type: 'text' as const, contentId, sentAt: now, text };
      engine.messageList.addReceived(Number(id), content, new Uint8Array(), now);
      engine.conversations.onReceived(Number(id), false, now);
    });
    return String(this.store.get('SELECT max(id) AS id FROM messages')?.['id']);
  }
}
