/**
 * What the store and its worker say to each other. Operations travel in batches of words and
 * records in transferred buffers: cloning objects would cost more than the work itself.
 */
import type { ErrorKind } from '@tacet/base';

/** First word of an operation. A mark is two words, a day that is not there -1. */
export const OPERATION = {
  /** mark, expiry day; the record is the next RECORD_LENGTH bytes of the batch's records. */
  put: 1,
  /** number of marks, marks. */
  get: 2,
  /** mark, effect day; the id is the next ID_LENGTH bytes of the batch's records. */
  tombstone: 3,
  count: 4,
} as const;

/** First word of an outcome; there are two words for each operation. */
export const OUTCOME = {
  /** expiry day */
  stored: 1,
  same: 2,
  taken: 3,
  refused: 4,
  done: 5,
  /** number of boxes */
  count: 6,
  /** index into `failures` */
  failed: 7,
} as const;

export interface BatchMessage {
  readonly kind: 'batch';
  /** Operations one after another. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly operations: number;
  readonly records: Uint8Array<ArrayBuffer>;
}

export interface BatchAnswer {
  readonly kind: 'batch';
  /** In the order of the operations. */
  readonly outcomes: Int32Array<ArrayBuffer>;
  /** For each mark of each `get`, 1 when its record is the next one in `records`. */
  readonly found: Uint8Array<ArrayBuffer>;
  readonly records: Uint8Array<ArrayBuffer>;
  readonly failures: readonly Failure[];
  /** The batch's buffer of records, given back. */
  readonly spare: Uint8Array<ArrayBuffer>;
}

export interface Failure {
  readonly kind: 'failed';
  readonly code: string;
  readonly error: ErrorKind;
  readonly message: string;
}

export type ToWorker =
  | BatchMessage
  | { readonly kind: 'expire'; readonly call: number; readonly today: number }
  | { readonly kind: 'close'; readonly call: number };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly failure: Failure }
  | BatchAnswer
  | { readonly kind: 'call'; readonly call: number; readonly failure: Failure | null };

/** Handed to the worker when it starts. */
export interface WorkerOptions {
  readonly dir: string;
}
