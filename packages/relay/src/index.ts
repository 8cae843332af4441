export type { CouncilOutcome } from './authority/council.ts';
export { AuthorityMachine } from './authority/machine.ts';
export type { Refusal, SubmitOutcome } from './authority/register.ts';
export type {
  AuthorityCounter,
  AuthorityEffect,
  AuthorityOptions,
} from './authority/types.ts';
/** Layer 3: the machines of relays, without I/O, and the ports they are driven through. */
export type { Documents } from './documents.ts';
export type { EdgeCounter } from './edge/counters.ts';
export type { Fork } from './edge/digest-peers.ts';
export { EdgeMachine, type EdgeOptions } from './edge/edge-machine.ts';
export type { EdgeObserver } from './edge/observer.ts';
export { EpochViewer, type KeySchedule, type ViewerOptions } from './keys/epoch-viewer.ts';
export {
  EDGE_LIMITS,
  type EdgeLimits,
  LATE_SLOTS,
  MIX_LIMITS,
  type MixLimits,
  TURNAROUND_MS,
} from './limits.ts';
export type { MixReport } from './mix/epoch-tally.ts';
export { type MixCounter, MixMachine, type MixOptions } from './mix/mix-machine.ts';
export type {
  BoxStore,
  CloseReason,
  LinkHandle,
  Machine,
  PutResult,
  RelayEffect,
  StoreCommand,
  StoredBox,
  StoreResult,
} from './ports.ts';
export { runStoreCommand } from './store-command.ts';
