/**
 * What is known of other edges' digests (docs/spec/05-boxes.md, 7), by edge and number, an hour
 * back. Notices when an edge contradicts itself: two digests for one number, or one that does
 * not name its neighbour as the one before it. Such a pair is evidence, signed by the edge
 * against itself.
 */
import { equalBytes, hex } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { SignedDigest } from '@tacet/wire';
import { FORKS_KEPT } from '../limits.ts';

/** Two digests of one edge that cannot both be honest, as signed. */
export type Fork = readonly [Uint8Array, Uint8Array];

interface Held {
  readonly hash: Uint8Array;
  readonly previous: Uint8Array;
  readonly bytes: Uint8Array;
}

interface Peer {
  readonly edge: RelayHash;
  readonly digests: Map<number, Held>;
  /** The same by hash: each digest of every edge is looked up in every other's. */
  readonly hashes: Set<string>;
  newest: number;
}

export class DigestPeers {
  private readonly peers = new Map<string, Peer>();
  private readonly forkOf = new Map<string, Fork>();

  /** One pair for each edge that contradicted itself. */
  get forks(): readonly Fork[] {
    return [...this.forkOf.values()];
  }

  /** @param oldest number from which digests are still of use */
  take(signed: SignedDigest, oldest: number): 'taken' | 'known' | 'fork' {
    const { edge, number, previous } = signed.digest;
    const peer = this.peer(edge);
    const held = peer.digests.get(number);
    if (held !== undefined && equalBytes(held.hash, signed.hash)) return 'known';
    // Neighbours hold each other's hash: who restarts leaves out a number.
    const before = peer.digests.get(number - 1);
    const after = peer.digests.get(number + 1);
    const breaksWith =
      held ??
      (before !== undefined && !equalBytes(before.hash, previous) ? before : undefined) ??
      (after !== undefined && !equalBytes(after.previous, signed.hash) ? after : undefined);
    if (breaksWith !== undefined) {
      this.keep(edge, [breaksWith.bytes, signed.bytes]);
      return 'fork';
    }
    for (const [known, { hash }] of peer.digests) {
      // In the order they came: one that came late goes with those before it.
      if (known >= oldest) break;
      peer.digests.delete(known);
      peer.hashes.delete(hex(hash));
    }
    peer.digests.set(number, { hash: signed.hash, previous, bytes: signed.bytes });
    peer.hashes.add(hex(signed.hash));
    peer.newest = Math.max(peer.newest, number);
    return 'taken';
  }

  /** True when a digest of `edge` with this hash is held. */
  knows(edge: RelayHash, digestHash: Uint8Array): boolean {
    return this.peers.get(hex(edge))?.hashes.has(hex(digestHash)) === true;
  }

  newestOf(edge: RelayHash): Held | undefined {
    const peer = this.peers.get(hex(edge));
    return peer?.digests.get(peer.newest);
  }

  /** Forgets all edges but these. */
  retain(edges: ReadonlySet<string>): void {
    for (const name of this.peers.keys()) if (!edges.has(name)) this.peers.delete(name);
  }

  /** The newest digest of each edge. */
  newest(): { readonly edge: RelayHash; readonly hash: Uint8Array }[] {
    const list: { edge: RelayHash; hash: Uint8Array }[] = [];
    for (const { edge, digests, newest } of this.peers.values()) {
      const held = digests.get(newest);
      if (held !== undefined) list.push({ edge, hash: held.hash });
    }
    return list;
  }

  private keep(edge: RelayHash, fork: Fork): void {
    const name = hex(edge);
    if (this.forkOf.size < FORKS_KEPT && !this.forkOf.has(name)) this.forkOf.set(name, fork);
  }

  private peer(edge: RelayHash): Peer {
    const name = hex(edge);
    let peer = this.peers.get(name);
    if (peer === undefined) {
      peer = { edge, digests: new Map(), hashes: new Set(), newest: -1 };
      this.peers.set(name, peer);
    }
    return peer;
  }
}
