/** Two profiles and what they write to each other, carried by hand: no ratchet, no network. */
import assert from 'node:assert/strict';
import { concat, utf8 } from '@tacet/base';
import type { Client } from '../../src/client.ts';
import { decodeEnvelope, type Envelope, encodeEnvelope } from '../../src/content/envelope.ts';
import { contentOf } from '../../src/conversations/contents.ts';
import type { Engine } from '../../src/engine.ts';
import type { Arrivals } from '../../src/inbox/arrivals.ts';
import { ReceivedSet } from '../../src/inbox/received.ts';
import { num, text } from '../../src/store/rows.ts';
import { Profile } from './profile.ts';

/** One numbered envelope on its way. */
export interface Letter {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

export class Side {
  readonly profile: Profile;
  /** Contact id of the other. */
  readonly other = '1';
  private seq = 0;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  get client(): Client {
    return this.profile.client;
  }

  get engine(): Engine {
    return Reflect.get(this.client, 'e') as Engine;
  }

  get now(): number {
    return this.profile.now;
  }

  say(body: string, more: { readonly replyTo?: string } = {}): string {
    const now = this.profile.later();
    const request = { contactId: this.other, text: body, clientId: null, ...more };
    return this.client.talk.send(request, now).id;
  }

  /** What waits to be sent, each in an envelope. */
  letters(): Letter[] {
    const { messageList } = this.engine;
    return this.profile.store
      .all("SELECT id FROM messages WHERE state = 'queued' ORDER BY id")
      .map((row) => {
        const id = num(row, 'id');
        const content = contentOf(messageList.row(id), (at) => Math.floor(at / 1_000) * 1_000);
        const seq = ++this.seq;
        messageList.numbered(id, seq);
        messageList.advance(id, 'sending', this.now);
        this.profile.store.run('UPDATE contacts SET out_seq = ? WHERE id = 1', seq);
        return { seq, bytes: encodeEnvelope({ content }) };
      });
  }

  take({ seq, bytes }: Letter, now = this.profile.later()): void {
    const { store } = this.profile;
    store.transaction(() => {
      new ReceivedSet(store).add(1, seq);
      this.onEnvelope(seq, decodeEnvelope(bytes), bytes, now);
    });
  }

  /** Not numbered. */
  hear(envelope: Envelope): void {
    const bytes = encodeEnvelope(envelope);
    this.profile.store.transaction(() => this.onEnvelope(0, envelope, bytes, this.now));
  }

  private onEnvelope(seq: number, envelope: Envelope, bytes: Uint8Array, now: number): void {
    const arrivals = Reflect.get(this.engine, 'arrivals') as Arrivals;
    arrivals.take(1, seq, envelope, bytes, now);
  }

  /** The other side saved all of it. */
  delivered(): void {
    this.profile.store.transaction(() => {
      for (const row of this.profile.store.all("SELECT id FROM messages WHERE state = 'sending'")) {
        this.engine.messageList.advance(num(row, 'id'), 'delivered', this.now);
      }
    });
  }

  get lines() {
    return this.client.messages({ contactId: this.other, limit: 500 });
  }

  texts(): string[] {
    return this.lines.map((line) => line.text);
  }

  /** The newest line. */
  get last() {
    return this.lines.at(-1) ?? assert.fail('no line');
  }

  read(): void {
    this.client.markRead(this.other, this.profile.later());
  }

  /** Reasons of dead letters. */
  dead(): string[] {
    return this.profile.store
      .all('SELECT reason FROM dead_letters ORDER BY id')
      .map((row) => text(row, 'reason'));
  }

  /** Tables in which these words still stand, in whatever column. */
  tablesWith(words: string): string[] {
    const { store } = this.profile;
    const tables = store.all("SELECT name FROM sqlite_master WHERE type = 'table'");
    return tables
      .map((row) => text(row, 'name'))
      .filter((table) =>
        store.all(`SELECT * FROM "${table}"`).some((row) =>
          Object.values(row).some((value) => {
            if (typeof value === 'string') return value.includes(words);
            return value instanceof Uint8Array && Buffer.from(concat(value)).includes(utf8(words));
          }),
        ),
      );
  }
}

export class Pair {
  readonly a: Side;
  readonly b: Side;

  private constructor(a: Side, b: Side) {
    this.a = a;
    this.b = b;
  }

  static async meet(): Promise<Pair> {
    const [a, b] = [await Profile.with('bob'), await Profile.with('alice')];
    return new Pair(new Side(a), new Side(b));
  }

  /** All that waits arrives, in order, and is receipted. */
  exchange(): void {
    for (const [from, to] of [
      [this.a, this.b],
      [this.b, this.a],
    ] as const) {
      to.profile.now = from.profile.now = Math.max(from.now, to.now);
      for (const letter of from.letters()) to.take(letter);
      from.profile.now = Math.max(from.now, to.now);
      from.delivered();
    }
  }
}
