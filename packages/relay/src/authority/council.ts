/**
 * An authority among several (docs/spec/06-directory.md, 11.3 to 11.6): votes, takes and passes
 * on votes, signs what they add up to, and joins signatures. Votes once for an epoch and attempt
 * and signs once for an epoch: the host saves `memory` before anything it tells leaves.
 */
import { AppError, type Counters, equalBytes, isAppError, type Millis } from '@tacet/base';
import type { HybridKeyPair } from '@tacet/crypto';
import {
  type AuthorityHash,
  authorityHashOf,
  countersignVote,
  type Document,
  decodePublished,
  encodeSignedVote,
  epochAt,
  epochStart,
  hasSigned,
  networkIdOf,
  type SignedVote,
  scheduleOf,
  signDocument,
  signVote,
  type VerifiedDocument,
  verifyVote,
} from '@tacet/directory';
import type { DocumentHash } from '@tacet/onion';
import { DescriptorReader } from './ballots.ts';
import { compose, type Impossible } from './compose.ts';
import { Exchange, type Slot } from './exchange.ts';
import { Joint } from './joint.ts';
import type { Registered } from './register.ts';
import type { Memory } from './state.ts';
import { type Ballot, tallyVotes } from './tally.ts';
import { attemptSlot, nextAttempt, scheduledSlot } from './timing.ts';
import type { AuthorityCounter, AuthorityEffect, AuthorityOptions } from './types.ts';

/** What another authority hears; for a refusal its code. */
export type CouncilOutcome =
  | { readonly kind: 'taken' | 'known' }
  | { readonly kind: 'refused'; readonly code: string };

/** What the machine around it has and does. */
export interface CouncilHost {
  readonly counters: Counters<AuthorityCounter>;
  registered(): readonly Registered[];
  newest(): VerifiedDocument | null;
  find(hash: DocumentHash): VerifiedDocument | null;
  /** Since when no document has been valid, or null; and whether enough relays are here. */
  dark(): Millis | null;
  ready(epoch: number, now: Millis): boolean;
  emit(effect: AuthorityEffect): void;
  /** `memory` has changed. */
  remember(): void;
  /** A document has enough signatures. */
  complete(verified: VerifiedDocument): void;
}

export class Council {
  private readonly options: AuthorityOptions;
  private readonly host: CouncilHost;
  private readonly keyPair: HybridKeyPair;
  private readonly others: readonly AuthorityHash[];
  private readonly reader = new DescriptorReader();
  private readonly joint: Joint;
  private exchanges: Exchange[] = [];
  private remembered: Memory;
  /** Since when it has followed what the others say. */
  private since: Millis | null = null;
  /** Newest epoch for which it could not tell what the votes added up to. */
  private unsure = -1;

  constructor(options: AuthorityOptions, memory: Memory, host: CouncilHost) {
    const self = authorityHashOf(options.keyPair.publicKey);
    this.options = options;
    this.host = host;
    this.keyPair = options.keyPair;
    this.others = options.trust.authorities.filter((one) => !equalBytes(one, self));
    this.joint = new Joint(options.trust);
    this.remembered = memory;
  }

  get memory(): Memory {
    return this.remembered;
  }

  /** The next time something is due after `seen`. */
  deadline(seen: Millis): Millis {
    const { parameters } = this.options;
    const epoch = epochAt(parameters, seen);
    const times = this.exchanges
      .filter((exchange) => !exchange.closed)
      .map((exchange) => exchange.slot.end);
    times.push(scheduleOf(parameters, epoch + 1).votes, scheduleOf(parameters, epoch + 2).votes);
    if (this.host.dark() !== null) times.push(nextAttempt(parameters, seen));
    return Math.min(...times.filter((time) => time > seen));
  }

  advance(now: Millis): void {
    const { parameters } = this.options;
    const epoch = epochAt(parameters, now);
    this.begin(now);
    for (const exchange of this.exchanges) {
      if (!exchange.closed && now >= exchange.slot.end) this.close(exchange);
    }
    this.exchanges = this.exchanges.filter(
      ({ slot, roundMs }) => now < slot.end + roundMs && slot.epoch >= epoch,
    );
    this.joint.prune(epoch);
    const slot = this.slotAt(epoch, now);
    if (slot !== null) this.vote(slot, now);
  }

