/**
 * What an edge tells everybody (docs/spec/05-boxes.md, 7): its digest on a clock that all edges
 * share, the digests of the others, and the documents of now, all through one board.
 */
import type { Counters, Millis, Rng } from '@tacet/base';
import { equalBytes } from '@tacet/base';
import { edgesOf, type RelayHash, type VerifiedDocument } from '@tacet/directory';
import type { DigestSigner, DigestVerifier, Mark } from '@tacet/wire';
import type { EdgeLimits } from '../limits.ts';
import type { RelayEffect } from '../ports.ts';
import { BroadcastBoard } from './broadcast-board.ts';
import type { EdgeCounter } from './counters.ts';
import { DigestDesk } from './digest-desk.ts';
import type { Fork } from './digest-peers.ts';

export interface PublisherOptions {
  readonly self: RelayHash;
  readonly sign: DigestSigner;
  readonly verify: DigestVerifier;
  readonly rng: Rng;
  readonly limits: EdgeLimits;
  readonly counters: Counters<EdgeCounter>;
  readonly emit: (effect: RelayEffect) => void;
}

/** Part of a digest period for which the board waits, so that all edges' digests share pages. */
const GATHER = 1 / 50;

export class Publisher {
  readonly board: BroadcastBoard = new BroadcastBoard();
  private readonly options: PublisherOptions;
  private readonly counters: Counters<EdgeCounter>;
  private readonly desk: DigestDesk;
  private documents: readonly VerifiedDocument[] = [];
  private others: readonly RelayHash[] = [];
  private digestMs: Millis | null = null;
  private nextDigestAt: Millis | null = null;
  private sealAt: Millis | null = null;

  constructor(options: PublisherOptions) {
    const { self, sign, verify, rng, limits } = options;
    this.options = options;
    this.counters = options.counters;
    this.desk = new DigestDesk({ self, sign, verify, rng, marksPending: limits.marksPending });
  }

  get forks(): readonly Fork[] {
    return this.desk.forks;
  }

  /** A box was filled: its mark goes into the next digest. */
  fill(mark: Mark): void {
    if (!this.desk.fill(mark)) this.counters.add('digest-marks-full');
  }

  /** The document in force and the newest one go round; the former names the other edges. */
  setDocuments(current: VerifiedDocument, newest: VerifiedDocument, now: Millis): void {
    if (this.documents[0] === current && this.documents.at(-1) === newest) return;
    this.documents = current === newest ? [current] : [current, newest];
    this.board.setDocuments(this.documents.map((verified) => verified.bytes));
    this.others = edgesOf(current).filter((edge) => !equalBytes(edge, this.options.self));
    const { digestMs } = current.document.parameters;
    if (digestMs === this.digestMs) return;
    // After a start one number is left out: the gap says that marks may have been lost with the
    // process before this one, so that readers look without them.
    const skipped = this.digestMs === null ? 2 : 1;
    this.digestMs = digestMs;
    this.nextDigestAt = (Math.floor(now / digestMs) + skipped) * digestMs;
  }

  /** The wall clock was set back: what waits for a moment by the old one is set anew. */
  onClockBack(now: Millis): void {
    if (this.digestMs === null) return;
    this.nextDigestAt = (Math.floor(now / this.digestMs) + 1) * this.digestMs;
    if (this.sealAt !== null) this.sealAt = now;
  }

  onDigest(bytes: Uint8Array, current: VerifiedDocument, now: Millis): void {
    const outcome = this.desk.take(bytes, current, now);
    this.counters.add(`digest-${outcome}`);
    if (outcome !== 'taken') return;
    this.board.add(bytes);
    this.sealAt ??= now + current.document.parameters.digestMs * GATHER;
  }

  nextAt(): Millis | undefined {
    const at = Math.min(this.nextDigestAt ?? Infinity, this.sealAt ?? Infinity);
    return at === Infinity ? undefined : at;
  }

  isDue(now: Millis): boolean {
    return (this.nextAt() ?? Infinity) <= now;
  }

  advance(current: VerifiedDocument, now: Millis): void {
    const { digestMs } = current.document.parameters;
    if (this.nextDigestAt !== null && this.nextDigestAt <= now) {
      // Moments slept through get no digest of their own: their boxes stand in this one.
      this.nextDigestAt = (Math.floor(now / digestMs) + 1) * digestMs;
      this.publish(current, now);
      this.sealAt ??= now + digestMs * GATHER;
    }
    if (this.sealAt !== null && this.sealAt <= now) {
      this.sealAt = null;
      this.board.seal(now);
    }
  }

  private publish(current: VerifiedDocument, now: Millis): void {
    for (const { to, digest } of this.desk.disputed()) {
      this.counters.add('digest-doubt');
      this.options.emit({ kind: 'digest', to, digest });
    }
    const digest = this.desk.make(current, now);
    if (digest === null) {
      this.counters.add('digest-skipped');
      return;
    }
    this.counters.add('digest-made');
    this.board.add(digest.bytes);
    for (const to of this.others) this.options.emit({ kind: 'digest', to, digest });
  }
}
