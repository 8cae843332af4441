/** A piece of a text around what was found, with places instead of markup. */
import type { Term } from './query.ts';
import { type Word, wordsOf } from './words.ts';

export interface Excerpt {
  readonly text: string;
  /** Something was left away before, after. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
  /** Start and length of what matches, in code points of this text; ascending and apart. */
  readonly marks: readonly (readonly [number, number])[];
}

/** Code points of an excerpt, and how many of them stand before the first match. */
const LENGTH = 160;
const BEFORE = 40;

export function excerptOf(text: string, terms: readonly Term[]): Excerpt {
  const marks = marksOf(text, terms);
  const points = [...text];
  const first = marks[0]?.[0] ?? 0;
  const last = Math.max(0, points.length - LENGTH);
  const from = Math.min(last, Math.max(0, first - BEFORE));
  const to = Math.min(points.length, from + LENGTH);
  return {
    text: points.slice(from, to).join(''),
    cutBefore: from > 0,
    cutAfter: to < points.length,
    marks: marks
      .filter(([start]) => start >= from && start < to)
      .map(([start, length]) => [start - from, Math.min(length, to - start)]),
  };
}

function marksOf(text: string, terms: readonly Term[]): [number, number][] {
  const words = wordsOf(text);
  const wanted = terms.filter(({ excluded }) => !excluded);
  const marked = new Set<Word>();
  for (let at = 0; at < words.length; at++) {
    for (const term of wanted) {
      const stretch = words.slice(at, at + term.words.length);
      if (matches(stretch, term)) for (const word of stretch) marked.add(word);
    }
  }
  return words.filter((word) => marked.has(word)).map(({ start, length }) => [start, length]);
}

function matches(stretch: readonly Word[], { words, open }: Term): boolean {
  return words.every((word, index) => {
    const found = stretch[index]?.folded;
    if (found === undefined) return false;
    return open && index === words.length - 1 ? found.startsWith(word) : found === word;
  });
}
