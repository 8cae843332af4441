/** Compares every store with what was written down: each conversation, at both ends. */
import type { MessageView } from '@tacet/api';
import { allMessages } from '../lib/daemon.ts';
import type { Ledger, Said } from './ledger.ts';
import type { Person } from './person.ts';

/** Of one person's store, all conversations; each entry a sentence. */
export interface Findings {
  readonly person: string;
  readonly written: number;
  readonly received: number;
  /** Confirmed to their writer. */
  readonly delivered: number;
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** There, but never given by anybody. */
  readonly foreign: readonly string[];
  /** Before what its writer had when writing it. */
  readonly disordered: readonly string[];
  /** Confirmed as delivered, or not at all, against what the other store holds. */
  readonly untrue: readonly string[];
}

export async function audit(person: Person, ledger: Ledger): Promise<Findings> {
  const lists = noFindings();
  const count = { written: 0, received: 0, delivered: 0 };
  for (const [other, contactId] of person.contacts) {
    const messages = await allMessages(person.daemon, contactId);
    const said = ledger.between(person.name, other);
    compare(`${person.name} with ${other}`, person.name, messages, said, lists);
    count.written += said.filter(({ from }) => from === person.name).length;
    count.received += messages.filter(({ direction }) => direction === 'in').length;
    count.delivered += messages.filter(({ state }) => state === 'delivered').length;
  }
  return { person: person.name, ...count, ...lists };
}

export type Lists = Record<'lost' | 'twice' | 'foreign' | 'disordered' | 'untrue', string[]>;

export function noFindings(): Lists {
  return { lost: [], twice: [], foreign: [], disordered: [], untrue: [] };
}

/** Adds to `lists` what one end of one conversation has otherwise than it was said. */
export function compare(
  where: string,
  self: string,
  messages: readonly MessageView[],
  said: readonly Said[],
  lists: Lists,
): void {
  const places = new Map<string, number[]>();
  for (const [place, { text }] of messages.entries()) {
    places.set(text, [...(places.get(text) ?? []), place]);
  }
  for (const { text, from, after } of said) {
    const [place, ...more] = places.get(text) ?? [];
    if (place === undefined) {
      lists.lost.push(`${where}: ${text}`);
      continue;
    }
    if (more.length > 0) lists.twice.push(`${where}: ${text}`);
    const message = messages[place];
    const isOwn = from === self;
    if (message?.direction !== (isOwn ? 'out' : 'in'))
      lists.untrue.push(`${where}: turned, ${text}`);
    if (isOwn && message?.state !== 'delivered') {
      lists.untrue.push(`${where}: ${message?.state}, ${text}`);
    }
    const [before] = after === null ? [] : (places.get(after) ?? []);
    if (before !== undefined && before > place) {
      lists.disordered.push(`${where}: ${text} before ${after}`);
    }
  }
  const given = new Set(said.map(({ text }) => text));
  for (const text of places.keys()) if (!given.has(text)) lists.foreign.push(`${where}: ${text}`);
}
