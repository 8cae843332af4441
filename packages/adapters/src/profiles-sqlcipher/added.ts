/**
 * What is added to a vault beside the open profile (docs/spec/10-store.md, 9): another profile, or a secret
 * that destroys. The header comes last: until then nothing opens what was added.
 */
import { rmSync, statSync } from 'node:fs';
import { AppError, type Rng, randomInt } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import { systemRng, wipe } from '@tacet/crypto';
import type { ProfileOptions } from './contract.ts';
import { openDatabase } from './database.ts';
import { passphraseWrong } from './errors.ts';
import {
  checkSecret,
  type Header,
  type ProfileSecret,
  rootOf,
  sealHead,
  slotKey,
} from './header.ts';
import { readHeaders } from './headers.ts';
import { PAGE_BYTES, PASSPHRASE_COST, SLOTS } from './limits.ts';
import { type Found, openSlots, slotsOf } from './slots.ts';
import { SqlcipherStore } from './store.ts';
import {
  type Files,
  makeDatabase,
  makingOf,
  putInSlot,
  readVault,
  removeMade,
  replaceHead,
  type SlotFiles,
} from './vault.ts';

export interface Beside {
  readonly options: ProfileOptions;
  readonly files: Files;
  /** The open profile's. */
  readonly slot: number;
  /** Throws when it was closed meanwhile. */
  readonly assertOpen: () => void;
}

/**
 * Fills a slot that neither the open profile nor any of `keep` needs, and only then lets the secret open it.
 * Throws `passphrase-wrong` for one of `keep` that opens nothing, `passphrase-used`, `vault-full`.
 */
export async function intoFreeSlot(
  { options, files, slot: own, assertOpen }: Beside,
  secret: ProfileSecret,
  keep: readonly ProfileSecret[],
  fill: (slot: number) => Promise<Header>,
): Promise<void> {
  for (const one of [secret, ...keep]) checkSecret(one);
  const { rng = systemRng, cost = PASSPHRASE_COST } = options;
  const taken = new Set([own]);
  for (const one of keep) {
    const found = await readHeaders(files, one, options);
    for (const { header } of found) wipe(header.databaseKey);
    if (found.length === 0) throw passphraseWrong();
    for (const slot of slotsOf(found)) taken.add(slot);
  }
  const { salt, heads } = readVault(files);
  const root = await rootOf(secret, salt, cost);
  try {
    refuseUsed(openSlots(root, heads), null);
    assertOpen();
    const slot = pick(taken, rng);
    const header = await fill(slot);
    assertOpen();
    replaceHead(files, slot, sealHead(slotKey(root, slot), header, rng), rng);
    wipe(header.databaseKey);
  } finally {
    wipe(root);
  }
}

/** One that opens something already would open two. @param but a slot it may open */
export function refuseUsed(found: readonly Found[], but: number | null): void {
  for (const { header } of found) wipe(header.databaseKey);
  if (found.every(({ at }) => at === but)) return;
  throw new AppError('passphrase-used', 'usage', 'choose another passphrase: this one has a use');
}

function pick(taken: ReadonlySet<number>, rng: Rng): number {
  const free = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => !taken.has(slot));
  const slot = free[free.length === 0 ? 0 : randomInt(rng, free.length)];
  if (slot !== undefined) return slot;
  throw new AppError('vault-full', 'state', 'all slots are needed by what the passphrases open');
}

/**
 * A profile in place of what lies in a slot: its data is there, and nothing opens it yet. It is made beside, and
 * then written into the file that is there.
 * @param makeRoom lengthens the data files of all slots for so many pages
 */
export async function makeInSlot(
  files: Files,
  slot: SlotFiles,
  databaseKey: Uint8Array,
  prepare: (store: ProfileStore) => Promise<void>,
  makeRoom: (pages: number) => void,
): Promise<void> {
  const next = makingOf(files);
  removeMade(next);
  makeDatabase(next, databaseKey);
  const store = new SqlcipherStore(openDatabase(next, databaseKey));
  try {
    await prepare(store);
  } finally {
    store.close();
  }
  rmSync(`${slot.data}-wal`, { force: true });
  makeRoom(Math.ceil(statSync(next).size / PAGE_BYTES));
  await putInSlot(next, slot);
}
