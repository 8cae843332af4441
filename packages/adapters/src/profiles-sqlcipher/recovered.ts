/**
 * Profiles from elsewhere: of a backup, and of what a damaged one still holds. Apart from the rest, as few
 * daemons ever do this and each would load it at its start.
 */
export {
  type ExamineOptions,
  examineDatabase,
  type RestoreOptions,
  type RestoreSource,
  restoreProfile,
} from './restore.ts';
export type { Loaded, Missing, SalvagedTable } from './salvage/load.ts';
export { type Salvaged, type SalvageOptions, salvageProfile } from './salvage/salvage.ts';
