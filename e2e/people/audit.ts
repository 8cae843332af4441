/** Compares every store with what was written down: each conversation, at both ends. */
import type { MessageView } from '@tacet/api';
import { allMessages } from '../lib/daemon.ts';
import { type Ledger, type Line, numberIn } from './ledger.ts';
import type { Person } from './person.ts';
import { isRead } from './reading.ts';

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
  /** Otherwise than it was said: text, versions, reactions, quotes, deletion, state. */
  readonly untrue: readonly string[];
}

export type Lists = Record<'lost' | 'twice' | 'foreign' | 'disordered' | 'untrue', string[]>;

export function noFindings(): Lists {
  return { lost: [], twice: [], foreign: [], disordered: [], untrue: [] };
}

/** A message, and how many versions of it are kept. */
export type Kept = MessageView & { readonly versions: number };

export async function audit(person: Person, ledger: Ledger): Promise<Findings> {
  const lists = noFindings();
  const count = { written: 0, received: 0, delivered: 0 };
  for (const [other, contactId] of person.contacts) {
    const messages = await keptBy(person, contactId);
    const said = ledger.between(person.name, other);
    compare(`${person.name} with ${other}`, person.name, messages, said, lists);
    count.written += said.filter(({ from }) => from === person.name).length;
    count.received += messages.filter(
      ({ direction, kind }) => direction === 'in' && kind === 'text',
    ).length;
    count.delivered += messages.filter(
      ({ kind, state }) => kind === 'text' && (state === 'delivered' || state === 'read'),
    ).length;
  }
  return { person: person.name, ...count, ...lists };
}

/** A whole conversation, oldest first. */
export async function keptBy({ daemon }: Person, contactId: string): Promise<Kept[]> {
  return Promise.all(
    (await allMessages(daemon, contactId)).map(async (message) => {
      const edited = message.editedAt !== null;
      const { versions } = edited
        ? await daemon.api.call('message.history', { id: message.id })
        : { versions: [message] };
      return { ...message, versions: versions.length };
    }),
  );
}

/** Adds to `lists` what one end of one conversation has otherwise than it was said. */
export function compare(
  where: string,
  self: string,
  messages: readonly Kept[],
  said: readonly Line[],
  lists: Lists,
): void {
  const places = new Map<number, number[]>();
  for (const [place, { kind, text, deletion }] of messages.entries()) {
    // Lines of the own daemon, about trust for one, are nobody's words.
    if (kind !== 'text' || deletion !== null) continue;
    const number = numberIn(text);
    if (number === null) lists.foreign.push(`${where}: ${text}`);
    else places.set(number, [...(places.get(number) ?? []), place]);
  }
  const byNumber = new Map(said.map((line) => [line.number, line]));
  const numberOf = (id: string | null): number | null =>
    numberIn(messages.find((message) => message.id === id)?.text ?? '');
  for (const line of said) {
    const what = `${where}: #${line.number}`;
    const [place, ...more] = places.get(line.number) ?? [];
    if (line.deleted) {
      if (place !== undefined) lists.untrue.push(`${what}: deleted, and still there`);
      continue;
    }
    const message = place === undefined ? undefined : messages[place];
    if (place === undefined || message === undefined) {
      lists.lost.push(what);
      continue;
    }
    if (more.length > 0) lists.twice.push(what);
    const answered = line.replyTo === null ? undefined : byNumber.get(line.replyTo);
    for (const wrong of differences(message, line, self, answered, numberOf)) {
      lists.untrue.push(`${what}: ${wrong}`);
    }
    const [before] = line.after === null ? [] : (places.get(line.after) ?? []);
    if (before !== undefined && before > place) {
      lists.disordered.push(`${what} before #${line.after}`);
    }
  }
  for (const number of places.keys()) {
    if (!byNumber.has(number)) lists.foreign.push(`${where}: #${number}`);
  }
  const gone = said.filter(({ deleted }) => deleted).length;
  const marked = messages.filter(({ deletion }) => deletion !== null).length;
  if (gone !== marked) lists.untrue.push(`${where}: ${marked} deleted, not ${gone}`);
}

function differences(
  message: Kept,
  line: Line,
  self: string,
  answered: Line | undefined,
  numberOf: (id: string | null) => number | null,
): string[] {
  const isOwn = line.from === self;
  const wrong: string[] = [];
  const must = (what: string, found: unknown, wanted: unknown): void => {
    if (found !== wanted) wrong.push(`${what} ${String(found)}, not ${String(wanted)}`);
  };
  must('direction', message.direction, isOwn ? 'out' : 'in');
  const delivered = isRead(line.from, line.to) ? 'read' : 'delivered';
  must('state', message.state, isOwn ? delivered : 'received');
  must('text', message.text, line.versions.at(-1));
  must('versions', message.versions, line.versions.length);
  for (const name of [line.from, line.to]) {
    const direction = name === self ? 'out' : 'in';
    const found = message.reactions.find((one) => one.direction === direction)?.emoji ?? '';
    must(`reaction of ${name}`, found, line.reactions.get(name) ?? '');
  }
  const quoted = message.replyTo;
  must('answers', quoted !== null, line.replyTo !== null);
  if (quoted !== null && answered !== undefined) {
    must('quote is', quoted.proof, answered.deleted ? 'gone' : 'verified');
    if (!answered.deleted) must('answers', numberOf(quoted.messageId), line.replyTo);
  }
  return wrong;
}
