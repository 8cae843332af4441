/** Texts like people write, as far as a search index can tell: few words often, many seldom. */
import { type Rng, randomInt, randomUnit } from '@tacet/base';

const WORDS = 20_000;
const SYLLABLES = ['ka', 'lo', 'mi', 'ne', 'ru', 'sa', 'ti', 've', 'wo', 'ze', 'da', 'fi', 'gu'];

/** The n-th commonest word. */
function word(n: number): string {
  let text = '';
  for (let left = n + 200; left > 0; left = Math.floor(left / SYLLABLES.length)) {
    text += SYLLABLES[left % SYLLABLES.length] ?? '';
  }
  return text;
}

/** By Zipf's law: the n-th word comes up about 1 / n as often as the first. */
function draw(rng: Rng): number {
  return Math.floor(WORDS ** randomUnit(rng)) - 1;
}

export function randomWords(rng: Rng, count: number): string[] {
  return Array.from({ length: count }, () => word(draw(rng)));
}

/** Three to thirty words. */
export function randomText(rng: Rng): string {
  return randomWords(rng, 3 + randomInt(rng, 28)).join(' ');
}
