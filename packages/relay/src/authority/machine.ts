/**
 * A directory authority (docs/spec/06-directory.md, 11): takes descriptors of admitted relays and
 * has one document an epoch signed, chained to the one before. A lone authority composes and
 * signs by itself; among several `council.ts` stands between the two.
 *
 * Must not vote or sign twice for the same: the host saves the state it gets by a `save` effect
 * before it carries out what follows it.
 */
import { AppError, Counters, compareBytes, equalBytes, isAppError, type Millis } from '@tacet/base';
import {
  type AddOutcome,
  authorityHashOf,
  checkAuthoritySet,
  DocumentBook,
  epochAt,
  MAX_RELAYS,
  type RelayHash,
  resumeWait,
  scheduleOf,
  signDocument,
  type VerifiedDocument,
  verifyDocument,
} from '@tacet/directory';
import type { Machine } from '../ports.ts';
import { compose, readyFor } from './compose.ts';
import { Council, type CouncilOutcome } from './council.ts';
import { Register, type SubmitOutcome } from './register.ts';
import { badState, decodeState, encodeState, type Memory } from './state.ts';
import type { AuthorityCounter, AuthorityEffect, AuthorityOptions } from './types.ts';

const NOTHING: Memory = { voted: null, signed: null, pending: null };

export class AuthorityMachine implements Machine<AuthorityEffect> {
  readonly counters = new Counters<AuthorityCounter>();
  private readonly options: AuthorityOptions;
  private readonly register = new Register([]);
  private readonly book: DocumentBook;
  /** Null for a lone authority. */
  private readonly council: Council | null;
  private unsaved = false;
  private effects: AuthorityEffect[] = [];
  private seen: Millis | null = null;
  /** Newest epoch whose document was due and could not be composed; of a lone authority. */
  private missed = -1;
  /** Since when there has been no valid document, within this run. */
  private darkSince: Millis | null = null;

  /** @throws `authority-set`, `authority-stranger`, `authority-allow-list`, `authority-state` */
  constructor(options: AuthorityOptions) {
    checkAuthoritySet(options.trust);
    const { authorities } = options.trust;
    const self = authorityHashOf(options.keyPair.publicKey);
    if (!authorities.some((one) => equalBytes(one, self))) {
      throw new AppError('authority-stranger', 'usage', 'this authority is not among those named');
    }
    this.options = options;
    this.book = new DocumentBook(options.trust);
    this.setAllowed(options.allowed);
    const memory = options.state === null ? NOTHING : this.restore(options.state);
    this.council = authorities.length === 1 ? null : this.makeCouncil(memory);
  }

  /** A signed descriptor, from anybody. */
  submit(bytes: Uint8Array, now: Millis): SubmitOutcome {
    const outcome = this.register.submit(bytes, now, this.options.parameters);
    this.counters.add(outcome.kind === 'refused' ? outcome.code : outcome.kind);
    if (outcome.kind === 'accepted') {
      this.unsaved = true;
      this.missed = -1;
      this.advance(now);
    }
    return outcome;
  }

  /** A vote from another authority. A lone one has no use for it. */
  onVote(bytes: Uint8Array, now: Millis): CouncilOutcome {
    return this.council?.onVote(bytes, now) ?? { kind: 'refused', code: 'vote-alone' };
  }

  /** A document body with the signatures it has so far, from another authority. */
  onSignature(bytes: Uint8Array, now: Millis): CouncilOutcome {
    return this.council?.onSignature(bytes, now) ?? { kind: 'refused', code: 'vote-alone' };
  }

  /** A published document, from another authority. */
  onDocument(bytes: Uint8Array, now: Millis): void {
    let verified: VerifiedDocument;
    try {
      verified = verifyDocument(bytes, this.options.trust);
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.counters.add('document-refused');
      return;
    }
    this.take(verified);
    this.advance(now);
  }

  /** Replaces the allow-list. */
  allow(relays: readonly RelayHash[], now: Millis): void {
    this.setAllowed(relays);
    this.unsaved = true;
    this.advance(now);
  }

  newest(): VerifiedDocument | null {
    return this.book.newest();
  }

  /** The newest document and those still in force, newest first: what relays ask for. */
  documents(): readonly VerifiedDocument[] {
    return this.book.documents();
  }

  /** True when others may have a document that this authority should have by now. */
  behind(now: Millis): boolean {
    const newest = this.book.newest();
    if (newest === null || this.darkSince !== null) return true;
    const { parameters } = this.options;
    const epoch = epochAt(parameters, now);
    if (newest.document.epoch < epoch) return true;
    return newest.document.epoch === epoch && now >= scheduleOf(parameters, epoch + 1).publication;
  }

  deadline(): Millis | null {
    if (this.seen === null) return 0;
    const { parameters } = this.options;
    const newest = this.book.newest();
    const resume = this.darkSince === null ? null : this.darkSince + resumeWait(parameters);
    let next: Millis;
    if (this.council !== null) next = this.council.deadline(this.seen);
    else {
      if (newest === null) return null;
      const target = Math.max(epochAt(parameters, this.seen), newest.document.epoch, this.missed);
      next = scheduleOf(parameters, target + 1).signatures;
    }
    return resume !== null && resume > this.seen ? Math.min(resume, next) : next;
  }

