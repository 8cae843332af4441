/**
 * What each level costs and gives up, worked out from the network's own numbers
 * (docs/spec/17-levels.md, 1 and 2): the one place that windows take their sentences from.
 */
import { DAY, type Millis } from '@tacet/base';
import type { Parameters } from '@tacet/directory';
import { GEOMETRY } from '@tacet/onion';
import type { Level } from '../views.ts';
import type { LevelDeliveries, Measured } from './deliveries.ts';
import { OVERHEAD_PERMILLE } from './usage.ts';

/** Bytes a day, with the estimate for TLS and TCP. */
export interface PerDay {
  /** When nothing beyond the floor is sent, and when the level is used to the full all day. */
  readonly least: number;
  readonly most: number;
}

/** Who learns what that nobody would learn in Strong. Codes are stable; the text is for people. */
export interface Shown {
  readonly to: 'own-edge' | 'contact-with-own-edge' | 'watcher';
  readonly code: 'in-use' | 'instants' | 'correlates' | 'transfer';
  readonly text: string;
}

export interface LevelFacts {
  readonly level: Level;
  readonly up: PerDay;
  readonly down: PerDay;
  /** ms from writing until the other side has it. */
  readonly delivery: {
    readonly typical: Millis;
    /** Null where it is worked out and not measured. */
    readonly p95: Millis | null;
    /** `receipt`: own figures, which hold the pause before a receipt too. */
    readonly from: 'parameters' | 'receipt';
  };
  readonly shows: readonly Shown[];
}

type Rates = Pick<Parameters, 'slotMs' | 'inUseSlotMs' | 'delayMeanMs' | 'digestMs'>;

/** Delays drawn from writing to storing, and from there to the reader of a read that waits. */
const DELAYS_TO_BOX = 4;
const DELAYS_TO_READER = 4;
/** Of a read that only sets out when a digest has named the box. */
const DELAYS_OF_READ = 8;
/** Cells of a digest of 64 marks, eight to a page. */
const PAGES_PER_DIGEST = 3 / 8;

const IN_USE: readonly Shown[] = [
  {
    to: 'own-edge',
    code: 'in-use',
    text: 'your own edge and your internet provider see roughly when a window is in use',
  },
  {
    to: 'contact-with-own-edge',
    code: 'correlates',
    text: 'a contact who works together with your own edge can tell by statistics that you are there',
  },
];

const SHOWS: Readonly<Record<Level, readonly Shown[]>> = {
  strong: [],
  balanced: IN_USE,
  fast: [
    {
      to: 'own-edge',
      code: 'instants',
      text: 'your own edge and your internet provider see each moment at which you write or something is there for you, and about how much',
    },
    {
      to: 'watcher',
      code: 'correlates',
      text: 'whoever watches your line and that of a contact can tell by the times that you talk to each other',
    },
    {
      to: 'contact-with-own-edge',
      code: 'correlates',
      text: 'a contact who works together with your own edge can tell which line is yours',
    },
  ],
};

/** @param edges of the network, whose digests all come to everybody */
export function levelFacts(
  level: Level,
  rates: Rates,
  edges: number,
  measured: LevelDeliveries,
): LevelFacts {
  return {
    level,
    ...traffic(level, rates),
    delivery: delivery(measured.receipt, typical(level, rates, edges)),
    shows: SHOWS[level],
  };
}

function traffic(level: Level, { slotMs, inUseSlotMs }: Rates): Pick<LevelFacts, 'up' | 'down'> {
  const usual = perDay(slotMs);
  const quick = perDay(inUseSlotMs);
  switch (level) {
    case 'strong':
      return { up: { least: usual, most: usual }, down: { least: 2 * usual, most: 2 * usual } };
    case 'balanced':
      return { up: { least: usual, most: quick }, down: { least: 2 * usual, most: 2 * quick } };
    case 'fast':
      return { up: { least: usual, most: quick }, down: { least: 2 * quick, most: 2 * quick } };
  }
}

function perDay(period: Millis): number {
  return Math.round(((DAY / period) * GEOMETRY.frame * (1000 + OVERHEAD_PERMILLE)) / 1000);
}

/**
 * Means of what a text of one part waits for, both sides at this level and, in Balanced, in use:
 * half a slot, the mixes, then either a read that waits at the edge, or the next digest, its pages,
 * half a slot of the reader and a read; half a down slot at last.
 */
function typical(level: Level, rates: Rates, edges: number): Millis {
  const { slotMs, inUseSlotMs, delayMeanMs, digestMs } = rates;
  const down = (period: Millis): Millis => period / 4;
  switch (level) {
    case 'strong': {
      const pages = Math.ceil(edges * PAGES_PER_DIGEST);
      const digest = digestMs / 2 + ((1 + pages) * slotMs) / 4;
      const delays = (DELAYS_TO_BOX + DELAYS_OF_READ) * delayMeanMs;
      return Math.round(slotMs / 2 + delays + digest + slotMs / 2 + down(slotMs));
    }
    case 'balanced': {
      const delays = (DELAYS_TO_BOX + DELAYS_TO_READER) * delayMeanMs;
      return Math.round(inUseSlotMs / 2 + delays + down(inUseSlotMs));
    }
    case 'fast':
      return Math.round((DELAYS_TO_BOX + DELAYS_TO_READER) * delayMeanMs + down(inUseSlotMs));
  }
}

function delivery({ p50, p95 }: Measured, typical: Millis): LevelFacts['delivery'] {
  if (p50 === null) return { typical, p95: null, from: 'parameters' };
  return { typical: p50, p95, from: 'receipt' };
}
