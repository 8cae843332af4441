/**
 * Keeps a relay's book of documents up to date: from disk at once, from any authority
 * on the directory's schedule, each relay at a moment of its own (docs/spec/06-directory.md, 7
 * and 12).
 */
import type { AuthorityClient } from '@tacet/adapters/directory-https';
import { Backoff } from '@tacet/adapters/link-ws';
import {
  type Clock,
  Counters,
  isAppError,
  type Millis,
  type Rng,
  randomBetween,
  shuffle,
} from '@tacet/base';
import {
  type AddOutcome,
  type DocumentBook,
  epochAt,
  publicationLead,
  scheduleOf,
  type VerifiedDocument,
} from '@tacet/directory';
import { AskInTurn } from './ask-in-turn.ts';
import type { DocumentFiles } from './document-files.ts';
import { LIMITS } from './limits.ts';
import { Poller } from './poller.ts';

type Source = Pick<AuthorityClient, 'documents'>;

export interface DocumentKeeperOptions {
  readonly book: DocumentBook;
  readonly clients: readonly Source[];
  readonly files: DocumentFiles;
  readonly clock: Clock;
  readonly rng: Rng;
  /** For each document that was added to the book. */
  readonly onDocument: (verified: VerifiedDocument) => void;
  /** An authority signed two documents for one epoch; the evidence is in the book. */
  readonly onEquivocation: () => void;
}

export type DocumentCount = `document-${AddOutcome | 'refused'}` | 'authority-unreachable';

export class DocumentKeeper {
  readonly counters = new Counters<DocumentCount>();
  private readonly options: DocumentKeeperOptions;
  private readonly backoff: Backoff;
  private readonly poller = new Poller(() => this.poll());
  private readonly inTurn = new AskInTurn<Source>();

  constructor(options: DocumentKeeperOptions) {
    this.options = options;
    this.backoff = new Backoff(options.rng, {
      firstMs: LIMITS.authorityRetryFirstMs,
      capMs: LIMITS.authorityRetryCapMs,
    });
  }

  /** Takes what is on disk, then begins to ask. */
  start(): void {
    for (const bytes of this.options.files.load()) this.take(bytes, false);
    this.poller.start();
  }

  stop(): void {
    this.poller.stop();
  }

  private async poll(): Promise<Millis> {
    const { book, clock, rng } = this.options;
    const answered = await this.ask();
    const newest = book.newest();
    if (!answered || newest === null) return this.backoff.next();
    this.backoff.reset();
    const { parameters, epoch } = newest.document;
    const now = clock.now();
    const lead = publicationLead(parameters);
    const next = Math.max(epoch, epochAt(parameters, now)) + 1;
    const due = scheduleOf(parameters, next).publication;
    // Late: the authority has not published, or this relay was away. Ask again soon.
    if (now >= due) return randomBetween(rng, lead / 20, lead / 10);
    return due - now + randomBetween(rng, 0, lead / 3);
  }

  /**
   * Asks authorities in random order until one has something new. True when any answered. Between
   * publication and the first packet that needs a document lies one lead: an authority that hangs
   * may cost a tenth of it.
   */
  private async ask(): Promise<boolean> {
    const { book, clients, rng } = this.options;
    const before = book.newest();
    let answered = false;
    await this.inTurn.round({
      sources: shuffle(rng, [...clients]),
      patienceMs: Math.min(
        LIMITS.authorityPatienceMs,
        before === null
          ? Number.POSITIVE_INFINITY
          : publicationLead(before.document.parameters) / 10,
      ),
      ask: async (client) => {
        if (await this.fetch(client)) answered = true;
        return this.poller.stopped || book.newest() !== before;
      },
    });
    return answered;
  }

  /** False when it did not answer. */
  private async fetch(client: Source): Promise<boolean> {
    try {
      const found = await client.documents(this.options.book.newest()?.document.epoch ?? null);
      if (this.poller.stopped) return false;
      for (const bytes of found) this.take(bytes, true);
      return true;
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.counters.add('authority-unreachable');
      return false;
    }
  }

  private take(bytes: Uint8Array, fresh: boolean): void {
    const { book, files, clock } = this.options;
    let outcome: AddOutcome;
    try {
      outcome = book.add(bytes);
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.counters.add('document-refused');
      return;
    }
    this.counters.add(`document-${outcome}`);
    if (outcome === 'equivocation') this.options.onEquivocation();
    const verified = book.documents().find((one) => Buffer.compare(one.bytes, bytes) === 0);
    if (outcome !== 'added' || verified === undefined) return;
    if (fresh) files.save(verified);
    book.prune(clock.now());
    this.options.onDocument(verified);
  }
}