  advance(now: Millis): void {
    this.seen = now;
    const epoch = epochAt(this.options.parameters, now);
    this.lookForDark(epoch, now);
    this.book.prune(now);
    if (this.council !== null) {
      this.council.advance(now);
      return;
    }
    if (this.darkSince !== null && this.ready(epoch, now) && this.sign(epoch, now, true)) {
      this.darkSince = null;
    }
    this.signNext(epoch + 1, now);
  }

  drain(): AuthorityEffect[] {
    const effects: AuthorityEffect[] = this.unsaved
      ? [{ kind: 'save', state: this.exportState() }, ...this.effects]
      : this.effects;
    this.unsaved = false;
    this.effects = [];
    return effects;
  }

  exportState(): Uint8Array {
    return encodeState({
      ...(this.council?.memory ?? NOTHING),
      documents: this.book.documents().map((one) => one.bytes),
      descriptors: this.register.all().map((entry) => entry.signed),
    });
  }

  private lookForDark(epoch: number, now: Millis): void {
    const before = this.book.newest()?.document;
    const valid = before !== undefined && epoch < before.epoch + before.parameters.validEpochs;
    this.darkSince = valid ? null : (this.darkSince ?? now);
  }

  /** A first document once all admitted relays are here; after a gap, once enough of them are. */
  private ready(epoch: number, now: Millis): boolean {
    const ready = readyFor(this.register.all(), epoch);
    if (ready > 0 && ready === this.register.admitted) return true;
    if (this.book.newest() === null || this.darkSince === null) return false;
    return now >= this.darkSince + resumeWait(this.options.parameters);
  }

  private signNext(target: number, now: Millis): void {
    const newest = this.book.newest();
    const { signatures, publication } = scheduleOf(this.options.parameters, target);
    if (newest === null || newest.document.epoch >= target || now < signatures) return;
    if (this.missed < target && !this.sign(target, Math.max(now, publication), false)) {
      this.missed = target;
    }
  }

  /** A lone authority's own document. */
  private sign(epoch: number, publishedAt: Millis, immediate: boolean): boolean {
    const { trust, parameters, keyPair } = this.options;
    const document = compose({
      trust,
      parameters,
      echo: this.options.echo ?? new Uint8Array(0),
      release: this.options.release ?? new Uint8Array(0),
      epoch,
      previous: this.book.newest(),
      publishedAt,
      immediate,
      registered: this.register.all(),
    });
    if (typeof document === 'string') {
      if (!immediate) this.counters.add(document);
      return false;
    }
    const verified = verifyDocument(signDocument(document, [keyPair]), trust);
    if (this.take(verified) !== 'added') {
      throw new AppError('authority-chain', 'bug', 'an authority would contradict itself');
    }
    return true;
  }

  /** Into the book, to the disk, to the relays. */
  private take(verified: VerifiedDocument): AddOutcome | 'chain' {
    const known = this.book.evidence().length;
    let outcome: AddOutcome;
    try {
      outcome = this.book.accept(verified);
    } catch (error) {
      if (!isAppError(error, 'document-chain')) throw error;
      this.counters.add('document-chain');
      return 'chain';
    }
    if (outcome === 'added') {
      this.unsaved = true;
      this.effects.push({ kind: 'publish', bytes: verified.bytes });
      this.counters.add('published');
    }
    for (const { held, refused } of this.book.evidence().slice(known)) {
      this.counters.add('equivocation-document');
      const [first, second] = [held.bytes, refused.bytes];
      this.effects.push({ kind: 'evidence', what: 'documents', first, second });
    }
    return outcome;
  }

  private makeCouncil(memory: Memory): Council {
    return new Council(this.options, memory, {
      counters: this.counters,
      registered: () => this.register.all().toSorted((a, b) => compareBytes(a.relay, b.relay)),
      newest: () => this.book.newest(),
      find: (hash) => this.book.documents().find((one) => equalBytes(one.hash, hash)) ?? null,
      dark: () => this.darkSince,
      ready: (epoch, now) => this.ready(epoch, now),
      emit: (effect) => this.effects.push(effect),
      remember: () => {
        this.unsaved = true;
      },
      complete: (verified) => {
        this.take(verified);
      },
    });
  }

  private setAllowed(relays: readonly RelayHash[]): void {
    if (relays.length > MAX_RELAYS) {
      throw new AppError('authority-allow-list', 'usage', 'a network has at most 128 relays');
    }
    this.register.allow(relays);
  }

  private restore(bytes: Uint8Array): Memory {
    const state = decodeState(bytes);
    try {
      // Oldest first: the chain is checked as in any other book.
      for (const published of state.documents.toReversed()) {
        if (this.book.add(published) !== 'added') throw badState();
        this.effects.push({ kind: 'publish', bytes: published });
      }
      for (const signed of state.descriptors) this.register.restore(signed);
    } catch (cause) {
      throw badState(cause);
    }
    const epochMs = this.book.newest()?.document.parameters.epochMs;
    if (epochMs !== undefined && epochMs !== this.options.parameters.epochMs) {
      throw new AppError('authority-epoch', 'usage', "a network's epoch length never changes");
    }
    return state;
  }
}
