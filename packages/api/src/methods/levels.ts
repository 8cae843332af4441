/** Methods of privacy levels, and of what is measured about them (docs/spec/17-levels.md). */
import * as v from 'valibot';
import { method, natural, nothing } from '../method.ts';
import { level, profileStatus, shown } from '../views.ts';

const list = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.readonly());
const ms = v.number();
const bytes = v.number();
const range = v.object({ least: bytes, most: bytes });

/** What a level costs and gives up, worked out from the network's numbers. */
export const levelFacts = v.object({
  level,
  /** Bytes a day, with the estimate for TLS and TCP. */
  up: range,
  down: range,
  delivery: v.object({
    typical: ms,
    p95: v.nullable(ms),
    /** `receipt`: own figures, the pause before a receipt included. */
    from: v.picklist(['parameters', 'receipt']),
  }),
  /** Who learns what that nobody would learn in Strong. */
  shows: list(shown),
});

/** Null below five. */
const measured = v.object({ n: natural, p50: v.nullable(ms), p95: v.nullable(ms) });

const statistics = v.object({
  /** Own messages, by level: until a copy was stored, until the receipt was here. */
  levels: list(v.object({ level, stored: measured, receipt: measured })),
  /** Means of the pause contacts make before a receipt: part of every figure about receipts. */
  receiptPause: v.nullable(v.object({ inUse: ms, otherwise: ms, strong: ms })),
});

const usage = v.object({
  /** UTC days, newest first; bytes of frames, without the estimate. */
  days: list(v.object({ day: v.string(), up: bytes, down: bytes })),
  /** What TLS, TCP and IP add, of a thousand: an estimate. */
  overheadPermille: natural,
  /** Thirty days of each level, with the estimate; null before the network's first document. */
  months: v.nullable(list(v.object({ level, up: range, down: range }))),
});

const networkFacts = v.object({
  name: v.string(),
  crowd: v.boolean(),
  closed: v.boolean(),
  authorities: v.object({ count: natural, threshold: natural }),
  document: v.nullable(v.object({ epoch: v.number(), epochMs: ms, age: ms })),
  /** Mixes by layer, then edges. Family and country are what a relay says of itself. */
  relays: list(
    v.object({
      id: v.string(),
      role: v.picklist(['mix', 'edge']),
      layer: natural,
      family: v.string(),
      country: v.string(),
      ownEdge: v.boolean(),
      suspected: v.boolean(),
    }),
  ),
  families: natural,
  countries: natural,
  ownEdge: v.nullable(v.object({ address: v.string(), since: v.nullable(ms) })),
  words: list(v.string()),
  wire: natural,
});

/** How many people are on the network now: a range, and what it rests on. */
const crowd = v.object({
  /**
   * `no-crowd`: the network says so. `one-edge`: a single edge's word is not taken. `listening`: too
   * little heard yet.
   */
  state: v.picklist(['no-crowd', 'one-edge', 'listening', 'estimate']),
  low: v.nullable(natural),
  high: v.nullable(natural),
  /** log2 of `high`: an upper bound of anonymity, not a measure of it. */
  bits: v.nullable(v.number()),
  boxes: natural,
  minutes: natural,
  edges: natural,
  oddEdges: natural,
});

export const levelMethods = {
  /** The facts of every level. Null before the network's first document. */
  'level.compare': method(
    nothing,
    v.object({
      level,
      next: v.nullable(v.object({ level, at: v.number() })),
      levels: v.nullable(list(levelFacts)),
    }),
    'read',
  ),
  /** What a level costs and gives up beside the one in force, and whether it is to be confirmed. */
  'level.preview': method(
    v.strictObject({ level }),
    v.object({ facts: levelFacts, now: levelFacts, confirm: v.boolean() }),
    'read',
  ),
  'level.set': method(
    v.strictObject({ level, confirm: v.exactOptional(v.boolean()) }),
    profileStatus,
    'admin',
  ),
  'data.usage': method(nothing, usage, 'read'),
  'stats.crowd': method(nothing, crowd, 'read'),
  'stats.delivery': method(nothing, statistics, 'read'),
  /** Null before a network was joined. */
  'network.facts': method(nothing, v.object({ facts: v.nullable(networkFacts) }), 'read'),
} as const;

export type CrowdView = v.InferOutput<typeof crowd>;
export type LevelFactsView = v.InferOutput<typeof levelFacts>;
export type MeasuredView = v.InferOutput<typeof measured>;
export type NetworkFactsView = v.InferOutput<typeof networkFacts>;
export type StatisticsView = v.InferOutput<typeof statistics>;
export type UsageView = v.InferOutput<typeof usage>;
