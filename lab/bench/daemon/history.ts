/**
 * A profile with a long history: messages of a few words drawn by Zipf's law from 20,000, over
 * three hundred contacts of whom few write most. The same seed gives the same history.
 */
import type { ProfileStore } from '@tacet/client';
import { addToSearch } from '@tacet/client/received';

export interface History {
  readonly messages: number;
  readonly contacts: number;
  /** Time of the newest message. */
  readonly now: number;
}

const SPAN = 3 * 365 * 86_400_000;
const WORDS = 20_000;
const BATCH = 500;
const SYLLABLES =
  'ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu'.split(' ');

/** The word of a rank, from the most frequent on. */
export function wordOf(rank: number): string {
  let left = rank;
  let word = '';
  do {
    word += SYLLABLES[left % SYLLABLES.length];
    left = Math.floor(left / SYLLABLES.length);
  } while (left > 0);
  return word;
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A rank below `count` by Zipf's law. */
export function zipf(random: () => number, count: number): number {
  return Math.min(count - 1, Math.floor(count ** random()) - 1);
}

/** Fills a migrated profile; answers how long each batch of 500 messages took, in ms. */
export function writeHistory(store: ProfileStore, history: History): number[] {
  const { messages, contacts, now } = history;
  const random = numbers(7);
  const took: number[] = [];
  store.transaction(() => {
    for (let id = 1; id <= contacts; id++) {
      store.run(
        `INSERT INTO contacts (id, name, given_name, trust, state, ready_at, created_at, touched_at)
         VALUES (?, ?, 'x', 'link', 'ready', 1, ?, ?)`,
        id,
        `person ${id}`,
        now - SPAN,
        now - id,
      );
    }
  });
  for (let done = 0; done < messages; done += BATCH) {
    const start = performance.now();
    store.transaction(() => {
      for (let n = done; n < Math.min(done + BATCH, messages); n++) {
        writeMessage(
          store,
          n + 1,
          zipf(random, contacts) + 1,
          now - SPAN + (n / messages) * SPAN,
          random,
        );
      }
    });
    took.push(performance.now() - start);
  }
  return took;
}

/** One message, saved as the client saves it: with its words in the index. */
export function writeMessage(
  store: ProfileStore,
  id: number,
  contact: number,
  at: number,
  random: () => number,
): void {
  writeBare(store, id, contact, at, random);
  addToSearch(store, id);
}

/** Likewise, without the index. */
export function writeBare(
  store: ProfileStore,
  id: number,
  contact: number,
  at: number,
  random: () => number,
): void {
  const words = Array.from({ length: 3 + Math.floor(random() * 20) }, () =>
    wordOf(zipf(random, WORDS)),
  );
  if (random() < 0.05) words.push('https://example.org/page');
  const content = new Uint8Array(16);
  new DataView(content.buffer).setUint32(0, id);
  const out = random() < 0.5;
  store.run(
    `INSERT INTO messages (id, contact_id, content_id, direction, type, text, sent_at, arrived_at, state)
     VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?)`,
    id,
    contact,
    content,
    out ? 'out' : 'in',
    words.join(' '),
    Math.floor(at),
    out ? null : Math.floor(at),
    out ? 'delivered' : 'received',
  );
}
