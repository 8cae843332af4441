/** The one source of real randomness: the operating system's, through OpenSSL's generator. */
import { randomFillSync } from 'node:crypto';
import type { Rng } from '@tacet/base';

export const systemRng: Rng = {
  fill(out) {
    return randomFillSync(out);
  },
};
