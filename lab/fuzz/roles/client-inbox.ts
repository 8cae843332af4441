/** A contact who has a good session and bad manners: from boxes through the ratchet to the inbox. */
import assert from 'node:assert/strict';
import { isAppError, type Rng, randomInt } from '@tacet/base';
import { migrate } from '@tacet/client';
import { Person } from '@tacet/client/acceptance/person';
import {
  decodeBoxContent,
  Inbox,
  MIGRATIONS,
  ReceivedSet,
  sessionRecords,
} from '@tacet/client/received';
import { createFakeSession, MemoryStore } from '@tacet/testkit';
import { flip } from '../mutate.ts';
import type { Input } from '../types.ts';

const BOB = 1;
const DEAD_LETTERS = 100;

/** Ciphertexts are made ahead, since a ratchet answers by promise; the inbox takes them one by one. */
export class ContactUnderFire {
  private readonly rng: Rng;
  private readonly store = new MemoryStore();
  private readonly inbox: Inbox;
  private readonly alice: Person;
  private readonly bob: Person;
  private readonly dead = new Map<string, number>();
  private read = 0;
  private index = 0;
  private seq = 0;
  private last: Uint8Array | null = null;

  static async create(rng: Rng): Promise<ContactUnderFire> {
    const [alice, bob] = await Promise.all([0, 1].map(() => Person.create(createFakeSession(rng))));
    assert.ok(alice && bob);
    const { bundle } = await bob.invite();
    await alice.meet('bob', bundle);
    // From the first answer on, ciphertexts are short.
    await bob.receive('contact-1', await alice.send('bob', Uint8Array.of(1)));
    await alice.receive('bob', await bob.send('contact-1', Uint8Array.of(1)));
    return new ContactUnderFire(rng, alice, bob);
  }

  private constructor(rng: Rng, alice: Person, bob: Person) {
    this.rng = rng;
    this.alice = alice;
    this.bob = bob;
    migrate(this.store, MIGRATIONS);
    this.store.exec(
      `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
       VALUES (${BOB}, 'a', 'a', 'link', 'ready', 0, 0)`,
    );
    for (const [name, value] of bob.records) {
      this.store.run('INSERT INTO session_records (name, value) VALUES (?, ?)', name, value);
    }
    this.inbox = new Inbox(this.store, new ReceivedSet(this.store), {
      onEnvelope: () => (this.read += 1),
      onDuplicate: () => undefined,
      onLetter: () => undefined,
      onDeadLetter: (_contact, _seq, reason) =>
        this.dead.set(`dead-${reason}`, (this.dead.get(`dead-${reason}`) ?? 0) + 1),
      onWork: () => undefined,
    });
  }

  counts(): Readonly<Record<string, number>> {
    return { ...Object.fromEntries(this.dead), 'envelopes-read': this.read };
  }

  check(): void {
    assert.ok(this.read > 0, 'honest texts are read between');
    const letters = this.store.all('SELECT id FROM dead_letters').length;
    assert.ok(letters <= DEAD_LETTERS, 'dead letters are bounded');
  }

  /** Well encrypted; whether it is an envelope is for the reader to find out. */
  envelope(plaintext: Uint8Array): Input {
    return this.post('envelope by ratchet', async () => {
      this.last = await this.alice.send('bob', plaintext);
      return this.last;
    });
  }

  garbled(): Input {
    return this.post('ciphertext, damaged', async () => {
      const good = await this.alice.send('bob', Uint8Array.of(0xa0));
      return flip(this.rng, good.slice());
    });
  }

  again(): Input {
    const { last } = this;
    return last === null
      ? this.garbled()
      : this.post('ciphertext again', () => Promise.resolve(last));
  }

  senseless(plaintext: Uint8Array): Input {
    return {
      kind: 'box, senseless',
      silent: false,
      deliver: () => {
        this.store.transaction(() => {
          try {
            decodeBoxContent(plaintext);
          } catch (error) {
            if (!isAppError(error, 'malformed')) throw error;
            this.inbox.onSenseless(BOB, plaintext, 0);
          }
        });
        return 0;
      },
    };
  }

  private post(kind: string, encrypt: () => Promise<Uint8Array>): Input {
    return {
      kind,
      silent: false,
      deliver: async () => {
        const data = await encrypt();
        const numbered = randomInt(this.rng, 4) > 0;
        if (numbered) this.seq += 1;
        this.index += 1;
        this.store.transaction(() =>
          this.inbox.onContent(
            BOB,
            numbered
              ? { kind: 'part', seq: this.seq, part: 0, parts: 1, data }
              : { kind: 'control', data },
            this.index,
            0,
          ),
        );
        for (let work = this.inbox.nextJob(); work !== null; work = this.inbox.nextJob()) {
          const { fail } = work;
          try {
            const { commit } = await work.run(this.bob.port, sessionRecords(this.store));
            this.store.transaction(() => commit(0));
          } catch (error) {
            if (!isAppError(error)) throw error;
            this.store.transaction(() => fail(error, 0));
          }
        }
        return 0;
      },
    };
  }
}
