/**
 * What an edge tells all its clients (docs/spec/03-links.md, 6): pages of digests, kept for an
 * hour, and the documents of now, which go round for ever. Every client is given the same pages;
 * a `BoardCursor` knows only which of them one link has had.
 */
import type { Millis } from '@tacet/base';
import { BROADCAST_PAGE, type BroadcastItem, packBroadcast } from '@tacet/wire';
import { BOARD_MS, BOARD_PAGES, BOARD_STRETCHES } from '../limits.ts';

/** Eight empty cells: nothing to tell yet. */
const EMPTY_PAGE = new Uint8Array(BROADCAST_PAGE);

interface Page {
  readonly bytes: Uint8Array;
  readonly at: Millis;
}

export class BroadcastBoard {
  private pages: Page[] = [];
  /** Number of `pages[0]`; pages are numbered in the order they were put up. */
  private firstNumber = 0;
  private documents: readonly Uint8Array[] = [];
  private items: readonly Uint8Array[] = [];
  private latest: readonly Uint8Array[] = [];
  private open: BroadcastItem[] = [];

  /** Number of the next page to be put up. */
  get end(): number {
    return this.firstNumber + this.pages.length;
  }

  /** Number of the oldest page still here. */
  get start(): number {
    return this.firstNumber;
  }

  get documentPages(): readonly Uint8Array[] {
    return this.documents;
  }

  /** Pages of the document put up last, and of nothing else: another array for each. */
  get latestDocument(): readonly Uint8Array[] {
    return this.latest;
  }

  page(number: number): Uint8Array {
    return this.pages[number - this.firstNumber]?.bytes ?? EMPTY_PAGE;
  }

  /** Keeps a digest for the next `seal`; digests of one moment share pages. */
  add(digest: Uint8Array): void {
    this.open.push({ kind: 'digest', bytes: digest });
  }

  /** Puts up what was added, and takes down what is too old. */
  seal(now: Millis): void {
    for (const bytes of packBroadcast(this.open)) this.pages.push({ bytes, at: now });
    this.open = [];
    const kept = this.pages.findIndex((page) => page.at > now - BOARD_MS);
    const expired = kept === -1 ? this.pages.length : kept;
    const old = Math.max(expired, this.pages.length - BOARD_PAGES);
    this.pages.splice(0, old);
    this.firstNumber += old;
  }

  setDocuments(documents: readonly Uint8Array[]): void {
    const pages = documents.map((bytes) => packBroadcast([{ kind: 'document', bytes }]));
    const added = documents.findLastIndex((bytes) => !this.items.includes(bytes));
    this.latest = pages[added] ?? this.latest;
    this.items = documents;
    this.documents = pages.flat();
  }
}

/** Pages `from` to `to - 1` that a link has still to get. */
interface Stretch {
  from: number;
  to: number;
}

export class BoardCursor {
  private readonly board: BroadcastBoard;
  private readonly documentsFirst: boolean;
  /** Pages from here on are news; older ones were there before the link. */
  private readonly news: number;
  private known: number;
  private readonly wanted: Stretch[];
  private documentAt = 0;
  private documentTurn = true;
  private documentsGiven = 0;
  private latest: readonly Uint8Array[];
  private latestAt = 0;

  /** @param documentsFirst for a client that has none: it can check no digest before it has one */
  constructor(board: BroadcastBoard, documentsFirst = false) {
    this.board = board;
    this.documentsFirst = documentsFirst;
    this.news = board.end;
    this.known = board.end;
    // Documents that are here already are given in their turn.
    this.latest = board.latestDocument;
    this.latestAt = this.latest.length;
    this.wanted = board.start < board.end ? [{ from: board.start, to: board.end }] : [];
  }

  /**
   * News first, newest first; then a new document, which everybody needs before its epoch begins;
   * then the documents once, since a client that just joined can do nothing without them; from then
   * on in turns a page of the documents and one of the past.
   */
  next(): Uint8Array {
    this.look();
    const top = this.top();
    const documents = this.board.documentPages;
    const once = this.documentsGiven < documents.length;
    const news = top !== undefined && top.to > this.news;
    if (news && !(this.documentsFirst && once)) return this.takeFrom(top);
    const latest = this.takeLatest();
    if (latest !== undefined) return latest;
    this.documentTurn = !this.documentTurn;
    if (documents.length > 0 && (top === undefined || once || !this.documentTurn)) {
      this.documentsGiven += 1;
      this.documentAt = (this.documentAt + 1) % documents.length;
      return documents[this.documentAt] ?? EMPTY_PAGE;
    }
    return top === undefined ? EMPTY_PAGE : this.takeFrom(top);
  }

  private takeLatest(): Uint8Array | undefined {
    if (this.latest !== this.board.latestDocument) {
      this.latest = this.board.latestDocument;
      this.latestAt = 0;
    }
    return this.latest[this.latestAt++];
  }

  private takeFrom(top: Stretch): Uint8Array {
    top.to -= 1;
    return this.board.page(top.to);
  }

  private look(): void {
    const end = this.board.end;
    if (end === this.known) return;
    const last = this.wanted.at(-1);
    if (last?.to === this.known) last.to = end;
    else this.wanted.push({ from: this.known, to: end });
    if (this.wanted.length > BOARD_STRETCHES) this.wanted.shift();
    this.known = end;
  }

  /** The newest stretch with a page that is still up. */
  private top(): Stretch | undefined {
    for (;;) {
      const last = this.wanted.at(-1);
      if (last === undefined) return undefined;
      last.from = Math.max(last.from, this.board.start);
      if (last.from < last.to) return last;
      this.wanted.pop();
    }
  }
}
