/**
 * Hashes of digests that another edge has seen and this one has not (docs/spec/05-boxes.md, 7).
 * A late digest settles most of them. For what is left the two edges have been told different
 * things: each then sends the other what it holds, and both come to hold the evidence.
 */
import { hex } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { SignedDigest } from '@tacet/wire';
import { DOUBTS_KEPT } from '../limits.ts';
import type { DigestPeers } from './digest-peers.ts';

export interface Doubt {
  /** The edge whose digest names the unknown hash. */
  readonly from: RelayHash;
  /** The edge whose digest it should be. */
  readonly about: RelayHash;
  readonly hash: Uint8Array;
}

export class DigestDoubts {
  private readonly open = new Map<string, Doubt>();
  private readonly peers: DigestPeers;
  private readonly self: RelayHash;

  constructor(peers: DigestPeers, self: RelayHash) {
    this.peers = peers;
    this.self = self;
  }

  /** Looks at what a digest says of the others. */
  hear({ digest }: SignedDigest): void {
    for (const { edge, hash } of digest.seen) {
      const isOwn = hex(edge) === hex(this.self);
      if (isOwn || this.peers.newestOf(edge) === undefined || this.peers.knows(edge, hash))
        continue;
      if (this.open.size >= DOUBTS_KEPT) return;
      this.open.set(hex(digest.edge) + hex(edge), { from: digest.edge, about: edge, hash });
    }
  }

  /** Those that no digest has settled; they are forgotten. */
  settle(): Doubt[] {
    const left = [...this.open.values()].filter(
      ({ about, hash }) => !this.peers.knows(about, hash),
    );
    this.open.clear();
    return left;
  }
}
