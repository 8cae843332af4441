/** A vault where there is none, with one profile in it: what making, restoring and salvaging have in common. */
import { randomBytes, randomInt } from '@tacet/base';
import { systemRng, wipe } from '@tacet/crypto';
import type { ProfileOptions } from './contract.ts';
import * as errors from './errors.ts';
import { type Header, newHeader, type ProfileSecret, rootOf, sealHead, slotKey } from './header.ts';
import { PASSPHRASE_COST, SALT_BYTES, SLOTS } from './limits.ts';
import { lockProfile } from './lock.ts';
import { buildVault, filesOf, makeFolder, type NewSlot, profileExists } from './vault.ts';

export type NewVaultOptions = ProfileSecret &
  Pick<ProfileOptions, 'dir' | 'cost' | 'rng' | 'slot' | 'first'>;

/** Its keys, before anything of it is on the disk. Whoever has it wipes it. */
export interface NewVault {
  readonly header: Header;
  /** There is a vault when it resolves and none when it throws. */
  build(fill: (slot: NewSlot) => Promise<void> | void): Promise<void>;
  wipe(): void;
}

export async function newVault(options: NewVaultOptions): Promise<NewVault> {
  const { dir, rng = systemRng, cost = PASSPHRASE_COST, first } = options;
  const salt = randomBytes(rng, SALT_BYTES);
  const header = newHeader(options.slot ?? randomInt(rng, SLOTS), rng);
  const { slot } = header;
  const root = await rootOf(options, salt, cost);
  return {
    header,
    async build(fill) {
      const head = sealHead(slotKey(root, slot), header, rng);
      await buildVault(dir, { salt, head, slot, first }, rng, fill);
    },
    wipe: () => wipe(root, header.databaseKey),
  };
}

/** The folder in which it is to be, locked: answers how it is given free. Throws `profile-exists`, `profile-in-use`. */
export function claimFolder(dir: string): () => void {
  makeFolder(dir);
  const release = lockProfile(filesOf(dir).lock);
  if (!profileExists(dir)) return release;
  release();
  throw errors.profileExists();
}
