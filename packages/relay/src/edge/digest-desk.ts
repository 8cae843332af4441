/**
 * The digests of one edge (docs/spec/05-boxes.md, 7): makes its own, chained and naming those of
 * the others; takes the others' and notices contradictions.
 */
import { compareBytes, equalBytes, hex, type Millis, type Rng, randomBytes } from '@tacet/base';
import type { RelayHash, VerifiedDocument } from '@tacet/directory';
import {
  DIGEST_STEP,
  type Digest,
  type DigestSigner,
  type DigestVerifier,
  decodeDigest,
  MARK,
  MAX_DIGEST_MARKS,
  type Mark,
  markKey,
  type SignedDigest,
  signDigest,
} from '@tacet/wire';
import { BOARD_MS, DIGEST_AHEAD_MS } from '../limits.ts';
import { DigestDoubts } from './digest-doubts.ts';
import { DigestNumbers } from './digest-numbers.ts';
import { DigestPeers, type Fork } from './digest-peers.ts';

export interface DigestDeskOptions {
  readonly self: RelayHash;
  readonly sign: DigestSigner;
  readonly verify: DigestVerifier;
  readonly rng: Rng;
  readonly marksPending: number;
}

export type DigestOutcome = 'taken' | 'known' | 'invalid' | 'early' | 'old' | 'fork';

/** A digest to be sent to an edge that has seen another one in its place. */
export interface Disputed {
  readonly to: RelayHash;
  readonly digest: SignedDigest;
}

export class DigestDesk {
  private readonly options: DigestDeskOptions;
  private readonly peers = new DigestPeers();
  private readonly numbers = new DigestNumbers();
  private readonly doubts: DigestDoubts;
  private filled: Mark[] = [];
  private previous: Uint8Array = new Uint8Array(32);

  constructor(options: DigestDeskOptions) {
    this.options = options;
    this.doubts = new DigestDoubts(this.peers, options.self);
  }

  get forks(): readonly Fork[] {
    return this.peers.forks;
  }

  /** False when too many wait for a digest already. */
  fill(mark: Mark): boolean {
    if (this.filled.length >= this.options.marksPending) return false;
    this.filled.push(mark);
    return true;
  }

  /** Null when the clock was set back so far that no number of now is left. */
  make(verified: VerifiedDocument, now: Millis): SignedDigest | null {
    const { digestMs } = verified.document.parameters;
    const at = (time: Millis): number => Math.floor(time / digestMs);
    const newest = at(now + DIGEST_AHEAD_MS);
    const number = this.numbers.next(at(now), at(now - BOARD_MS), newest);
    if (number === null) return null;
    this.peers.retain(new Set(verified.relayHashes.map(hex)));
    const digest: Digest = {
      edge: this.options.self,
      number,
      previous: this.previous,
      seen: this.peers.newest().sort((a, b) => compareBytes(a.edge, b.edge)),
      marks: this.takeMarks(),
    };
    const signed = signDigest(this.options.sign, digest, verified.document.networkId);
    this.previous = signed.hash;
    return signed;
  }

  /** @param bytes from another edge, or from anybody who says so */
  take(bytes: Uint8Array, verified: VerifiedDocument, now: Millis): DigestOutcome {
    const signed = this.options.verify(bytes, verified);
    if (signed === null || equalBytes(signed.digest.edge, this.options.self)) return 'invalid';
    const { digestMs } = verified.document.parameters;
    const { number } = signed.digest;
    if (number * digestMs > now + DIGEST_AHEAD_MS) return 'early';
    const oldest = Math.floor((now - BOARD_MS) / digestMs);
    if (number < oldest) return 'old';
    const outcome = this.peers.take(signed, oldest);
    if (outcome === 'taken') this.doubts.hear(signed);
    return outcome;
  }

  /** What other edges were told otherwise than this one, since the last call. */
  disputed(): Disputed[] {
    return this.doubts.settle().flatMap(({ from, about }) => {
      const held = this.peers.newestOf(about);
      if (held === undefined) return [];
      const { bytes, hash } = held;
      return [{ to: from, digest: { digest: decodeDigest(bytes).digest, hash, bytes } }];
    });
  }

  /** Filled marks, as many as fit, hidden among random ones by sorting. */
  private takeMarks(): Mark[] {
    const real = this.filled.splice(0, MAX_DIGEST_MARKS);
    const marks = new Map(real.map((mark) => [markKey(mark), mark]));
    const wanted = Math.max(1, Math.ceil(marks.size / DIGEST_STEP)) * DIGEST_STEP;
    while (marks.size < wanted) {
      const padding = randomBytes(this.options.rng, (wanted - marks.size) * MARK);
      for (let at = 0; at < padding.length; at += MARK) {
        const mark = padding.subarray(at, at + MARK) as Mark;
        marks.set(markKey(mark), mark);
      }
    }
    return [...marks.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, mark]) => mark);
  }
}
