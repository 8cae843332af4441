/** How a mix or an edge is, for its operator. */
import { hex, type Millis } from '@tacet/base';
import {
  type DocumentBook,
  epochAt,
  epochStart,
  type RelayHash,
  relayIndex,
} from '@tacet/directory';
import type { RelayConfig } from './config/types.ts';
import { leavingState } from './leaving.ts';
import type { OperatorStatus } from './operations.ts';

export interface RelayFacts {
  readonly config: RelayConfig;
  readonly self: RelayHash;
  readonly book: DocumentBook;
  readonly now: Millis;
  readonly leaving: boolean;
  readonly descriptor: readonly string[];
  readonly links: OperatorStatus['links'];
  readonly linkNotAfter: Millis | null;
  readonly newLinkKey: boolean;
}

export function relayStatus(facts: RelayFacts): OperatorStatus {
  const { config, self, book, now, leaving } = facts;
  const { epochMs } = book.newest()?.document.parameters ?? config.schedule;
  return {
    role: config.role,
    layer: config.layer,
    identity: hex(self),
    epoch: epochAt({ epochMs }, now),
    document: documentStatus(book, self),
    descriptor: facts.descriptor,
    links: facts.links,
    leaving: leaving ? leavingState(book, self, now) : null,
    linkNotAfter: facts.linkNotAfter,
    newLinkKey: facts.newLinkKey,
    admitted: null,
  };
}

/** @param self null for an authority, which stands in no document. */
export function documentStatus(
  book: Pick<DocumentBook, 'newest'>,
  self: RelayHash | null,
): OperatorStatus['document'] {
  const newest = book.newest();
  if (newest === null) return null;
  const { epoch, publishedAt, parameters, relays } = newest.document;
  return {
    epoch,
    publishedAt,
    hash: hex(newest.hash),
    validUntil: epochStart(parameters, epoch + parameters.validEpochs),
    relays: relays.length,
    listed: self !== null && relayIndex(newest, self) !== null,
  };
}
