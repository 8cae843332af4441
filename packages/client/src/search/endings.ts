/**
 * How a word that is still being typed may end (docs/spec/18-conversations.md, 3). The index keeps
 * beginnings of two and three characters; for a longer one it would gather every match of it before
 * the first is known, a second of work for a frequent word. Words it knows it reads one by one.
 */
import { MAX_ENDINGS } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { text } from '../store/rows.ts';

/** Longest beginning that the index keeps. */
const KEPT = 3;
/** Behind every word with this beginning. */
const LAST = '\u{10ffff}';

/** The words of the index that begin so; null when the index is better asked for the beginning itself. */
export type Endings = (beginning: string) => readonly string[] | null;

export function endingsIn(store: ProfileStore): Endings {
  return (beginning) => {
    if ([...beginning].length <= KEPT) return null;
    const rows = store.all(
      `SELECT term FROM search_words WHERE term >= ? AND term < ? LIMIT ${MAX_ENDINGS + 1}`,
      beginning,
      beginning + LAST,
    );
    return rows.length === 0 || rows.length > MAX_ENDINGS
      ? null
      : rows.map((row) => text(row, 'term'));
  };
}
