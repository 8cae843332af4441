/**
 * A profile on disk (docs/spec/10-store.md): made and opened. Every failure leaves the vault as it was found.
 */
import { randomBytes, randomInt } from '@tacet/base';
import { systemRng, wipe } from '@tacet/crypto';
import { AnswerTime } from './answer-time.ts';
import { PageCheck } from './check.ts';
import type { OpenProfile, ProfileOptions } from './contract.ts';
import * as errors from './errors.ts';
import { checkSecret, type Header, newHeader, rootOf, sealHead, slotKey } from './header.ts';
import { readHeaders } from './headers.ts';
import { PASSPHRASE_COST, SALT_BYTES, SLOTS } from './limits.ts';
import { lockProfile } from './lock.ts';
import { Profile } from './opened.ts';
import { dropTail } from './sizes.ts';
import { theOne } from './slots.ts';
import {
  buildVault,
  type Files,
  filesOf,
  fillSlots,
  makeDatabase,
  makeFolder,
  profileExists,
  refuseShort,
  slotFiles,
} from './vault.ts';
import { eraseOthers } from './wipe.ts';

/** Throws `profile-exists`, `profile-in-use`, `passphrase-empty`, `passphrase-too-long`. */
export async function createProfile(options: ProfileOptions): Promise<OpenProfile> {
  checkSecret(options);
  const { dir, rng = systemRng, cost = PASSPHRASE_COST, first } = options;
  if (profileExists(dir)) throw errors.profileExists();
  const files = filesOf(dir);
  const salt = randomBytes(rng, SALT_BYTES);
  const header = newHeader(options.slot ?? randomInt(rng, SLOTS), rng);
  const { slot, databaseKey } = header;
  const root = await rootOf(options, salt, cost);
  let release = (): void => {};
  try {
    makeFolder(dir);
    release = lockProfile(files.lock);
    if (profileExists(dir)) throw errors.profileExists();
    const head = sealHead(slotKey(root, slot), header, rng);
    await buildVault(dir, { salt, head, slot, first }, rng, ({ data }) =>
      makeDatabase(data, databaseKey),
    );
    return await openSlot(options, files, header, release);
  } catch (error) {
    release();
    throw errors.fromSystem(error);
  } finally {
    wipe(root, databaseKey);
  }
}

/**
 * A secret that destroys does so before anything else, and opens what its header names. With a passphrase
 * the outcome is told at a multiple of `ANSWER_STEP`, whatever it is.
 * Throws `profile-missing`, `profile-in-use`, `passphrase-wrong`, `profile-newer`,
 * `profile-unreadable`.
 */
export async function openProfile(options: ProfileOptions): Promise<OpenProfile> {
  checkSecret(options);
  const { dir, rng = systemRng, inTurn = atOnce } = options;
  const files = filesOf(dir);
  if (!profileExists(dir)) throw errors.profileMissing();
  let release = (): void => {};
  // Nobody types a keychain's secret.
  const answer = new AnswerTime(options.kind === 'keychain' ? 0 : options.answerStep);
  try {
    release = await inTurn(() => lockProfile(files.lock));
    const found = theOne(await readHeaders(files, options, options, answer));
    const { header } = found;
    try {
      if (header.kind === 'duress') eraseOthers(dir, found, rng);
      const profile = await openSlot(options, files, header, release);
      try {
        // Also what a change of passphrase left that did not get as far as its rename.
        await inTurn(() => fillSlots(files, rng));
      } catch (error) {
        profile.close();
        throw error;
      }
      await answer.due();
      return profile;
    } finally {
      wipe(header.databaseKey);
    }
  } catch (error) {
    release();
    await answer.due();
    throw errors.fromSystem(error);
  }
}

async function openSlot(
  options: ProfileOptions,
  files: Files,
  header: Header,
  release: () => void,
): Promise<Profile> {
  const { inTurn = atOnce } = options;
  const own = slotFiles(files, header.slot);
  refuseShort(own);
  // Also against who comes to the same vault by another folder: files are about to be cut.
  const unlock = await inTurn(() => lockProfile(files.vaultLock));
  let check: PageCheck | null = null;
  try {
    const begun = await inTurn(() => PageCheck.begin(own.data, header.databaseKey));
    check = begun;
    dropTail(own.data, begun.pages);
    const releaseBoth = (): void => {
      unlock();
      release();
    };
    return await inTurn(() => new Profile(options, files, header, releaseBoth, begun));
  } catch (error) {
    check?.close();
    unlock();
    throw error;
  }
}

async function atOnce<T>(work: () => T | Promise<T>): Promise<T> {
  return await work();
}
