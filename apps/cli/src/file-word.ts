/** Where a file is, in a word or two. */
import type { FileView } from '@tacet/api';

export function fileWord({ state, done, parts }: FileView): string {
  if (state === 'writing' || state === 'wanted') return `${Math.floor((100 * done) / parts)} %`;
  return WORDS[state];
}

const WORDS: Readonly<Record<Exclude<FileView['state'], 'writing' | 'wanted'>, string>> = {
  offered: 'offered',
  written: 'written, not fetched yet',
  here: 'complete',
  declined: 'declined',
  withdrawn: 'withdrawn',
  lost: 'lost on the way',
  damaged: 'not what was announced: thrown away',
  gone: 'gone',
};
