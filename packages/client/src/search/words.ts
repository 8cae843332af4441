/**
 * Words as the index makes them (tokenizer unicode61, diacritics removed): runs of letters, digits
 * and private characters, folded. Only what is shown rests on this; what is found, the index says.
 */
export interface Word {
  readonly folded: string;
  /** In code points. */
  readonly start: number;
  readonly length: number;
}

const RUN = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;

export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let seen = 0;
  let points = 0;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    points += [...text.slice(seen, index)].length;
    const length = [...run].length;
    words.push({ folded: fold(run), start: points, length });
    points += length;
    seen = index + run.length;
  }
  return words;
}

function fold(word: string): string {
  return word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
}
