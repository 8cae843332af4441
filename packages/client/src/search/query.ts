/**
 * What a person types, as an expression of the index (docs/spec/18-conversations.md, 3). Every word
 * is quoted, so that nothing typed is ever syntax of the index: words must all occur, "quoted words"
 * in that order, -word must not, and the word still being typed may go on.
 */
import { AppError } from '@tacet/base';
import { MAX_QUERY, MAX_QUERY_TERMS } from '../limits.ts';
import type { Endings } from './endings.ts';
import { wordsOf } from './words.ts';

export interface Term {
  /** As typed, for the index, which makes its own words of it. */
  readonly raw: string;
  /** Folded; they stand one after another. */
  readonly words: readonly string[];
  readonly excluded: boolean;
  /** The last word may go on. */
  readonly open: boolean;
}

export interface Filters {
  /** Rows of `contacts`; null: of all. */
  readonly contacts: readonly number[] | null;
  readonly link: boolean;
  /** Type of content (page 14); null: any. */
  readonly type: number | null;
}

/** A shorter beginning of a word would match a good part of everything. */
const SHORTEST_PREFIX = 2;

/** Throws `search-invalid`. */
export function termsOf(query: string): Term[] {
  if (query.length > MAX_QUERY || !query.isWellFormed())
    throw invalid('is too long or not Unicode');
  const terms: Term[] = [];
  for (const { 0: whole, 1: minus, 2: phrase, 3: word, index } of query.matchAll(
    /(-?)(?:"([^"]*)"?|([^\s"]+))/g,
  )) {
    const raw = (phrase ?? word ?? '').replaceAll('\0', ' ');
    const words = wordsOf(raw).map(({ folded }) => folded);
    const last = words.at(-1);
    // Marks alone say nothing to the index.
    if (last === undefined) continue;
    const excluded = minus === '-';
    const typing = word !== undefined && index + whole.length === query.length;
    const open = !excluded && (typing || word?.endsWith('*') === true);
    terms.push({ raw, words, excluded, open: open && last.length >= SHORTEST_PREFIX });
  }
  if (terms.length > MAX_QUERY_TERMS) throw invalid('has too many words');
  return terms;
}

/** The expression, or null when nothing is asked for. */
export function expressionOf(
  terms: readonly Term[],
  filters: Filters,
  endings: Endings,
): string | null {
  const wanted = terms.filter(({ excluded }) => !excluded).map((term) => quoted(term, endings));
  const unwanted = terms.filter(({ excluded }) => excluded).map(({ raw }) => `"${raw}"`);
  const tags = [
    ...(filters.contacts === null ? [] : [anyOf(filters.contacts)]),
    ...(filters.link ? ['"link"'] : []),
    ...(filters.type === null ? [] : [`"k${filters.type}"`]),
  ];
  const parts = [
    ...(wanted.length === 0 ? [] : [`text : (${wanted.join(' AND ')})`]),
    ...(tags.length === 0 ? [] : [`tags : (${tags.join(' AND ')})`]),
  ];
  if (parts.length === 0) return null;
  const all = `(${parts.join(' AND ')})`;
  return unwanted.length === 0 ? all : `${all} NOT (text : (${unwanted.join(' OR ')}))`;
}

function anyOf(contacts: readonly number[]): string {
  return `(${['"c0"', ...contacts.map((id) => `"c${id}"`)].join(' OR ')})`;
}

/** A quote of its own never stands in it: nothing in it ends these. */
function quoted({ raw, words, open }: Term, endings: Endings): string {
  if (!open) return `"${raw}"`;
  const last = words.at(-1) ?? '';
  const tail = raw.slice(raw.length - last.length);
  // Else the index might fold it in another way, and know other words.
  const same = tail === last || (/^[a-z0-9]+$/.test(last) && tail.toLowerCase() === last);
  const whole = same ? endings(last) : null;
  if (whole === null) return `"${raw}"*`;
  const before = raw.slice(0, raw.length - last.length);
  return `(${whole.map((word) => `"${before}${word}"`).join(' OR ')})`;
}

function invalid(what: string): AppError {
  return new AppError('search-invalid', 'usage', `what is searched for ${what}`);
}
