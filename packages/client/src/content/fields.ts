/**
 * The fields of a content (docs/spec/14-content.md, 1): each with its key and its one form. Values
 * are read strictly; what a field means stands with the effects in `conversations/`.
 */
import { malformed } from '@tacet/base';
import { factsFrom } from '../files/facts.ts';
import {
  MAX_CARD_BYTES,
  MAX_EMOJI_BYTES,
  MAX_EXCERPT_BYTES,
  MAX_LIFETIME,
  MAX_MENTIONS,
  MAX_NAME_BYTES,
  MAX_SHOWN_BYTES,
  MAX_TEXT_BYTES,
} from '../limits.ts';
import {
  bytesOf,
  decodeCanonical,
  encodeCanonical,
  listOf,
  mapOf,
  textBytes,
  textOf,
  whole,
} from './cbor.ts';

/** As the content says it: from its writer's side. */
export type Party = 'writer' | 'reader';

/** Names a content of this conversation. */
export interface Target {
  readonly author: Party;
  readonly contentId: Uint8Array;
}

export interface Quote extends Target {
  /** What its writer claims to answer; a reader who has the target compares. */
  readonly excerpt: string;
}

/** Start and length in code points of the text. */
export interface Mention {
  readonly start: number;
  readonly length: number;
  /** Of anybody else: their key-set hash. */
  readonly who: Party | Uint8Array;
}

export interface Field<T> {
  readonly key: number;
  readonly read: (value: unknown) => T;
  readonly write: (value: T) => unknown;
}

function field<T>(
  key: number,
  read: (value: unknown) => T,
  write: (value: T) => unknown = (value) => value,
): Field<T> {
  return { key, read, write };
}

const text = (key: number, least: number, most: number): Field<string> =>
  field(key, (value) => textOf(value, least, most));
const number = (key: number, least: number, most: number): Field<number> =>
  field(key, (value) => whole(value, least, most));

const PARTIES: readonly Party[] = ['writer', 'reader'];

function partyOf(value: unknown): Party {
  const party = PARTIES[whole(value, 0, 1)];
  if (party === undefined) throw malformed('envelope');
  return party;
}

function targetOf(value: unknown): Target {
  const [author, contentId] = listOf(value, 2, 2);
  return { author: partyOf(author), contentId: bytesOf(contentId, 16) };
}

function quoteOf(value: unknown): Quote {
  const [author, contentId, excerpt] = listOf(value, 3, 3);
  return { ...targetOf([author, contentId]), excerpt: textOf(excerpt, 0, MAX_EXCERPT_BYTES) };
}

/** Ascending and apart: the one form. That they end within the text is checked with the text. */
function mentionsOf(value: unknown): Mention[] {
  let end = 0;
  return listOf(value, 1, MAX_MENTIONS).map((entry) => {
    const [first, second, who] = listOf(entry, 3, 3);
    const start = whole(first, end);
    const length = whole(second, 1, MAX_TEXT_BYTES);
    end = start + length;
    return { start, length, who: who instanceof Uint8Array ? bytesOf(who, 32) : partyOf(who) };
  });
}

/** A card's bytes: canonical CBOR of its map, read by its own page (15-trust.md). */
function cardOf(value: unknown): Uint8Array {
  const card = encodeCanonical(mapOf(value));
  if (card.length > MAX_CARD_BYTES) throw malformed('envelope');
  return card;
}

/** A file's facts as bytes, checked: what of its map is not known is kept with them (19-files.md). */
function fileOf(value: unknown): Uint8Array {
  const map = mapOf(value);
  factsFrom(map);
  return encodeCanonical(map);
}

export const FIELDS = {
  text: text(4, 0, MAX_TEXT_BYTES),
  parent: field(5, (value) => bytesOf(value, 16)),
  lifetime: number(6, 1, MAX_LIFETIME),
  shown: text(7, 0, MAX_SHOWN_BYTES),
  target: field(8, targetOf, ({ author, contentId }) => [PARTIES.indexOf(author), contentId]),
  quote: field(9, quoteOf, ({ author, contentId, excerpt }) => [
    PARTIES.indexOf(author),
    contentId,
    excerpt,
  ]),
  mentions: field<readonly Mention[]>(10, mentionsOf, (mentions) =>
    mentions.map(({ start, length, who }) => [
      start,
      length,
      who instanceof Uint8Array ? who : PARTIES.indexOf(who),
    ]),
  ),
  emoji: text(11, 0, MAX_EMOJI_BYTES),
  card: field(12, cardOf, (card) => mapOf(decodeCanonical(card))),
  timer: number(13, 0, MAX_LIFETIME),
  name: text(14, 1, MAX_NAME_BYTES),
  file: field(15, fileOf, (file) => mapOf(decodeCanonical(file))),
} as const;

export type FieldName = keyof typeof FIELDS;
export type FieldValue<N extends FieldName> = ReturnType<(typeof FIELDS)[N]['read']>;

/** Throws `malformed` when a mention ends behind the text. */
export function checkMentions(body: string, mentions: readonly Mention[]): void {
  const last = mentions.at(-1);
  // Code points are at most as many as bytes; counting them is needed only near the end.
  if (last === undefined || last.start + last.length > textBytes(body)) {
    throw malformed('envelope');
  }
  if (last.start + last.length > [...body].length) throw malformed('envelope');
}
