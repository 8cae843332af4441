/**
 * Reads under way. A read names three marks of one edge in random order, at most one of them real
 * (docs/spec/05-boxes.md, 5 and 9). Announced boxes are asked for at the edge that announced them;
 * a catch-up read asks for a box nobody announced, at its homes by every store generation, newest
 * first. Of those there can be thousands: they have a place of their own among what slots carry.
 */
import {
  equalBytes,
  HOUR,
  keyOf,
  MINUTE,
  type Millis,
  type Rng,
  randomBetween,
  shuffle,
} from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { BoxAnswer, BoxRequest, Mark } from '@tacet/wire';
import { TRIES_PER_EDGE, TRIES_PER_ID } from '../limits.ts';
import type { Current, Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { pauseAfter } from './put-entry.ts';
import type { Watch, WatchList } from './watches.ts';

interface ReadEntry {
  readonly watch: Watch;
  edges: RelayHash[];
  /** Asked without an announcement: an empty answer is no surprise. */
  catchUp: boolean;
  /** The last answer of every edge asked is known: nothing was merely lost. */
  answered: boolean;
  tries: number;
  triesHere: number;
  rests: number;
  notBefore: Millis;
  inFlight: boolean;
  /** The edge that is being asked has named the box since: an empty answer may be older than that. */
  overtaken: boolean;
  onAbsent: ((now: Millis) => void) | null;
  /** Of boxes without announcement the lowest goes first: what is likely to be there. */
  rank: number;
}

/** Asked in vain at its first home: it waits until all others were asked for once. */
const OTHER_HOMES = 1_000;
/** Draws of a cover mark before a repeated one is taken: digests hold at least 64 marks. */
const REDRAWS = 16;

/** A recent mark of `edge` unlike `others`: a mark named twice would narrow the guess. */
export function coverMark(network: Network, edge: RelayHash, others: readonly Mark[]): Mark {
  const key = keyOf(edge);
  let drawn = network.marks.draw(key);
  for (let n = 0; n < REDRAWS && others.some((other) => equalBytes(other, drawn)); n++) {
    drawn = network.marks.draw(key);
  }
  return drawn;
}

/** Three marks of `edge` with `mark` among them, and where it stands. */
export function threeMarks(
  rng: Rng,
  network: Network,
  edge: RelayHash,
  mark: Mark,
): { readonly marks: readonly [Mark, Mark, Mark]; readonly at: 0 | 1 | 2 } {
  const first = coverMark(network, edge, [mark]);
  return among(rng, mark, first, coverMark(network, edge, [mark, first]));
}

/** The same with covers that stand nowhere: for reads that wait. */
export function amongRandom(rng: Rng, mark: Mark): ReturnType<typeof threeMarks> {
  const random = (): Mark => rng.fill(new Uint8Array(8)) as Mark;
  return among(rng, mark, random(), random());
}

function among(rng: Rng, mark: Mark, one: Mark, other: Mark): ReturnType<typeof threeMarks> {
  const marks = shuffle(rng, [mark, one, other]);
  const at = marks.indexOf(mark);
  const [a, b, c] = marks as [Mark, Mark, Mark];
  return { marks: [a, b, c], at: at === 0 ? 0 : at === 1 ? 1 : 2 };
}

export class ReadQueue implements PlanSource {
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly watches: WatchList;
  private readonly entries = new Map<number, ReadEntry>();
  /** Reads that announcements of each edge have caused, by watch: an edge may repeat itself. */
  private readonly announcedBy = new Map<number, Map<number, number>>();
  /** Whose box the last catch-up read asked for: nobody's backlog takes all slots. */
  private lastOwner = '';

  constructor(rng: Rng, network: () => Network | null, watches: WatchList) {
    this.rng = rng;
    this.network = network;
    this.watches = watches;
  }

  get size(): number {
    return this.entries.size;
  }

  /** Boxes of an absence are still being asked for. */
  get catchingUp(): boolean {
    for (const entry of this.entries.values()) {
      if (entry.catchUp && entry.rests === 0 && this.watches.holds(entry.watch)) return true;
    }
    return false;
  }

  /** How long an announced box is left to another read of it that is under way. */
  grace: (watch: Watch, now: Millis) => Millis = () => 0;

  /** Announced, or asked for. */
  knows(watch: Watch): boolean {
    return this.entries.has(watch.id);
  }

  /** The clock was set back by so much. */
  setBack(by: Millis): void {
    for (const entry of this.entries.values()) entry.notBefore -= by;
  }

  /** A digest of `edge` named the box. */
  announced(watch: Watch, edge: RelayHash, now: Millis): void {
    const entry = this.entries.get(watch.id);
    const known = entry?.edges.some((one) => equalBytes(one, edge)) === true;
    const asked = known && entry.inFlight && isFirst(entry.edges, edge);
    if (known && !asked && !entry.catchUp && entry.rests === 0) return;
    if (!this.mayAnnounce(watch, edge)) return;
    if (entry === undefined) {
      const notBefore = now + this.grace(watch, now);
      this.entries.set(watch.id, this.entry(watch, [edge], false, notBefore, null));
      return;
    }
    if (!known) entry.edges.push(edge);
    entry.overtaken ||= asked;
    const resting = entry.rests > 0;
    if (resting) this.namedAgain(entry, edge);
    if (entry.catchUp) entry.tries = 0;
    if (entry.catchUp || resting) entry.notBefore = Math.min(entry.notBefore, now);
    entry.catchUp = false;
  }

  /** Its answers were lost: who names it now has it, and need not wait behind everything else. */
  private namedAgain(entry: ReadEntry, edge: RelayHash): void {
    entry.rests = 0;
    if (entry.inFlight || isFirst(entry.edges, edge)) return;
    entry.edges = [edge, ...entry.edges.filter((one) => !equalBytes(one, edge))];
    entry.triesHere = 0;
  }

  /** An edge that names a box again and again learns from it no more than from two reads. */
  private mayAnnounce(watch: Watch, edge: RelayHash): boolean {
    let counts = this.announcedBy.get(watch.id);
    if (counts === undefined) {
      counts = new Map();
      this.announcedBy.set(watch.id, counts);
    }
    const key = keyOf(edge);
    const count = counts.get(key) ?? 0;
    if (count >= TRIES_PER_EDGE) return false;
    counts.set(key, count + 1);
    return true;
  }

  /**
   * Asks for a box although no digest named it. `onAbsent` hears that neither edge has it.
   * @param rank below 1,000; lower goes first
   */
  catchUp(watch: Watch, now: Millis, onAbsent: ((now: Millis) => void) | null, rank = 0): void {
    const known = this.entries.get(watch.id);
    if (known !== undefined) {
      if (known.onAbsent === null && onAbsent !== null) this.alsoElsewhere(known, onAbsent, now);
      // A start, or a sign of trouble, does not wait for the end of a rest.
      if (isOwn(known) && known.rests > 0) {
        known.rests = 0;
        known.notBefore = Math.min(known.notBefore, now);
      }
      known.rank = Math.min(known.rank, rank);
      return;
    }
    const edges = this.edgesOf(watch, now);
    if (edges.length === 0) {
      onAbsent?.(now);
      return;
    }
    this.entries.set(watch.id, { ...this.entry(watch, edges, true, now, onAbsent), rank });
  }

  /** An announced box: that the edge which named it does not have it is not that nobody has. */
  private alsoElsewhere(entry: ReadEntry, onAbsent: (now: Millis) => void, now: Millis): void {
    entry.onAbsent = onAbsent;
    for (const edge of this.edgesOf(entry.watch, now)) {
      if (!entry.edges.some((one) => equalBytes(one, edge))) entry.edges.push(edge);
    }
  }

  private edgesOf(watch: Watch, now: Millis): RelayHash[] {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return [];
    return network.homes(current, watch.box.mark);
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
      answered: true,
      tries: 0,
      triesHere: 0,
      rests: 0,
      notBefore: now,
      inFlight: false,
      overtaken: false,
      onAbsent,
      rank: 0,
    };
  }

  /** An announced box waits for its first read. */
  fresh(now: Millis): boolean {
    for (const entry of this.entries.values()) {
      const { inFlight, notBefore, catchUp, rests, triesHere, edges } = entry;
      const waits = !inFlight && notBefore <= now && !catchUp && rests === 0 && !isFile(entry);
      if (waits && triesHere === 0 && edges.length > 0) return true;
    }
    return false;
  }

  /** Announced boxes, but those of files. */
  next(now: Millis, retries: boolean): Plan | null {
    return this.pick(now, retries, (entry) => !isBehind(entry) && !isFile(entry));
  }

  /** Announced parts of files: no message waits for them. */
  readonly files: PlanSource = {
    next: (now, retries) => this.pick(now, retries, (entry) => !isBehind(entry) && isFile(entry)),
  };

  /** The profile's own boxes, announced or not: content waits for what stands in them. */
  readonly own: PlanSource = {
    next: (now, retries) => this.pick(now, retries, isOwn),
  };

  /** Boxes that nobody announced, or whose answers were lost; and those strangers may fill. */
  readonly behind: PlanSource = {
    next: (now, retries) => this.pick(now, retries, (entry) => isBehind(entry) && !isOwn(entry)),
  };

  private pick(now: Millis, retries: boolean, of: (entry: ReadEntry) => boolean): Plan | null {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    let best: ReadEntry | null = null;
    for (const [id, entry] of this.entries) {
      if (entry.inFlight || entry.notBefore > now) continue;
      if (!this.watches.holds(entry.watch)) {
        this.forget(id);
        continue;
      }
      // What nobody announced is asked for by our own clock, once at every home there may be.
      const most = entry.catchUp ? Number.POSITIVE_INFINITY : TRIES_PER_ID;
      if (entry.edges.length === 0 || entry.tries >= most) {
        this.exhausted(entry, now);
        continue;
      }
      if ((entry.triesHere > 0 && !retries) || !of(entry)) continue;
      if (!isBehind(entry)) {
        const plan = this.plan(network, current, entry);
        if (plan !== null) return plan;
        continue;
      }
      if (best === null || this.sooner(entry, best)) best = entry;
    }
    if (best === null) return null;
    if (!isOwn(best)) this.lastOwner = ownerOf(best);
    return this.plan(network, current, best);
  }

  private sooner(a: ReadEntry, b: ReadEntry): boolean {
    if (a.rank !== b.rank) return a.rank < b.rank;
    return ownerOf(b) === this.lastOwner && ownerOf(a) !== ownerOf(b);
  }

  /** Null when no edge is left to be asked: the next turn finds that out. */
  private plan(network: Network, current: Current, entry: ReadEntry): Plan | null {
    this.skipGone(entry, (one) => network.reaches(current, one));
    const edge = entry.edges[0];
    if (edge === undefined) return null;
    const retry = entry.triesHere > 0;
    const { marks, at } = threeMarks(this.rng, network, edge, entry.watch.box.mark);
    const request: BoxRequest = { kind: 'get', marks, waitMs: 0 };
    entry.inFlight = true;
    entry.overtaken = false;
    entry.tries++;
    entry.triesHere++;
    return {
      what: isFile(entry) && !isBehind(entry) ? 'file' : 'read',
      edge,
      request,
      real: at,
      retry,
      settle: (answer, then) => this.settle(entry, at, answer, then),
      late: (answer, then) => {
        if (answer.status !== 'read') return;
        if (this.watches.offer(entry.watch, answer.records[at], then)) this.forget(entry.watch.id);
      },
    };
  }

  private settle(entry: ReadEntry, at: 0 | 1 | 2, answer: BoxAnswer | null, now: Millis): void {
    entry.inFlight = false;
    if (answer !== null && answer.status === 'read') {
      if (this.watches.offer(entry.watch, answer.records[at], now)) {
        this.forget(entry.watch.id);
        return;
      }
      // The edge answered and does not have it: ask the other one, if any, and then this one once
      // more if it has named the box while its answer was on the way.
      const [edge] = entry.edges;
      this.nextEdge(entry);
      if (entry.catchUp && entry.rank < OTHER_HOMES) entry.rank += OTHER_HOMES;
      if (entry.overtaken && edge !== undefined) entry.edges.push(edge);
      return;
    }
    if (entry.triesHere >= TRIES_PER_EDGE) {
      entry.answered = false;
      this.nextEdge(entry);
    }
    entry.notBefore = now + pauseAfter(this.rng, entry.tries);
  }

  /**
   * Edges that answered do not have the box: done. Where answers were lost, the box may well be
   * there: it is asked for again after a rest of a minute, doubled each time, at most an hour.
   */
  private exhausted(entry: ReadEntry, now: Millis): void {
    const edges = entry.answered ? [] : this.edgesOf(entry.watch, now);
    if (edges.length === 0) {
      this.entries.delete(entry.watch.id);
      entry.onAbsent?.(now);
      return;
    }
    const rest = Math.min(HOUR, MINUTE * 2 ** entry.rests);
    const rests = entry.rests + 1;
    this.entries.set(entry.watch.id, {
      ...this.entry(entry.watch, edges, entry.catchUp, now, entry.onAbsent),
      rank: entry.rank,
      rests,
      notBefore: now + rest * randomBetween(this.rng, 0.5, 1.5),
    });
  }

  /** Edges that have left the network: as if their answers had been lost, without a slot for each. */
  private skipGone(entry: ReadEntry, reaches: (edge: RelayHash) => boolean): void {
    for (let [edge] = entry.edges; edge !== undefined && !reaches(edge); [edge] = entry.edges) {
      entry.answered = false;
      this.nextEdge(entry);
    }
  }

  private nextEdge(entry: ReadEntry): void {
    entry.edges.shift();
    entry.triesHere = 0;
  }

  private forget(watchId: number): void {
    this.entries.delete(watchId);
    this.announcedBy.delete(watchId);
  }
}

function isFile({ watch }: ReadEntry): boolean {
  return watch.owner === 'file';
}

/** Where a copy of this store shows itself (docs/spec/10-store.md, 7). */
function isOwn({ watch }: ReadEntry): boolean {
  return watch.owner === 'own' || watch.owner === 'own-next';
}

/** Strangers fill the boxes of an address: they never keep a message waiting. */
function isBehind({ catchUp, rests, watch }: ReadEntry): boolean {
  return catchUp || rests > 0 || watch.owner === 'address';
}

function isFirst([first]: readonly RelayHash[], edge: RelayHash): boolean {
  return first !== undefined && equalBytes(first, edge);
}

function ownerOf(entry: ReadEntry): string {
  const { owner, ref } = entry.watch;
  return `${owner === 'invite' || owner === 'visit' ? owner : 'stream'}/${ref}`;
}
