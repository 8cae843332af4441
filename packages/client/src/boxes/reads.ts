/**
 * Reads under way. A read names three marks of one edge in random order, at most one of them
 * real (2.4). Announced boxes are asked for at the edge that announced them; a catch-up read asks
 * for a box nobody announced, first at its first edge, then at its second.
 */
import { equalBytes, type Millis, type Rng, randomBetween, shuffle } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { BoxAnswer, BoxRequest, Mark } from '@tacet/wire';
import { TRIES_PER_EDGE, TRIES_PER_ID } from '../limits.ts';
import { keyOf } from '../network/keys.ts';
import type { Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import type { Watch, WatchList } from './watches.ts';

interface ReadEntry {
  readonly watch: Watch;
  edges: RelayHash[];
  /** Asked without an announcement: an empty answer is no surprise. */
  readonly catchUp: boolean;
  tries: number;
  triesHere: number;
  notBefore: Millis;
  inFlight: boolean;
  readonly onAbsent: ((now: Millis) => void) | null;
}

/** Three marks of `edge` with `mark` among them, and where it stands. */
export function threeMarks(
  rng: Rng,
  network: Network,
  edge: RelayHash,
  mark: Mark,
): { readonly marks: readonly [Mark, Mark, Mark]; readonly at: 0 | 1 | 2 } {
  const key = keyOf(edge);
  const marks = shuffle(rng, [mark, network.marks.draw(key), network.marks.draw(key)]);
  const at = marks.indexOf(mark);
  const [a, b, c] = marks as [Mark, Mark, Mark];
  return { marks: [a, b, c], at: at === 0 ? 0 : at === 1 ? 1 : 2 };
}

export class ReadQueue implements PlanSource {
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly watches: WatchList;
  private readonly entries = new Map<number, ReadEntry>();

  constructor(rng: Rng, network: () => Network | null, watches: WatchList) {
    this.rng = rng;
    this.network = network;
    this.watches = watches;
  }

  get size(): number {
    return this.entries.size;
  }

  /** A digest of `edge` named the box. */
  announced(watch: Watch, edge: RelayHash, now: Millis): void {
    const entry = this.entries.get(watch.id);
    if (entry === undefined) {
      this.entries.set(watch.id, this.entry(watch, [edge], false, now, null));
    } else if (!entry.edges.some((known) => equalBytes(known, edge))) {
      entry.edges.push(edge);
    } else if (entry.catchUp) {
      entry.notBefore = now;
    }
  }

  /** Asks for a box although no digest named it. `onAbsent` hears that neither edge has it. */
  catchUp(watch: Watch, now: Millis, onAbsent: ((now: Millis) => void) | null): void {
    if (this.entries.has(watch.id)) return;
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) {
      onAbsent?.(now);
      return;
    }
    const [a, b] = network.places(current, watch.box.mark);
    const edges = equalBytes(a, b) ? [a] : [a, b];
    this.entries.set(watch.id, this.entry(watch, edges, true, now, onAbsent));
  }

  private entry(
    watch: Watch,
    edges: RelayHash[],
    catchUp: boolean,
    now: Millis,
    onAbsent: ((now: Millis) => void) | null,
  ): ReadEntry {
    return {
      watch,
      edges,
      catchUp,
      tries: 0,
      triesHere: 0,
      notBefore: now,
      inFlight: false,
      onAbsent,
    };
  }

  next(now: Millis, retries: boolean): Plan | null {
    const network = this.network();
    if (network === null) return null;
    for (const [id, entry] of this.entries) {
      if (entry.inFlight || entry.notBefore > now) continue;
      if (!this.watches.holds(entry.watch)) {
        this.entries.delete(id);
        continue;
      }
      const edge = entry.edges[0];
      if (edge === undefined || entry.tries >= TRIES_PER_ID) {
        this.entries.delete(id);
        entry.onAbsent?.(now);
        continue;
      }
      const retry = entry.triesHere > 0;
      if (retry && !retries) continue;
      const { marks, at } = threeMarks(this.rng, network, edge, entry.watch.box.mark);
      const request: BoxRequest = { kind: 'get', marks, waitMs: 0 };
      entry.inFlight = true;
      entry.tries++;
      entry.triesHere++;
      return {
        what: 'read',
        edge,
        request,
        retry,
        settle: (answer, then) => this.settle(entry, at, answer, then),
      };
    }
    return null;
  }

  private settle(entry: ReadEntry, at: 0 | 1 | 2, answer: BoxAnswer | null, now: Millis): void {
    entry.inFlight = false;
    if (answer !== null && answer.status === 'read') {
      if (this.watches.offer(entry.watch, answer.records[at], now)) {
        this.entries.delete(entry.watch.id);
        return;
      }
      // The edge answered and does not have it: ask the other one, if any.
      this.nextEdge(entry);
      return;
    }
    if (entry.triesHere >= TRIES_PER_EDGE) this.nextEdge(entry);
    entry.notBefore = now + randomBetween(this.rng, 0, 2_000) * entry.tries;
  }

  private nextEdge(entry: ReadEntry): void {
    entry.edges.shift();
    entry.triesHere = 0;
  }
}
