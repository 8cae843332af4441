/**
 * A directory authority (docs/spec/06-directory.md, 11): takes descriptors of admitted relays,
 * signs one document an epoch, chained to the one before. Networks with one authority are whole
 * with this machine; votes of several would stand between `compose` and `sign`.
 *
 * Must not sign two documents for one epoch: the host saves the state it gets by a `save` effect
 * before it carries out the `publish` that follows.
 */
import { AppError, Counters, equalBytes, type Millis } from '@tacet/base';
import type { HybridKeyPair } from '@tacet/crypto';
import {
  type AuthoritySet,
  authorityHashOf,
  checkAuthoritySet,
  type Document,
  DocumentBook,
  epochAt,
  MAX_RELAYS,
  type Parameters,
  type RelayHash,
  resumeWait,
  scheduleOf,
  signDocument,
  type VerifiedDocument,
  verifyDocument,
} from '@tacet/directory';
import type { Machine } from '../ports.ts';
import { compose, readyFor } from './compose.ts';
import { type Refusal, Register, type SubmitOutcome } from './register.ts';
import { badState, decodeState, encodeState } from './state.ts';

export type AuthorityEffect =
  /** Durable before anything after it is done. */
  | { readonly kind: 'save'; readonly state: Uint8Array }
  /** The newest document, also once after a restart. */
  | { readonly kind: 'publish'; readonly bytes: Uint8Array };

export interface AuthorityOptions {
  readonly keyPair: HybridKeyPair;
  /** This authority alone, threshold 1. */
  readonly trust: AuthoritySet;
  readonly parameters: Parameters;
  readonly allowed: readonly RelayHash[];
  /** Echo's reusable address, or empty. */
  readonly echo?: Uint8Array;
  /** What the last `save` gave, or null for a new network. */
  readonly state: Uint8Array | null;
}

export type AuthorityCounter = Refusal | 'accepted' | 'known' | 'published' | 'not-passable';

export class AuthorityMachine implements Machine<AuthorityEffect> {
  readonly counters = new Counters<AuthorityCounter>();
  private readonly options: AuthorityOptions;
  private readonly register: Register;
  private readonly book: DocumentBook;
  private unsaved = false;
  private unpublished: Uint8Array[] = [];
  private seen: Millis | null = null;
  /** Newest epoch whose document was due and could not be composed. */
  private missed = -1;
  /** Since when there has been no valid document, within this run. */
  private darkSince: Millis | null = null;

  /** @throws `authority-set`, `authority-alone`, `authority-allow-list`, `authority-state` */
  constructor(options: AuthorityOptions) {
    checkAuthoritySet(options.trust);
    const self = authorityHashOf(options.keyPair.publicKey);
    const [only, ...others] = options.trust.authorities;
    if (only === undefined || others.length > 0 || !equalBytes(only, self)) {
      throw new AppError('authority-alone', 'usage', 'this version runs one authority a network');
    }
    this.options = options;
    this.book = new DocumentBook(options.trust);
    this.register = new Register([]);
    this.setAllowed(options.allowed);
    if (options.state !== null) this.restore(options.state);
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

  deadline(): Millis | null {
    if (this.seen === null) return 0;
    const newest = this.book.newest();
    if (newest === null) return null;
    const { parameters } = this.options;
    const target = Math.max(epochAt(parameters, this.seen), newest.document.epoch, this.missed);
    const next = scheduleOf(parameters, target + 1).signatures;
    if (this.darkSince === null) return next;
    const resume = this.darkSince + resumeWait(parameters);
    return resume > this.seen ? Math.min(resume, next) : next;
  }

  advance(now: Millis): void {
    this.seen = now;
    const { parameters } = this.options;
    const epoch = epochAt(parameters, now);
    this.begin(epoch, now);
    this.book.prune(now);
    const newest = this.book.newest();
    const target = epoch + 1;
    const { signatures, publication } = scheduleOf(parameters, target);
    if (newest === null || newest.document.epoch >= target || now < signatures) return;
    if (this.missed < target && !this.sign(target, Math.max(now, publication), false)) {
      this.missed = target;
      this.counters.add('not-passable');
    }
  }

  drain(): AuthorityEffect[] {
    const effects: AuthorityEffect[] = [];
    if (this.unsaved) effects.push({ kind: 'save', state: this.exportState() });
    for (const bytes of this.unpublished) effects.push({ kind: 'publish', bytes });
    this.unsaved = false;
    this.unpublished = [];
    return effects;
  }

  exportState(): Uint8Array {
    return encodeState({
      documents: this.book.documents().map((one) => one.bytes),
      descriptors: this.register.all().map((entry) => entry.signed),
    });
  }

  /** A first document once all admitted relays are here; after a gap, once enough of them are. */
  private begin(epoch: number, now: Millis): void {
    const { parameters } = this.options;
    const before = this.book.newest()?.document;
    if (before !== undefined && epoch < before.epoch + before.parameters.validEpochs) {
      this.darkSince = null;
      return;
    }
    this.darkSince ??= now;
    const ready = readyFor(this.register.all(), epoch);
    const complete = ready > 0 && ready === this.register.admitted;
    const waited = before !== undefined && now >= this.darkSince + resumeWait(parameters);
    if ((complete || waited) && this.sign(epoch, now, true)) this.darkSince = null;
  }

  private sign(epoch: number, publishedAt: Millis, immediate: boolean): boolean {
    const { trust, parameters, keyPair } = this.options;
    const previous = this.book.newest();
    const document: Document | null = compose({
      trust,
      parameters,
      echo: this.options.echo ?? new Uint8Array(0),
      epoch,
      previous,
      publishedAt: Math.ceil(Math.max(publishedAt, previous?.document.publishedAt ?? 0)),
      immediate,
      registered: this.register.all(),
    });
    if (document === null) return false;
    const verified = verifyDocument(signDocument(document, [keyPair]), trust);
    if (this.book.accept(verified) !== 'added') {
      throw new AppError('authority-chain', 'bug', 'an authority would contradict itself');
    }
    this.unsaved = true;
    this.unpublished.push(verified.bytes);
    this.counters.add('published');
    return true;
  }

  private setAllowed(relays: readonly RelayHash[]): void {
    if (relays.length > MAX_RELAYS) {
      throw new AppError('authority-allow-list', 'usage', 'a network has at most 128 relays');
    }
    this.register.allow(relays);
  }

  private restore(bytes: Uint8Array): void {
    const state = decodeState(bytes);
    try {
      // Oldest first: the chain is checked as in any other book.
      for (const published of state.documents.toReversed()) {
        if (this.book.add(published) !== 'added') throw badState();
        this.unpublished.push(published);
      }
      for (const signed of state.descriptors) this.register.restore(signed);
    } catch (cause) {
      throw badState(cause);
    }
    const epochMs = this.book.newest()?.document.parameters.epochMs;
    if (epochMs !== undefined && epochMs !== this.options.parameters.epochMs) {
      throw new AppError('authority-epoch', 'usage', "a network's epoch length never changes");
    }
  }
}
