/**
 * Looking a profile over without SQLite (docs/spec/10-store.md, 4): every page must be one the key made.
 * The log and the first pages before SQLite opens the files, which writes; the others behind the opening.
 * The data file's handle is opened before SQLite's and closed after it: closing any handle of a file drops
 * the locks that SQLite has on it.
 */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { profileUnreadable } from './errors.ts';
import { PAGE_BYTES, SLICE_PAGES, SLICE_PAUSE } from './limits.ts';
import { PageAuthority } from './pages.ts';
import { SlicedFile } from './sliced.ts';
import { type LogContent, readLog } from './wal.ts';

const NO_LOG: LogContent = { pages: new Set(), size: null, first: null };

export class PageCheck {
  private readonly data: SlicedFile;
  private readonly authority: PageAuthority;
  private log = NO_LOG;
  /** Pages of the database. */
  private size = 0;
  private closed = false;

  private constructor(path: string, databaseKey: Uint8Array) {
    this.data = new SlicedFile(path);
    try {
      this.authority = new PageAuthority(databaseKey, this.data.exactly(0, PAGE_BYTES));
    } catch (error) {
      this.data.close();
      throw error;
    }
  }

  /** What must be known before SQLite may open the files. Throws `profile-unreadable`. */
  static async begin(path: string, databaseKey: Uint8Array): Promise<PageCheck> {
    const check = new PageCheck(path, databaseKey);
    try {
      check.log = await logOf(`${path}-wal`, check.authority);
      // What stands behind the pages of the database is nobody's (9), and transactions of the log count it as well.
      const first = check.log.first ?? check.data.exactly(0, PAGE_BYTES);
      check.size = check.authority.pagesOf(first);
      if (check.log.size !== null && check.log.size < check.size) throw profileUnreadable();
      check.refuseCut();
      check.slice(1);
      return check;
    } catch (error) {
      check.close();
      throw error;
    }
  }

  /**
   * The pages behind the first, a slice at a time; ends early when it is closed. What was committed since the
   * opening is whole pages too: they are copied into the data file between two slices, never during one.
   * Throws `profile-unreadable`.
   * @param between slices: a pause, beside an open profile; others have a turn, where it is waited for
   */
  async rest(between: () => Promise<unknown> = () => pause(SLICE_PAUSE)): Promise<void> {
    try {
      for (let from = 1 + SLICE_PAGES; from <= this.size; from += SLICE_PAGES) {
        await between();
        if (this.closed) return;
        this.slice(from);
      }
    } finally {
      this.authority.wipe();
    }
  }

  /** Pages of the database. */
  get pages(): number {
    return this.size;
  }

  /** When SQLite has closed the files. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.authority.wipe();
    this.data.close();
  }

  /** Each page is in the log or within the data file. */
  private refuseCut(): void {
    const there = Math.floor(this.data.size / PAGE_BYTES);
    for (let number = there + 1; number <= this.size; number++) {
      if (!this.log.pages.has(number)) throw profileUnreadable();
    }
  }

  /** A page the log holds may be torn in the data file: it was being copied there. */
  private slice(from: number): void {
    const slice = this.data.upTo((from - 1) * PAGE_BYTES, SLICE_PAGES * PAGE_BYTES);
    for (let i = 0; i < SLICE_PAGES && from + i <= this.size; i++) {
      if (this.log.pages.has(from + i)) continue;
      const page = slice.subarray(i * PAGE_BYTES, (i + 1) * PAGE_BYTES);
      if (page.length < PAGE_BYTES || !this.authority.holds(page, from + i)) {
        throw profileUnreadable();
      }
    }
  }
}

async function logOf(path: string, authority: PageAuthority): Promise<LogContent> {
  if (!existsSync(path)) return NO_LOG;
  const log = new SlicedFile(path);
  try {
    const content = await readLog(log, authority);
    if (content === null) throw profileUnreadable();
    return content;
  } finally {
    log.close();
  }
}
