/**
 * What many parties of a world check of the same bytes is checked once: the answers are those of the
 * functions themselves, remembered by all bytes they were given.
 */
import { concat, equalBytes } from '@tacet/base';
import type { PublicChecks } from '@tacet/client';
import {
  type AuthoritySet,
  type DocumentVerifier,
  type NetworkId,
  type VerifiedDocument,
  verifyDocument,
} from '@tacet/directory';
import {
  type BoxId,
  type BroadcastNamer,
  broadcastItemId,
  DigestCache,
  type DigestVerifier,
  SameBytes,
  verifyRecord,
  verifyTombstone,
} from '@tacet/wire';

/** Results kept of each kind: what one party has, the others have soon after, or never. */
const MOST = 512;

/** Of one world, and so of one network. */
export class SharedChecks implements PublicChecks {
  private readonly names = {
    digest: new SameBytes<Uint8Array>(MOST),
    document: new SameBytes<Uint8Array>(MOST),
  };
  private readonly documents = new SameBytes<readonly [AuthoritySet, VerifiedDocument]>(MOST);
  private readonly records = new SameBytes<ReturnType<typeof verifyRecord>>(MOST);
  private readonly tombstones = new SameBytes<boolean>(MOST);
  readonly verifyDigest: DigestVerifier = new DigestCache().verify;

  readonly broadcastId: BroadcastNamer = (item) =>
    this.names[item.kind].of(item.bytes, () => broadcastItemId(item));

  readonly verifyDocument: DocumentVerifier = (bytes, trust) => {
    const [by, verified] = this.documents.of(bytes, () => [trust, verifyDocument(bytes, trust)]);
    return isSame(by, trust) ? verified : verifyDocument(bytes, trust);
  };

  readonly verifyRecord = (
    record: Uint8Array,
    networkId: NetworkId,
  ): ReturnType<typeof verifyRecord> =>
    this.records.of(record, () => verifyRecord(record, networkId));

  readonly verifyTombstone = (id: BoxId, signature: Uint8Array, networkId: NetworkId): boolean =>
    this.tombstones.of(concat(id, signature), () => verifyTombstone(id, signature, networkId));
}

function isSame(a: AuthoritySet, b: AuthoritySet): boolean {
  if (a.networkName !== b.networkName || a.threshold !== b.threshold) return false;
  if (a.authorities.length !== b.authorities.length) return false;
  return a.authorities.every((one, n) => equalBytes(one, b.authorities[n] ?? new Uint8Array(0)));
}
