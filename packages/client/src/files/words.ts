/** What the two sides say about the bytes of a file (docs/spec/19-files.md, 3). */
import { malformed } from '@tacet/base';
import { bytesOf, listOf, whole } from '../content/cbor.ts';
import type { Party } from '../content/fields.ts';
import { MAX_FILE_RANGES, MAX_FILE_ROUNDS, MAX_FILE_WORDS } from '../limits.ts';

/** By their numbers, from 1. */
export const FILE_WORDS = ['wanted', 'here', 'not-wanted', 'written', 'withdrawn'] as const;
export type FileWordName = (typeof FILE_WORDS)[number];

/** First and last part, both included. */
export type PartRange = readonly [from: number, to: number];

export interface FileWord {
  /** Who sent the file, from this envelope's writer's side. */
  readonly author: Party;
  readonly contentId: Uint8Array;
  readonly word: FileWordName;
  /** From 0. */
  readonly round: number;
  readonly ranges: readonly PartRange[];
}

const PARTIES: readonly Party[] = ['writer', 'reader'];
const MAX_PART = 0xffff_ffff;

export function wordsList(words: readonly FileWord[]): unknown {
  return words.map(({ author, contentId, word, round, ranges }) => [
    PARTIES.indexOf(author),
    contentId,
    FILE_WORDS.indexOf(word) + 1,
    round,
    ...ranges.map((range) => [...range]),
  ]);
}

/** Throws `malformed`. */
export function wordsFrom(value: unknown): FileWord[] {
  return listOf(value, 1, MAX_FILE_WORDS).map((entry) => {
    const [who, contentId, number, round, ...rest] = listOf(entry, 4, 4 + MAX_FILE_RANGES);
    const author = PARTIES[whole(who, 0, 1)];
    const word = FILE_WORDS[whole(number, 1, FILE_WORDS.length) - 1];
    if (author === undefined || word === undefined) throw malformed('envelope');
    return {
      author,
      contentId: bytesOf(contentId, 16),
      word,
      round: whole(round, 0, MAX_FILE_ROUNDS - 1),
      ranges: rangesFrom(rest),
    };
  });
}

/** Ascending and apart: the one form. */
function rangesFrom(list: readonly unknown[]): PartRange[] {
  let next = 0;
  return list.map((range): PartRange => {
    const [low, high] = listOf(range, 2, 2);
    const from = whole(low, next, MAX_PART);
    const to = whole(high, from, MAX_PART);
    next = to + 2;
    return [from, to];
  });
}

/** Ranges of ascending numbers, at most so many: the first of them. */
export function rangesOf(parts: readonly number[], most = MAX_FILE_RANGES): PartRange[] {
  const ranges: [number, number][] = [];
  for (const part of parts) {
    const last = ranges.at(-1);
    if (last !== undefined && part === last[1] + 1) last[1] = part;
    else if (ranges.length === most) break;
    else ranges.push([part, part]);
  }
  return ranges;
}
