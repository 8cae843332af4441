/** What an opening thread is told when it starts, and what it says. */
import type { SlotMemory } from './memory.ts';

export interface ThreadData {
  readonly role: 'mix' | 'edge';
  readonly layer: number;
  readonly epoch: number;
  /** File with the epoch's 32-byte seed: the only way by which a secret reaches a thread. */
  readonly seedFile: string;
  readonly slots: SlotMemory;
  readonly jobs: SharedArrayBuffer;
  readonly done: SharedArrayBuffer;
}

export type FromThread =
  | { readonly kind: 'ready' }
  /** The seed is missing or damaged; an AppError's code. */
  | { readonly kind: 'unusable'; readonly code: string };

/** Keys: seeds to be made, and seeds on the disk, for both of which public keys are wanted. */
export interface KeyThreadData {
  readonly folder: string;
  readonly make: readonly number[];
  readonly derive: readonly number[];
}

export type FromKeyThread =
  | {
      readonly kind: 'keys';
      readonly keys: readonly { readonly epoch: number; readonly publicKey: Uint8Array }[];
    }
  | { readonly kind: 'failed'; readonly code: string };
