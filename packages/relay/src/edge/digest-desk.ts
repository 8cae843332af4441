/**
 * The digests of one edge (docs/spec/05-boxes.md, 7): makes its own on a fixed clock, takes the
 * others', notices when somebody signs two for one moment.
 */
import { compareBytes, equalBytes, hex, type Millis, type Rng, randomBytes } from '@tacet/base';
import type { RelayHash, VerifiedDocument } from '@tacet/directory';
import {
  DIGEST_STEP,
  type Digest,
  type DigestSigner,
  type DigestVerifier,
  MARK,
  MAX_DIGEST_MARKS,
  type Mark,
  markKey,
  type SignedDigest,
  signDigest,
} from '@tacet/wire';
import { BOARD_MS, DIGEST_AHEAD_MS, FORKS_KEPT } from '../limits.ts';

export interface DigestDeskOptions {
  readonly self: RelayHash;
  readonly sign: DigestSigner;
  readonly verify: DigestVerifier;
  readonly rng: Rng;
  readonly marksPending: number;
}

export type DigestOutcome = 'taken' | 'known' | 'invalid' | 'early' | 'old' | 'fork';

/** Two digests of one edge and number, as signed: evidence against that edge. */
export type Fork = readonly [Uint8Array, Uint8Array];

/** What is known of one other edge, by number, an hour back. */
interface Peer {
  readonly edge: RelayHash;
  readonly digests: Map<number, Pick<SignedDigest, 'hash' | 'bytes'>>;
  newest: number;
}

export class DigestDesk {
  private readonly options: DigestDeskOptions;
  private readonly peers = new Map<string, Peer>();
  private readonly forkList: Fork[] = [];
  private filled: Mark[] = [];
  private previous: Uint8Array = new Uint8Array(32);

  constructor(options: DigestDeskOptions) {
    this.options = options;
  }

  get forks(): readonly Fork[] {
    return this.forkList;
  }

  /** False when too many wait for a digest already. */
  fill(mark: Mark): boolean {
    if (this.filled.length >= this.options.marksPending) return false;
    this.filled.push(mark);
    return true;
  }

  make(verified: VerifiedDocument, now: Millis): SignedDigest {
    const { digestMs } = verified.document.parameters;
    const digest: Digest = {
      edge: this.options.self,
      number: Math.floor(now / digestMs),
      previous: this.previous,
      seen: this.seen(verified),
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
    const peer = this.peer(signed.digest.edge);
    const held = peer.digests.get(number);
    if (held !== undefined) {
      if (equalBytes(held.hash, signed.hash)) return 'known';
      if (this.forkList.length < FORKS_KEPT) this.forkList.push([held.bytes, bytes]);
      return 'fork';
    }
    for (const known of peer.digests.keys()) if (known < oldest) peer.digests.delete(known);
    peer.digests.set(number, { hash: signed.hash, bytes });
    peer.newest = Math.max(peer.newest, number);
    return 'taken';
  }

  private peer(edge: RelayHash): Peer {
    const key = hex(edge);
    let peer = this.peers.get(key);
    if (peer === undefined) {
      peer = { edge, digests: new Map(), newest: -1 };
      this.peers.set(key, peer);
    }
    return peer;
  }

  /** The newest digest of each other edge of the document; the others are forgotten. */
  private seen(verified: VerifiedDocument): Digest['seen'] {
    const edges = new Set(verified.relayHashes.map(hex));
    for (const key of this.peers.keys()) if (!edges.has(key)) this.peers.delete(key);
    const seen: { edge: RelayHash; hash: Uint8Array }[] = [];
    for (const { edge, digests, newest } of this.peers.values()) {
      const hash = digests.get(newest)?.hash;
      if (hash !== undefined) seen.push({ edge, hash });
    }
    return seen.sort((a, b) => compareBytes(a.edge, b.edge));
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