  onVote(bytes: Uint8Array, now: Millis): CouncilOutcome {
    let signed: SignedVote;
    try {
      signed = verifyVote(bytes, this.options.trust);
    } catch (error) {
      if (!isAppError(error)) throw error;
      return this.refuse(error.code);
    }
    return this.take(signed, now);
  }

  onSignature(bytes: Uint8Array, now: Millis): CouncilOutcome {
    const epoch = epochAt(this.options.parameters, now);
    const outcome = this.joint.offer(bytes, epoch, epoch + 1);
    switch (outcome.kind) {
      case 'refused':
        return this.refuse(outcome.error.code);
      case 'epoch':
        return this.refuse('signature-epoch');
      case 'surplus':
        return this.refuse('signature-surplus');
      case 'known':
        return { kind: 'known' };
      case 'taken':
        this.host.counters.add('signature-taken');
        for (const { first, second } of outcome.evidence) {
          this.host.counters.add('equivocation-signature');
          this.host.emit({ kind: 'evidence', what: 'signatures', first, second });
        }
        if (outcome.complete !== null) this.host.complete(outcome.complete);
        return { kind: 'taken' };
    }
  }

  /** The exchange whose votes are due now, if there is to be one. */
  private slotAt(epoch: number, now: Millis): Slot | null {
    const { parameters } = this.options;
    const newest = this.host.newest();
    const next = scheduledSlot(parameters, epoch + 1);
    if (newest !== null && newest.document.epoch <= epoch && now >= next.due) return next;
    if (this.host.dark() === null || !this.host.ready(epoch, now)) return null;
    return attemptSlot(parameters, now, newest !== null);
  }

  private vote(slot: Slot, now: Millis): void {
    const { voted } = this.remembered;
    const { epoch, attempt } = slot;
    if (
      voted !== null &&
      (voted.epoch > epoch || (voted.epoch === epoch && voted.attempt >= attempt))
    )
      return;
    const exchange = this.exchangeOf(slot);
    // Who becomes ready later waits: some would take its vote on one signature and some not.
    if (now > slot.due + exchange.roundMs / 4) return;
    const { trust, parameters, echo, release } = this.options;
    const signed = signVote(this.keyPair, {
      authority: authorityHashOf(this.keyPair.publicKey),
      networkId: networkIdOf(trust),
      epoch,
      attempt,
      previous: this.host.newest()?.hash ?? (new Uint8Array(32) as DocumentHash),
      parameters,
      echo: echo ?? new Uint8Array(0),
      release: release ?? new Uint8Array(0),
      descriptors: this.host.registered().map((entry) => entry.signed),
    });
    this.remembered = { ...this.remembered, voted: { epoch, attempt } };
    this.host.remember();
    exchange.offer(signed, now);
    this.host.counters.add('voted');
    this.tell('vote', encodeSignedVote(signed), this.others, slot.due + exchange.roundMs);
  }

  private take(signed: SignedVote, now: Millis): CouncilOutcome {
    const slot = this.slotOf(signed, now);
    if (slot === null) return this.refuse('vote-epoch');
    const exchange = this.exchangeOf(slot);
    if (this.reader.read(signed.vote) === null) return this.refuse('vote-descriptor');
    const offer = exchange.offer(signed, now);
    if (offer === 'known') return { kind: 'known' };
    if (offer !== 'accepted') return this.refuse(`vote-${offer}`);
    this.host.counters.add('vote-taken');
    const twin = exchange.twin(signed);
    if (twin !== null) {
      this.host.counters.add('equivocation-vote');
      const [first, second] = [twin, signed].map(encodeSignedVote) as [Uint8Array, Uint8Array];
      this.host.emit({ kind: 'evidence', what: 'votes', first, second });
    }
    this.passOn(signed, exchange);
    return { kind: 'taken' };
  }

  private passOn(signed: SignedVote, exchange: Exchange): void {
    const to = this.others.filter((other) => !hasSigned(signed, other));
    if (to.length === 0) return;
    const more = encodeSignedVote(countersignVote(this.keyPair, signed));
    this.tell('vote', more, to, exchange.slot.end);
  }

