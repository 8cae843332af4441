/** A person's encrypted database behind the client's ProfileStore (docs/spec/10-store.md). */
export { CELL_BYTES } from './cell-form.ts';
export { openFileCells } from './cells.ts';
export type {
  InTurn,
  OpenProfile,
  Opens,
  ProfileOptions,
  RollingCopies,
  RollingRequest,
} from './contract.ts';
export type { ProfileSecret, SecretKind } from './header.ts';
export { openMemoryProfile } from './memory.ts';
export { createProfile, openProfile } from './profile.ts';
export type { RestoreSource } from './restore.ts';
export type { Salvaged, SalvageOptions } from './salvage/salvage.ts';
export type { ProfileSnapshot, SnapshotFile } from './snapshot.ts';
export { profileExists } from './vault.ts';
export { eraseKeys, removeVault } from './wipe.ts';
