/**
 * How long a file takes at the rhythm as it is, and what Transfer would cost and show
 * (docs/spec/19-files.md, 4; docs/spec/17-levels.md, 8). Said before it is sent, as a range: messages,
 * reads and lost packets take slots, too.
 */
import { DAY, type Millis } from '@tacet/base';
import { hasTransfer, type Parameters } from '@tacet/directory';
import type { Shown } from '../levels/costs.ts';
import { TRANSFER_SHOWS, transferTraffic } from '../levels/transfer-costs.ts';
import { FILE_COPIES_BEHIND } from '../limits.ts';
import type { Geometry } from './geometry.ts';

export interface Span {
  readonly leastMs: Millis;
  readonly mostMs: Millis;
}

export interface FilePreview extends Span {
  readonly boxes: number;
  /** False: it would take longer than half of a box's life at the slowest rhythm. */
  readonly fits: boolean;
  /** Null: this network has no Transfer. */
  readonly transfer: TransferPreview | null;
}

/** From both persons' word on; the file waits for the other one's. */
export interface TransferPreview extends Span {
  /** When only one of the two uses Transfer, and the other has the slowest rhythm. */
  readonly oneSided: Span;
  readonly blockMs: Millis;
  /** Blocks of it that the file needs, at least. */
  readonly blocks: number;
  /** Bytes of these blocks, with the estimate for TLS and TCP; beside what goes anyway. */
  readonly up: number;
  readonly down: number;
  readonly shows: readonly Shown[];
}

/** Copies of a box, each in a slot of its own. */
const COPIES = 2;
/** Of the slots that are worked out: as few, as many are needed. */
const LUCKY = 0.9;
const CROWDED = 1.15;
/** Delays from a slot to the reader: to the box, and of a read that a digest made. */
const DELAYS = 12;
/** Of the last of many, not of one. */
const LAST_DELAYS = 30;
/** Reads that wait in Transfer save the digest, and the way there. */
const QUICK_DELAYS = 8;
const LAST_QUICK_DELAYS = 20;
/** Own slots until both lines are in Transfer: the word, the question to the edge, the last slow slot. */
const WORD_SLOTS = 6;

export function previewOf(geometry: Geometry, period: Millis, parameters: Parameters): FilePreview {
  return {
    boxes: geometry.boxes,
    ...atLevel(COPIES * geometry.parts, period, parameters),
    fits: fitsLife(geometry, parameters),
    transfer: hasTransfer(parameters) ? transferOf(geometry, period, parameters) : null,
  };
}

/** Its boxes stand while it is under way, at the slowest rhythm. */
export function fitsLife({ boxes }: Geometry, parameters: Parameters): boolean {
  const { slotMs, boxLifeDays } = parameters;
  return COPIES * boxes * slot(slotMs, parameters) <= (boxLifeDays * DAY) / 2;
}

function transferOf({ boxes, parts }: Geometry, period: Millis, all: Parameters): TransferPreview {
  const { transferSlotMs, transferBlockMs, delayMeanMs, digestMs, slotMs } = all;
  const quick = slot(transferSlotMs, all);
  const blocks = Math.ceil((COPIES * boxes * quick) / transferBlockMs);
  // First copies go first, until so many second ones wait.
  const slots = parts + Math.max(0, parts - FILE_COPIES_BEHIND);
  // The other one's word, which may come late; it is nothing where theirs was here first.
  const word = 2 * DELAYS * delayMeanMs + digestMs + WORD_SLOTS * period;
  return {
    leastMs: Math.round(LUCKY * slots * quick + QUICK_DELAYS * delayMeanMs),
    mostMs: Math.round(CROWDED * slots * quick + LAST_QUICK_DELAYS * delayMeanMs + digestMs + word),
    oneSided: {
      leastMs: atLevel(parts, slotMs, all).leastMs,
      mostMs: atLevel(COPIES * parts, slotMs, all).mostMs,
    },
    blockMs: transferBlockMs,
    blocks,
    ...transferTraffic(blocks, all),
    shows: TRANSFER_SHOWS,
  };
}

/** Time of one slot that carries no loop, on the average. */
function slot(period: Millis, { loopPermille }: Parameters): Millis {
  return period / (1 - loopPermille / 1_000);
}

function atLevel(slots: number, period: Millis, parameters: Parameters): Span {
  const { delayMeanMs, digestMs } = parameters;
  const time = slots * slot(period, parameters);
  return {
    leastMs: Math.round(LUCKY * time + DELAYS * delayMeanMs),
    mostMs: Math.round(CROWDED * time + LAST_DELAYS * delayMeanMs + digestMs + WORD_SLOTS * period),
  };
}
