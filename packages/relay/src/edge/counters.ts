/** Every reason for which an edge drops or refuses something has a name here. */
import type { DropReason } from '@tacet/onion';
import type { RouteFailure } from '../documents.ts';

export type EdgeCounter =
  // Client links.
  | 'link-opened'
  | 'link-resumed'
  | 'link-refused-secret'
  | 'link-refused-full'
  | 'link-refused-no-document'
  | 'link-twice'
  | 'link-unknown'
  | 'slot-unknown'
  | 'rate-refused'
  | 'transfer-begun'
  | 'transfer-full'
  | 'early'
  // Packets from clients.
  | 'up'
  | `up-${DropReason}`
  | 'pool-full'
  // Packets from mixes.
  | 'received'
  | `packet-${DropReason}`
  | RouteFailure
  | 'misplaced'
  | 'reply-queued'
  | 'reply-unknown'
  | 'reply-full'
  // Requests.
  | 'request-malformed'
  | 'request-unanswerable'
  | 'put'
  | 'put-invalid'
  | 'put-misplaced'
  | 'put-no-room'
  | 'get'
  | 'tombstone'
  | 'tombstone-invalid'
  | 'stand'
  | 'stand-released'
  | 'stand-expired'
  | 'stand-evicted'
  | 'store-full'
  | 'store-failed'
  | 'store-unknown'
  | 'answers-full'
  | 'answered'
  | 'answer-stale'
  // Digests.
  | 'digest-made'
  | 'digest-marks-full'
  | 'digest-taken'
  | 'digest-known'
  | 'digest-invalid'
  | 'digest-early'
  | 'digest-old'
  | 'digest-fork'
  | 'digest-doubt'
  | 'digest-skipped'
  | 'sent';
