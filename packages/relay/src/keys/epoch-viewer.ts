/**
 * What a relay knows of the epochs whose packets it accepts, without their secrets: its index, the
 * document's hash, the one before, the delay cap (docs/spec/04-mixing.md, 3).
 */
import type { Millis } from '@tacet/base';
import {
  delayCapMs,
  epochStart,
  type Parameters,
  type RelayHash,
  relayIndex,
  type VerifiedDocument,
} from '@tacet/directory';
import type { EpochView, EpochViews } from '@tacet/onion';
import type { Documents } from '../documents.ts';

export type KeySchedule = Pick<Parameters, 'epochMs' | 'graceMs' | 'keysAhead'>;

export interface ViewerOptions {
  readonly book: Documents;
  readonly self: RelayHash;
  /** Holds until the first document is known. */
  readonly schedule: KeySchedule;
}

/** What was found last, good as long as the same documents are in force. */
interface Known {
  readonly verified: VerifiedDocument;
  readonly before: VerifiedDocument | null;
  /** Null when this relay is not in the document. */
  readonly view: EpochView | null;
  readonly viewWithPredecessor: EpochView | null;
}

/** Epochs remembered; two or three are accepted at a time. */
const KNOWN = 4;

export class EpochViewer implements EpochViews {
  private readonly options: ViewerOptions;
  private readonly known = new Map<number, Known>();

  constructor(options: ViewerOptions) {
    this.options = options;
  }

  /** Of the newest document. */
  get schedule(): KeySchedule {
    return this.options.book.newest()?.document.parameters ?? this.options.schedule;
  }

  /** The same object as long as nothing has changed. */
  lookup(epoch: number, now: Millis): EpochView | null {
    const { epochMs, graceMs } = this.schedule;
    const start = epochStart({ epochMs }, epoch);
    if (now < start - graceMs || now >= start + epochMs + graceMs) return null;
    const known = this.know(epoch);
    if (known === null) return null;
    return now < start + graceMs ? known.viewWithPredecessor : known.view;
  }

  private know(epoch: number): Known | null {
    const { book, self } = this.options;
    const verified = book.inForce(epoch);
    if (verified === null) return null;
    const before = book.inForce(epoch - 1);
    const known = this.known.get(epoch);
    if (known?.verified === verified && known.before === before) return known;
    const fresh = resolve(self, verified, before);
    this.known.set(epoch, fresh);
    for (const old of this.known.keys()) if (old + KNOWN <= epoch) this.known.delete(old);
    return fresh;
  }
}

function resolve(
  self: RelayHash,
  verified: VerifiedDocument,
  before: VerifiedDocument | null,
): Known {
  const index = relayIndex(verified, self);
  if (index === null) return { verified, before, view: null, viewWithPredecessor: null };
  const view: EpochView = {
    index,
    documentHash: verified.hash,
    predecessor: null,
    delayCapMs: delayCapMs(verified.document.parameters),
  };
  const predecessor = before === null || before === verified ? null : before.hash;
  const viewWithPredecessor = predecessor === null ? view : { ...view, predecessor };
  return { verified, before, view, viewWithPredecessor };
}
