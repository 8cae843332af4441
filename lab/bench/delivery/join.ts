/**
 * Puts the facts of one text together, and takes from its time what was meant to be waited
 * (docs/dev/measuring.md, "Latency beyond the drawn delays").
 *
 *   put   from the instant of the PUT's slot until its box is stored, less the entry edge's delay
 *         and the delays of three mixes
 *   get   of a read after an announcement: from the instant of its slot until its answer is in
 *         the down queue, less the entry delay, three mixes, the fixed turn-around, the delay at
 *         the box's edge, three mixes back. Of a standing read that was there before the box: the
 *         same from the moment the box was stored, without the way out
 *   save  from the frame down that carries the answer until the text is saved
 *
 * Between put and get an announced box waits for protocol clocks (digest, frames down, slot of
 * the GET): `announceMs`, reported and not counted. So is the wait in the down queue.
 */
import type { EdgeFact, Fact, SavedFact, SentFact } from './facts.ts';

/** Of an edge between a request and its answer (docs/spec/05-boxes.md). */
const TURNAROUND_MS = 10;

export interface Sample {
  readonly putMs: number;
  readonly getMs: number;
  readonly saveMs: number;
  /** put + get + save */
  readonly beyondMs: number;
  readonly announceMs: number;
  readonly downQueueMs: number;
  readonly standing: boolean;
}

/** A text as the programs around the network knew it. */
export interface Text {
  /** Whole milliseconds of the slots that carried its box the first time, by the sender. */
  readonly partSentAt: readonly number[];
  readonly idAtReceiver: string;
}

export interface Joiner {
  /** Null for a text that needed a retry or its second copy. */
  sample(text: Text): Sample | null;
}

export function joiner(
  sender: readonly Fact[],
  receiver: readonly Fact[],
  edges: readonly Fact[],
): Joiner {
  const puts = new Map<number, SentFact>();
  for (const fact of sentOf(sender)) {
    if (fact.what === 'put') puts.set(Math.floor(fact.slot), fact);
  }
  const reads = new Map<string, SentFact[]>();
  for (const fact of sentOf(receiver)) {
    if (fact.mark === null || (fact.what !== 'read' && fact.what !== 'standing')) continue;
    reads.set(fact.mark, [...(reads.get(fact.mark) ?? []), fact]);
  }
  const saved = new Map<string, number>();
  for (const fact of receiver) if (isSaved(fact)) saved.set(fact.id, fact.at);
  const known = edgeTimes(edges);

  return {
    sample({ partSentAt, idAtReceiver }) {
      const [first, ...more] = partSentAt;
      const put = first === undefined ? undefined : puts.get(first);
      const at = saved.get(idAtReceiver);
      if (put === undefined || put.mark === null || more.length > 0 || at === undefined)
        return null;
      const storedAt = known.stored.get(put.mark);
      // Waits that ended empty asked for the same box before: the last answer had it.
      const told = (fact: SentFact): number => known.told.get(fact.replyId) ?? Infinity;
      const answer = (reads.get(put.mark) ?? [])
        .filter((fact) => told(fact) <= at)
        .sort((a, b) => told(b) - told(a))[0];
      if (answer === undefined || storedAt === undefined || answer.edge !== put.edge) return null;
      return measure(put, answer, storedAt, at, known);
    },
  };
}

function measure(
  put: SentFact,
  read: SentFact,
  storedAt: number,
  savedAt: number,
  known: ReturnType<typeof edgeTimes>,
): Sample | null {
  const putEntry = known.entered.get(put.tag);
  const readEntry = known.entered.get(read.tag);
  const queuedAt = known.queued.get(read.replyId);
  const toldAt = known.told.get(read.replyId);
  if (putEntry === undefined || readEntry === undefined) return null;
  if (queuedAt === undefined || toldAt === undefined) return null;
  const mixes = (delays: readonly number[]): number => sum(delays.slice(0, 3));
  const atEdge = read.out[3] ?? 0;
  const putMs = storedAt - put.slot - putEntry - mixes(put.out);
  const arrival = read.slot + readEntry + mixes(read.out);
  const standing = read.what === 'standing' && arrival < storedAt;
  const from = standing ? storedAt : arrival;
  const getMs = queuedAt - from - TURNAROUND_MS - atEdge - mixes(read.back);
  const saveMs = savedAt - toldAt;
  return {
    putMs,
    getMs,
    saveMs,
    beyondMs: putMs + getMs + saveMs,
    announceMs: standing ? 0 : read.slot - storedAt,
    downQueueMs: toldAt - queuedAt,
    standing,
  };
}

function edgeTimes(edges: readonly Fact[]) {
  const entered = new Map<string, number>();
  const stored = new Map<string, number>();
  const queued = new Map<string, number>();
  const told = new Map<string, number>();
  for (const fact of edges as readonly EdgeFact[]) {
    if (fact.kind === 'entered') entered.set(fact.tag, fact.delay);
    else if (fact.kind === 'stored') {
      // The first copy; the second is written to another edge later.
      stored.set(fact.mark, Math.min(fact.at, stored.get(fact.mark) ?? Infinity));
    } else if (fact.kind === 'queued') queued.set(fact.replyId, fact.at);
    else if (fact.kind === 'told') told.set(fact.replyId, fact.at);
  }
  return { entered, stored, queued, told };
}

function sentOf(facts: readonly Fact[]): SentFact[] {
  return facts.filter((fact): fact is SentFact => fact.kind === 'sent');
}

function isSaved(fact: Fact): fact is SavedFact {
  return fact.kind === 'saved';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
