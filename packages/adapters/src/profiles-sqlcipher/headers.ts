/** The headers of a vault as they lie, under a secret. */
import { wipe } from '@tacet/crypto';
import type { AnswerTime } from './answer-time.ts';
import type { ProfileOptions } from './contract.ts';
import { type ProfileSecret, rootOf } from './header.ts';
import { PASSPHRASE_COST } from './limits.ts';
import { type Found, openSlots } from './slots.ts';
import { type Files, readVault } from './vault.ts';

/** All that the secret opens. @param answer begins when the root is known */
export async function readHeaders(
  files: Files,
  secret: ProfileSecret,
  options: ProfileOptions,
  answer?: AnswerTime,
): Promise<Found[]> {
  const { salt, heads } = readVault(files);
  const root = await rootOf(secret, salt, options.cost ?? PASSPHRASE_COST);
  answer?.begin();
  try {
    return openSlots(root, heads);
  } finally {
    wipe(root);
  }
}
