/** How long ranked searches take, as a window asks them: over the socket, whatever else the daemon does. */
import type { Millis } from '@tacet/base';
import type { DaemonProcess } from '@tacet/e2e/lib';
import { seededRng } from '@tacet/testkit';
import { randomWords } from './words.ts';

const SEARCHES = 200;
const HITS = 20;

/** Each took so long, ascending. One to three words, as common as they are in texts; the last may go on. */
export async function searches({ api }: DaemonProcess): Promise<Millis[]> {
  const rng = seededRng('searches');
  const took: Millis[] = [];
  let hits = 0;
  for (let n = 0; n < SEARCHES; n++) {
    const text = randomWords(rng, 1 + (n % 3)).join(' ');
    const start = performance.now();
    const found = await api.call('search.find', { text, limit: HITS });
    took.push(performance.now() - start);
    hits += found.hits.length;
  }
  if (hits < SEARCHES) throw new Error('searches found next to nothing');
  return took.sort((a, b) => a - b);
}
