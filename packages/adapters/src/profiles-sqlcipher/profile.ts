/**
 * A profile on disk (docs/spec/10-store.md): made and opened. Every failure leaves the vault as it was found.
 */
import { systemRng, wipe } from '@tacet/crypto';
import { AnswerTime } from './answer-time.ts';
import { PageCheck } from './check.ts';
import type { OpenProfile, ProfileOptions } from './contract.ts';
import * as errors from './errors.ts';
import { checkSecret, type Header } from './header.ts';
import { readHeaders } from './headers.ts';
import { lockProfile } from './lock.ts';
import { claimFolder, newVault } from './new-vault.ts';
import { Profile } from './opened.ts';
import { theOne } from './slots.ts';
import {
  evenHeads,
  type Files,
  filesOf,
  fillSlots,
  makeDatabase,
  profileExists,
  refuseShort,
  slotFiles,
} from './vault.ts';
import { eraseOthers } from './wipe.ts';

/** Throws `profile-exists`, `profile-in-use`, `passphrase-empty`, `passphrase-too-long`. */
export async function createProfile(options: ProfileOptions): Promise<OpenProfile> {
  checkSecret(options);
  const { dir } = options;
  if (profileExists(dir)) throw errors.profileExists();
  const made = await newVault(options);
  const { header } = made;
  let release = (): void => {};
  try {
    release = claimFolder(dir);
    await made.build(({ database }) => makeDatabase(database, header.databaseKey));
    return await openSlot(options, filesOf(dir), header, release);
  } catch (error) {
    release();
    throw errors.fromSystem(error);
  } finally {
    made.wipe();
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
        await inTurn(() => {
          fillSlots(files, rng);
          evenHeads(files);
        });
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
  // Also against who comes to the same vault by another folder: files are about to be written.
  const unlock = await inTurn(() => lockProfile(files.vaultLock));
  let check: PageCheck | null = null;
  try {
    const begun = await inTurn(() => PageCheck.begin(own.data, header.databaseKey));
    check = begun;
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
