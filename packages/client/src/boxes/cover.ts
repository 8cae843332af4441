/**
 * What an idle slot sends (docs/spec/04-mixing.md, 7): a read of three recent marks of one
 * uniformly drawn edge, or, in two of a hundred, a throw-away box that lives as a real one does:
 * second copy, read back through the digest, erased at both edges. Nothing of it is saved: after a
 * restart nobody needs it.
 */
import {
  BytesMap,
  equalBytes,
  MINUTE,
  type Millis,
  pick,
  type Rng,
  randomBetween,
  randomBytes,
  randomInt,
  randomUnit,
} from '@tacet/base';
import type { Parameters, RelayHash } from '@tacet/directory';
import {
  type BoxAnswer,
  type BoxRecord,
  type BoxRequest,
  type Digest,
  MARK,
  type Mark,
  packedMarks,
  sealRecord,
  signTombstone,
} from '@tacet/wire';
import { MAX_COVER_ERRANDS, TRIES_PER_EDGE } from '../limits.ts';
import type { Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { type BoxSecret, boxOf } from '../streams/chain.ts';
import { encodeBoxContent } from '../streams/parts.ts';
import { type Erasure, nextStep } from './erasure.ts';
import { isRetry, type PutProgress, pauseAfter, targetOf } from './put-entry.ts';
import { coverMark, threeMarks } from './reads.ts';
import { ERASE_AFTER } from './tombstones.ts';

/** Cover boxes waiting to be read back; the oldest gives way. */
const MAX_COVER_BOXES = 64;

interface Later {
  readonly notBefore: Millis;
  /** What is to be tried again, if this is a retry. */
  readonly retry: object | null;
  /** Null when there is nothing to do any more. */
  readonly plan: (now: Millis) => Plan | null;
}

interface Written extends PutProgress {
  readonly box: BoxSecret;
  readonly record: BoxRecord;
}

export class Cover implements PlanSource {
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly share: () => number;
  private readonly written = new BytesMap<Written>();
  /** In order of their moment. */
  private readonly follow: Later[] = [];
  /** Boxes that were read back. */
  private readonly found = new WeakSet<Written>();

  /**
   * @param share of the idle slots that would write a box, how many do: in Transfer so few that a person
   * writes as many boxes of cover as in Strong, and counts once (docs/spec/17-levels.md, 6)
   */
  constructor(rng: Rng, network: () => Network | null, share: () => number = () => 1) {
    this.rng = rng;
    this.network = network;
    this.share = share;
  }

  private mayPut(): boolean {
    const share = this.share();
    return share >= 1 || randomUnit(this.rng) < share;
  }

  next(now: Millis, retries: boolean): Plan | null {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const due = this.takeDue(now, retries)?.plan(now) ?? null;
    if (due !== null) return due;
    if (randomInt(this.rng, 1_000) < current.parameters.coverPutPermille && this.mayPut()) {
      return this.put(network, now);
    }
    const edge = pick(this.rng, network.edges(current));
    const first = coverMark(network, edge, []);
    const second = coverMark(network, edge, [first]);
    const third = coverMark(network, edge, [first, second]);
    return {
      what: 'cover',
      edge,
      request: { kind: 'get', marks: [first, second, third], waitMs: 0 },
      retry: false,
      settle: () => undefined,
    };
  }

  private takeDue(now: Millis, retries: boolean): Later | undefined {
    const at = this.follow.findIndex((one) => one.notBefore > now || retries || one.retry === null);
    if (at < 0 || (this.follow[at]?.notBefore ?? 0) > now) return undefined;
    return this.follow.splice(at, 1)[0];
  }

  private later(notBefore: Millis, make: Later['plan'], retry: Later['retry'] = null): void {
    const at = this.follow.findIndex((one) => one.notBefore > notBefore);
    const entry = { notBefore, retry, plan: make };
    if (at < 0) this.follow.push(entry);
    else this.follow.splice(at, 0, entry);
    // While nothing is tried again, what was lost would wait without end.
    if (this.follow.length > MAX_COVER_ERRANDS) this.follow.shift();
  }

  private cancelRetry(of: object): void {
    const waiting = this.follow.findIndex(({ retry }) => retry === of);
    if (waiting >= 0) this.follow.splice(waiting, 1);
  }

  private put(network: Network, now: Millis): Plan | null {
    const [seed, key] = [randomBytes(this.rng, 32), randomBytes(this.rng, 32)];
    const record = sealRecord({ seed, key }, network.id, encodeBoxContent({ kind: 'cover' }));
    const box = boxOf(seed, key, record);
    return this.write({ box, record, copies: 0, firstEdge: null, triesA: 0, triesB: 0 }, now);
  }

  /** The next try of a copy, as a box of a person is tried. */
  private write(written: Written, now: Millis): Plan | null {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const target = targetOf(written, network.places(current, written.box.mark));
    if (target.kind !== 'try') return null;
    const { edge, slot } = target;
    const retry = isRetry(written);
    if (slot === 'A') written.triesA++;
    else written.triesB++;
    const request = { kind: 'put', record: written.record } as const;
    const { copies } = written;
    const settle: Plan['settle'] = (answer, then) => {
      if (answer?.status === 'stored') this.stored(written, edge, current.parameters, then);
      // A late answer to the try before may have settled the copy meanwhile.
      else if (answer?.status !== 'taken' && written.copies === copies) {
        this.later(
          then + pauseAfter(this.rng, written.triesA + written.triesB),
          (at) => this.write(written, at),
          written,
        );
      }
    };
    const late: Plan['late'] = (answer, then) => {
      if (answer.status === 'stored') this.stored(written, edge, current.parameters, then);
    };
    return { what: 'cover-box', edge, request, retry, settle, late };
  }

  private stored(written: Written, edge: RelayHash, parameters: Parameters, now: Millis): void {
    const { mark } = written.box;
    // Known already: of two tries there, one was answered late.
    if (written.firstEdge !== null && equalBytes(written.firstEdge, edge)) return;
    this.cancelRetry(written);
    written.copies += 1;
    written.firstEdge ??= edge;
    if (written.copies > 1) return;
    if (this.written.size >= MAX_COVER_BOXES) {
      const oldest = this.written.entries().next().value;
      if (oldest !== undefined) this.written.delete(oldest[0]);
    }
    this.written.set(mark, written);
    // Digests are public: a box that stands in one of them only would be known for cover.
    const { secondCopyMinMs, secondCopyMaxMs } = parameters;
    const pause = randomBetween(this.rng, secondCopyMinMs, secondCopyMaxMs);
    this.later(now + pause, (at) => this.write(written, at));
  }

  /** Reads a cover box back in a slot soon, as a real one would be. */
  onDigest(digest: Digest, now: Millis): void {
    if (this.written.size === 0) return;
    const { marks } = digest;
    const packed = packedMarks(marks);
    for (let n = 0; n < marks.length; n++) {
      if (!this.written.mayHave(packed, n * MARK)) continue;
      const mark = marks[n] as Mark;
      const written = this.written.get(mark);
      if (written === undefined) continue;
      this.written.delete(mark);
      this.later(now, () => this.read(digest.edge, written, 1));
    }
  }

  /** @param tries with this one; a person's box is asked for twice at an edge */
  private read(edge: RelayHash, written: Written, tries: number): Plan {
    const network = this.network();
    if (network === null) throw new RangeError('cover read without a network');
    const { marks, at } = threeMarks(this.rng, network, edge, written.box.mark);
    const request = { kind: 'get', marks, waitMs: 0 } as const;
    const retry = tries > 1;
    // The same bytes as were written: nothing that needs to be opened.
    const isThere = (answer: BoxAnswer): boolean =>
      answer.status === 'read' && equalBytes(answer.records[at], written.record);
    const settle: Plan['settle'] = (answer, now) => {
      if (answer !== null && isThere(answer)) this.eraseLater(network, written, now);
      if (answer !== null || tries >= TRIES_PER_EDGE) return;
      const again = now + pauseAfter(this.rng, tries);
      this.later(again, () => this.read(edge, written, tries + 1), written.box);
    };
    const late: Plan['late'] = (answer, now) => {
      if (!isThere(answer)) return;
      this.cancelRetry(written.box);
      this.eraseLater(network, written, now);
    };
    return { what: 'cover-box', edge, request, retry, settle, late };
  }

  private eraseLater(network: Network, written: Written, now: Millis): void {
    // Found twice, by an answer that came late and by the try after it.
    if (this.found.has(written)) return;
    this.found.add(written);
    const { box } = written;
    const signature = signTombstone(box.seed, network.id);
    const request = { kind: 'tombstone', id: box.id, signature } as const;
    const erasure: Erasure = { tries: 0, done: [false, false] };
    const first = now + randomBetween(this.rng, ...ERASE_AFTER);
    this.later(first, (at) => this.erase(request, box.mark, erasure, at));
  }

  private erase(request: BoxRequest, mark: Mark, erasure: Erasure, now: Millis): Plan | null {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const step = nextStep(erasure, network.places(current, mark));
    if (step === null) return null;
    const { edge, home, tries, retry } = step;
    if (!network.reaches(current, edge)) {
      // A person's waits for it too.
      const again = (at: Millis): Plan | null => this.erase(request, mark, erasure, at);
      this.later(now + MINUTE, again, retry ? erasure : null);
      return null;
    }
    erasure.tries = tries;
    const settle: Plan['settle'] = (answer, then) => {
      if (answer?.status === 'stored') erasure.done[home] = true;
      const pause = erasure.done[home] ? 0 : pauseAfter(this.rng, tries);
      const next = nextStep(erasure, network.places(current, mark));
      if (next === null) return;
      this.later(
        then + pause,
        (at) => this.erase(request, mark, erasure, at),
        next.retry ? erasure : null,
      );
    };
    const late: Plan['late'] = (answer) => {
      if (answer.status === 'stored') erasure.done[home] = true;
    };
    return { what: 'cover-box', edge, request, retry, settle, late };
  }
}
