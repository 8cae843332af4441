/**
 * The documents a relay or client holds, and which one counts when
 * (docs/spec/06-directory.md, 8). Fed with bytes from anybody; keeps what is verified, fits the
 * chain and is not older than what it has. Two documents that contradict each other are kept as
 * evidence, the second is refused.
 */
import { AppError, equalBytes, isZero, type Millis } from '@tacet/base';
import { buildingEpoch, epochStart, publicationLead } from './epochs.ts';
import { MAX_EVIDENCE, MAX_HELD_DOCUMENTS } from './limits.ts';
import { planOf } from './plan.ts';
import { type DocumentVerifier, verifyDocument } from './published.ts';
import type { AuthoritySet, VerifiedDocument } from './types.ts';

/** Two documents, each signed by enough authorities, that cannot both belong to one chain. */
export interface Evidence {
  readonly held: VerifiedDocument;
  readonly refused: VerifiedDocument;
}

export type AddOutcome = 'added' | 'known' | 'older' | 'equivocation';

export class DocumentBook {
  readonly trust: AuthoritySet;
  private readonly verify: DocumentVerifier;
  /** Newest epoch first. */
  private held: VerifiedDocument[] = [];
  private readonly pairs: Evidence[] = [];

  /** @param verify or one that remembers, where many books share a process */
  constructor(trust: AuthoritySet, verify: DocumentVerifier = verifyDocument) {
    this.trust = trust;
    this.verify = verify;
  }

  /** @throws `document-malformed`, `document-network`, `document-signatures`, `document-chain` */
  add(bytes: Uint8Array): AddOutcome {
    if (this.held.some((one) => equalBytes(one.bytes, bytes))) return 'known';
    return this.accept(this.verify(bytes, this.trust));
  }

  /** The same for a document that `verifyDocument` gave for this book's authorities. */
  accept(verified: VerifiedDocument): AddOutcome {
    const { document, hash } = verified;
    const twin = this.held.find((one) => one.document.epoch === document.epoch);
    if (twin !== undefined) {
      if (equalBytes(twin.hash, hash)) return 'known';
      return this.contradiction(twin, verified);
    }
    const below = this.held.find((one) => one.document.epoch < document.epoch);
    const isNewest = below === this.held[0];
    if (!isNewest && !this.held.some((one) => equalBytes(one.document.previous, hash))) {
      return 'older';
    }
    if (below !== undefined) {
      if (this.forks(below, verified)) return this.contradiction(below, verified);
      checkSuccessor(below, verified);
    }
    this.held.push(verified);
    this.held.sort((a, b) => b.document.epoch - a.document.epoch);
    this.held.length = Math.min(this.held.length, MAX_HELD_DOCUMENTS);
    return this.held.includes(verified) ? 'added' : 'older';
  }

  newest(): VerifiedDocument | null {
    return this.held[0] ?? null;
  }

  /** The document whose relays, indices and hash count for packets of `epoch`. */
  inForce(epoch: number): VerifiedDocument | null {
    for (const verified of this.held) {
      const { document } = verified;
      if (epoch < document.epoch) continue;
      if (epoch >= document.epoch + document.parameters.validEpochs) continue;
      if (document.immediate) return verified;
      const { parameters, publishedAt } = document;
      if (publishedAt <= epochStart(parameters, epoch) - publicationLead(parameters)) {
        return verified;
      }
    }
    return null;
  }

  /** Document and epoch for a packet made now; null means: send filler and wait. */
  forBuilding(now: Millis): { verified: VerifiedDocument; epoch: number } | null {
    const newest = this.newest();
    if (newest === null) return null;
    const { epoch: held, parameters } = newest.document;
    const epoch = buildingEpoch(parameters, now);
    // The document of this epoch may be on its way, and relays that have it would drop what is
    // made with the last one; what is made for the last epoch they still take.
    const waits = held < epoch && now < epochStart(parameters, epoch) + parameters.graceMs / 2;
    return (waits ? this.buildable(epoch - 1) : null) ?? this.buildable(epoch);
  }

  private buildable(epoch: number): { verified: VerifiedDocument; epoch: number } | null {
    const verified = this.inForce(epoch);
    if (verified === null || planOf(verified, epoch) === null) return null;
    return { verified, epoch };
  }

  /** The held document that `verified` names as its predecessor. */
  predecessor(verified: VerifiedDocument): VerifiedDocument | null {
    const { previous } = verified.document;
    return this.held.find((one) => equalBytes(one.hash, previous)) ?? null;
  }

  evidence(): readonly Evidence[] {
    return this.pairs;
  }

  /** Forgets documents that no packet of the last, this or a later epoch needs. */
  prune(now: Millis): void {
    const newest = this.newest();
    if (newest === null) return;
    const last = Math.floor(now / newest.document.parameters.epochMs) - 1;
    const needed = new Set([newest, this.inForce(last), this.inForce(last + 1)]);
    this.held = this.held.filter((one) => needed.has(one) || one.document.epoch > last);
  }

  /** Documents held, newest first: what a host stores and a relay hands on. */
  documents(): readonly VerifiedDocument[] {
    return this.held;
  }

  /**
   * A document names the one before it or, if that did not reach its signers, an older one held
   * here. Over a gap any may have been missed; only a second beginning is impossible.
   */
  private forks(before: VerifiedDocument, after: VerifiedDocument): boolean {
    const { previous, epoch } = after.document;
    if (isZero(previous)) return true;
    if (epoch !== before.document.epoch + 1) return false;
    return !this.held.some((one) => equalBytes(one.hash, previous));
  }

  private contradiction(held: VerifiedDocument, refused: VerifiedDocument): AddOutcome {
    const known = this.pairs.some((pair) => equalBytes(pair.refused.hash, refused.hash));
    if (!known && this.pairs.length < MAX_EVIDENCE) this.pairs.push({ held, refused });
    return 'equivocation';
  }
}

/** Rules between a document and a later one that only the two together show. */
function checkSuccessor(before: VerifiedDocument, after: VerifiedDocument): void {
  const old = before.document;
  const next = after.document;
  const follows = equalBytes(next.previous, before.hash);
  const gap = next.epoch >= old.epoch + old.parameters.validEpochs;
  if (
    next.parameters.epochMs !== old.parameters.epochMs ||
    next.publishedAt < old.publishedAt ||
    (follows && next.immediate && !gap)
  ) {
    throw new AppError(
      'document-chain',
      'refused',
      'a signed document breaks the rules of succession',
    );
  }
}
