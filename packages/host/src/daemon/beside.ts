/** What is added to a vault beside the open profile (docs/spec/10-store.md, 9). */
import type { ParamsOf } from '@tacet/api';
import { cleanName, type ProfileStore } from '@tacet/client';
import type { Opened } from './ports.ts';
import { secretOf } from './refusals.ts';

export interface Beside {
  readonly store: Opened;
  /** Makes an identity of that name in an empty store. */
  readonly fill: (store: ProfileStore, name: string) => Promise<void>;
}

/** Throws `name-invalid`, `passphrase-wrong` for one of `keep`, `passphrase-used`, `vault-full`. */
export async function addProfile(
  { store, fill }: Beside,
  { name, keep, ...secret }: ParamsOf<'vault.add'>,
): Promise<void> {
  // Before anything is made.
  const clean = cleanName(name);
  await store.addProfile(secretOf(secret), keep.map(secretOf), (fresh) => fill(fresh, clean));
}

/** Throws as above. */
export async function addDuress(
  { store }: Beside,
  { keep, ...secret }: ParamsOf<'vault.duress'>,
): Promise<void> {
  await store.addDuress(secretOf(secret), keep.map(secretOf));
}