  /** When votes for what it votes for are due; null for what is not of now. */
  private slotOf({ vote }: SignedVote, now: Millis): Slot | null {
    const { parameters } = this.options;
    if (vote.attempt === 0) {
      const epoch = epochAt(parameters, now);
      return vote.epoch === epoch + 1 ? scheduledSlot(parameters, vote.epoch) : null;
    }
    // A clock ahead of this one has begun the next attempt already.
    const ahead = now + attemptRound(this.options);
    for (const at of [now, ahead]) {
      const slot = attemptSlot(parameters, at, false);
      if (slot?.epoch === vote.epoch && slot.attempt === vote.attempt) return slot;
    }
    return null;
  }

  private exchangeOf(slot: Slot): Exchange {
    const known = this.exchanges.find(
      ({ slot: { epoch, attempt } }) => epoch === slot.epoch && attempt === slot.attempt,
    );
    if (known !== undefined) return known;
    const exchange = new Exchange(slot, this.options.trust.authorities.length);
    this.exchanges.push(exchange);
    return exchange;
  }

  /** Tells again what was signed before a restart, until its epoch is over. */
  private begin(now: Millis): void {
    if (this.since !== null) return;
    this.since = now;
    const { pending, signed } = this.remembered;
    if (pending === null || signed === null) return;
    const until = epochStart(this.options.parameters, signed + 1);
    if (until <= now) return;
    this.tell('signature', pending, this.others, until);
    this.onSignature(pending, now);
  }

  /** Signs what the votes add up to, if it followed them from the beginning. */
  private close(exchange: Exchange): void {
    exchange.closed = true;
    const { epoch, due, end, attempt } = exchange.slot;
    if (this.since === null || this.since > due) return;
    const newest = this.host.newest()?.document.epoch ?? -1;
    if (Math.max(newest, this.remembered.signed ?? -1) >= epoch) return;
    if (attempt > 0 && this.host.dark() === null) return;
    const document = this.outcomeOf(exchange);
    if (typeof document === 'string') {
      this.host.counters.add(document);
      return;
    }
    const own = signDocument(document, [this.keyPair]);
    if (!this.maySign(epoch, decodePublished(own).hash)) {
      this.host.counters.add('signature-withheld');
      return;
    }
    this.remembered = { ...this.remembered, signed: epoch, pending: own };
    this.host.remember();
    this.host.counters.add('signed');
    this.tell('signature', own, this.others, epochStart(this.options.parameters, epoch + 1));
    this.onSignature(own, end);
  }

  /**
   * Who followed every exchange for an epoch knows that no honest authority has signed in one it
   * did not sign in. Who did not must not sign where another body has been signed already.
   */
  private maySign(epoch: number, hash: DocumentHash): boolean {
    const { due } = scheduledSlot(this.options.parameters, epoch);
    const followed = this.since !== null && this.since <= due && this.unsure !== epoch;
    return followed || !this.joint.hasOther(epoch, hash);
  }

  private outcomeOf(exchange: Exchange): Document | Impossible | 'no-majority' {
    const { trust } = this.options;
    const ballots = exchange.counted().map(({ vote }): Ballot => {
      const relays = this.reader.read(vote);
      if (relays === null) throw new AppError('vote-read', 'bug', 'a vote that was taken is bad');
      return { vote, relays };
    });
    const { epoch, publishedAt, attempt } = exchange.slot;
    const tally = tallyVotes(trust.authorities.length, ballots, (hash) => {
      const found = this.host.find(hash);
      if (found === null) this.unsure = epoch;
      return found;
    });
    // Only an immediate document can be a network's first.
    if (tally === null || (tally.previous === null && attempt === 0)) return 'no-majority';
    return compose({ ...tally, trust, epoch, publishedAt, immediate: attempt > 0 });
  }

  private tell(
    what: 'vote' | 'signature',
    bytes: Uint8Array,
    to: readonly AuthorityHash[],
    until: Millis,
  ): void {
    for (const one of to) this.host.emit({ kind: 'tell', to: one, what, bytes, until });
  }

  private refuse(code: string): CouncilOutcome {
    this.host.counters.add(code as AuthorityCounter);
    return { kind: 'refused', code };
  }
}

function attemptRound({ parameters, trust }: AuthorityOptions): Millis {
  const slot = attemptSlot(parameters, 0, false);
  return slot === null ? 0 : new Exchange(slot, trust.authorities.length).roundMs;
}
