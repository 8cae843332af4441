/** What each client works out of the same public bytes: pages, documents and digests of its network. */
import { type DocumentVerifier, verifyDocument } from '@tacet/directory';
import {
  type BroadcastNamer,
  broadcastItemId,
  type DigestVerifier,
  verifyDigest,
} from '@tacet/wire';

export interface PublicChecks {
  readonly broadcastId: BroadcastNamer;
  readonly verifyDocument: DocumentVerifier;
  readonly verifyDigest: DigestVerifier;
}

export const PUBLIC_CHECKS: PublicChecks = {
  broadcastId: broadcastItemId,
  verifyDocument,
  verifyDigest,
};
