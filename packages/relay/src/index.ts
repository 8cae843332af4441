export {
  type AuthorityCounter,
  type AuthorityEffect,
  AuthorityMachine,
  type AuthorityOptions,
} from './authority/machine.ts';
export type { Refusal, SubmitOutcome } from './authority/register.ts';
export type {
  BoxStore,
  CloseReason,
  LinkHandle,
  Machine,
  RelayEffect,
  StoreCommand,
  StoredBox,
  StoreResult,
} from './ports.ts';
