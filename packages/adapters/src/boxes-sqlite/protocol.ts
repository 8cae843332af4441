/**
 * What the store and its worker say to each other. Operations travel in batches; records in one
 * transferred buffer, because cloning a view clones the whole buffer it looks into.
 */
import type { ErrorKind } from '@tacet/base';

export type Operation =
  /** The record is the next RECORD_LENGTH bytes of the batch's records. */
  | { readonly kind: 'put'; readonly mark: bigint; readonly day: number }
  | { readonly kind: 'get'; readonly marks: readonly bigint[] }
  | { readonly kind: 'tombstone'; readonly mark: bigint; readonly id: Uint8Array }
  | { readonly kind: 'count' };

export type Outcome =
  | 'stored'
  | 'same'
  | 'taken'
  | 'done'
  /** For each mark whether its record is the next one in the answer's records. */
  | { readonly kind: 'get'; readonly found: readonly boolean[] }
  | { readonly kind: 'count'; readonly count: number }
  | Failure;

export interface Failure {
  readonly kind: 'failed';
  readonly code: string;
  readonly error: ErrorKind;
  readonly message: string;
}

export type ToWorker =
  | {
      readonly kind: 'batch';
      readonly operations: readonly Operation[];
      readonly records: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'expire'; readonly call: number; readonly today: number }
  | { readonly kind: 'close'; readonly call: number };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly failure: Failure }
  /** Outcomes in the order of the batch's operations. */
  | {
      readonly kind: 'batch';
      readonly outcomes: readonly Outcome[];
      readonly records: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'call'; readonly call: number; readonly failure: Failure | null };

/** Handed to the worker when it starts. */
export interface WorkerOptions {
  readonly dir: string;
}
