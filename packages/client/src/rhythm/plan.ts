/** What may stand in a slot: one request to one edge, and what to do with its answer. */
import type { Millis } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { BoxAnswer, BoxRequest } from '@tacet/wire';

export interface Plan {
  /** For counters and the lab; never leaves the process. */
  readonly what:
    | 'put'
    | 'control'
    | 'read'
    | 'standing'
    | 'copy'
    /** A part of a file: its first copy, or the read of one that was announced. */
    | 'file'
    | 'tombstone'
    /** A box of cover: written, copied, read back, erased. */
    | 'cover-box'
    | 'cover';
  readonly edge: RelayHash;
  readonly request: BoxRequest;
  /** Where the real one stands among three marks; null where none or all are. For measurements. */
  readonly real?: 0 | 1 | 2;
  /** Not a first try: counts against the share of retries. */
  readonly retry: boolean;
  /** Called once the frame is built and before it is handed out: saves the try. False: it must not leave. */
  readonly onSent?: (now: Millis) => boolean;
  /** Once; null when no answer came in time. */
  readonly settle: (answer: BoxAnswer | null, now: Millis) => void;
  /** At most once, after `settle` was told null: the answer came late (docs/spec/04-mixing.md, 9). */
  readonly late?: (answer: BoxAnswer, now: Millis) => void;
}

/** A feature that wants slots. Must be cheap when it has nothing. */
export interface PlanSource {
  /** The next plan that may go now; `retries` says whether a repeated try is allowed. */
  next(now: Millis, retries: boolean): Plan | null;
}
