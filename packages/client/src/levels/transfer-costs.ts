/** What Transfer costs and shows (docs/spec/17-levels.md, 8): said before anybody consents. */
import type { Parameters } from '@tacet/directory';
import { GEOMETRY } from '@tacet/onion';
import type { Shown } from './costs.ts';
import { OVERHEAD_PERMILLE } from './usage.ts';

export const TRANSFER_SHOWS: readonly Shown[] = [
  {
    to: 'own-edge',
    code: 'transfer',
    text: 'your own edge and your internet provider see that you move a file now, and for how many blocks of time',
  },
  {
    to: 'watcher',
    code: 'correlates',
    text: 'whoever watches your line and that of a contact who uses it at the same time can tell that the file goes between you',
  },
  {
    to: 'contact-with-own-edge',
    code: 'correlates',
    text: 'a contact who works together with your own edge can tell which line is yours',
  },
];

/** Bytes of so many blocks, with the estimate for TLS and TCP. */
export function transferTraffic(
  blocks: number,
  { transferSlotMs, transferBlockMs }: Pick<Parameters, 'transferSlotMs' | 'transferBlockMs'>,
): { readonly up: number; readonly down: number } {
  const frames = (blocks * transferBlockMs) / transferSlotMs;
  const up = Math.round((frames * GEOMETRY.frame * (1_000 + OVERHEAD_PERMILLE)) / 1_000);
  return { up, down: 2 * up };
}
