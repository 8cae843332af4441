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
