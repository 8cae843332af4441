/**
 * The life of one box to be written, as a pure state (docs/spec/05-boxes.md, 9): first copy, second
 * copy, at most two tries an edge and four in all, then the content moves to another box.
 */
import { equalBytes, type Millis, type Rng, randomBetween } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { BoxRecord, Mark } from '@tacet/wire';
import { TRIES_PER_EDGE, TRIES_PER_ID } from '../limits.ts';

export interface PutEntry {
  readonly id: number;
  owner: string;
  ref: number;
  readonly part: number;
  /** 0 content, 1 receipts and control. */
  readonly priority: number;
  readonly contactId: number | null;
  readonly record: BoxRecord;
  readonly mark: Mark;
  readonly moves: number;
  copies: number;
  firstEdge: Uint8Array | null;
  triesA: number;
  triesB: number;
  notBefore: Millis;
  /** The earliest day any copy is gone. */
  expiryDay: number | null;
  /** The day the newest copy is gone. */
  lastExpiryDay?: number;
  inFlight: boolean;
}

export type Target =
  | { readonly kind: 'try'; readonly edge: RelayHash; readonly slot: 'A' | 'B' }
  /** All tries used without one copy: move the content. */
  | { readonly kind: 'exhausted' }
  /** Nothing more to do for this box. */
  | { readonly kind: 'done' };

/** How far the writing of a box has come. */
export type PutProgress = Pick<PutEntry, 'copies' | 'firstEdge' | 'triesA' | 'triesB'>;

/** A mean second for each try so far, before the next one. */
export function pauseAfter(rng: Rng, tries: number): Millis {
  return randomBetween(rng, 0, 2_000) * tries;
}

/** Not the first try of a copy. */
export function isRetry({ copies, triesA, triesB }: PutProgress): boolean {
  return triesA + triesB > copies;
}

/** Where the next try of `entry` goes, given the two edges the box is placed on. */
export function targetOf(entry: PutProgress, places: readonly [RelayHash, RelayHash]): Target {
  const [a, b] = places;
  const single = equalBytes(a, b);
  const tries = entry.triesA + entry.triesB;
  if (entry.copies === 0) {
    if (tries >= TRIES_PER_ID) return { kind: 'exhausted' };
    if (entry.triesA < TRIES_PER_EDGE) return { kind: 'try', edge: a, slot: 'A' };
    if (!single && entry.triesB < TRIES_PER_EDGE) return { kind: 'try', edge: b, slot: 'B' };
    return { kind: 'exhausted' };
  }
  if (entry.copies >= 2 || single || tries >= TRIES_PER_ID) return { kind: 'done' };
  const first = entry.firstEdge;
  const slot = first !== null && equalBytes(first, a) ? 'B' : 'A';
  const used = slot === 'A' ? entry.triesA : entry.triesB;
  if (used >= TRIES_PER_EDGE) return { kind: 'done' };
  return { kind: 'try', edge: slot === 'A' ? a : b, slot };
}
