/**
 * Pages of a damaged store (docs/spec/20-recovery.md, 12): each from where its newest writing still holds.
 * Only reads. A page of an earlier writing is never put among those of the present one.
 */
import { existsSync } from 'node:fs';
import type { Millis } from '@tacet/base';
import { profileUnreadable } from '../errors.ts';
import { LOG_FRAME_BYTES, LOG_HEADER_BYTES, PAGE_BYTES } from '../limits.ts';
import { PageAuthority, sameWriting } from '../pages.ts';
import { RollingReader } from '../rolling-read.ts';
import { SlicedFile } from '../sliced.ts';
import { frameOf, headerOf } from '../wal.ts';

/** Pages of one moment, as SQLite has them. */
export interface Pages {
  /** How many there are. */
  readonly count: number;
  /** From 1; null for what is damaged, or was none. */
  page(number: number): Uint8Array | null;
}

/** A rolling copy. */
export interface CopiedPages extends Pages {
  readonly at: Millis;
}

const PAGES_AT = 28;
const SALT_BYTES = 16;
/** Pages tried to find out which salt is the file's. */
const TRIED = 64;

export class DamagedStore implements Pages {
  readonly count: number;
  /** Rolling copies, the newest first. */
  readonly copies: readonly CopiedPages[];
  /** Moments before the present one, to be read row by row: the newest first. */
  readonly earlier: readonly Pages[];
  /** Pages that do not hold, and those of them that a copy had in the same writing. */
  readonly damaged = new Set<number>();
  readonly repaired = new Set<number>();
  /** Frames of the log that do not hold. */
  readonly brokenFrames: number;
  /** Their pages: what the data file has of them is older. */
  private readonly stale: ReadonlySet<number>;
  private readonly data: SlicedFile | null;
  private readonly log: SlicedFile | null;
  private readonly frames: ReadonlyMap<number, number>;
  private readonly readers: readonly RollingReader[];
  private readonly authority: PageAuthority;

  /** Throws `profile-unreadable` where not one page holds, `profile-storage-failed`. */
  constructor(
    files: { readonly data: string; readonly rolling: readonly string[] },
    databaseKey: Uint8Array,
  ) {
    this.data = existsSync(files.data) ? new SlicedFile(files.data) : null;
    const log = `${files.data}-wal`;
    this.log = existsSync(log) ? new SlicedFile(log) : null;
    this.readers = files.rolling
      .flatMap((path, which) =>
        existsSync(path) ? (RollingReader.open(path, which, databaseKey) ?? []) : [],
      )
      .sort((a, b) => b.at - a.at);
    try {
      this.authority = this.authorityOf(databaseKey);
    } catch (error) {
      this.closeFiles();
      throw error;
    }
    const { frames, size, broken, stale } = this.readLog();
    this.frames = frames;
    this.brokenFrames = broken;
    this.stale = stale;
    this.copies = this.readers.map((reader) => ({
      at: reader.at,
      count: reader.pages,
      page: (number) => this.openOf(reader, number),
    }));
    const before = {
      count: Math.floor((this.data?.size ?? 0) / PAGE_BYTES),
      page: (number: number) => this.authority.open(this.inData(number), number),
    };
    this.earlier = stale.size > 0 ? [before, ...this.copies] : this.copies;
    // A transaction of the log counts what stands behind the pages as well.
    this.count = this.said(this.page(1)) ?? size ?? this.guessed();
  }

  page(number: number): Uint8Array | null {
    const frame = this.frames.get(number);
    if (frame !== undefined) return this.authority.open(this.inLog(frame), number);
    if (this.stale.has(number)) return null;
    const raw = this.inData(number);
    const plain = this.authority.open(raw, number);
    if (plain !== null) return plain;
    this.damaged.add(number);
    for (const reader of this.readers) {
      const copied = reader.page(number);
      if (copied === null || !sameWriting(raw, copied)) continue;
      const whole = this.authority.open(copied, number);
      if (whole === null) continue;
      this.repaired.add(number);
      return whole;
    }
    return null;
  }

  close(): void {
    this.authority.wipe();
    this.closeFiles();
  }

  private closeFiles(): void {
    for (const file of [this.data, this.log, ...this.readers]) file?.close();
  }

  private openOf(reader: RollingReader, number: number): Uint8Array | null {
    const page = reader.page(number);
    return page === null ? null : this.authority.open(page, number);
  }

  /** The salt of the file may itself be damaged: copies and the log have it, too. */
  private authorityOf(databaseKey: Uint8Array): PageAuthority {
    const firsts = [this.inData(1), ...this.readers.map((reader) => reader.page(1))];
    if (this.log !== null && this.log.size >= LOG_HEADER_BYTES + LOG_FRAME_BYTES) {
      firsts.push(this.inLog(0));
    }
    for (const first of firsts) {
      if (first === null || first.length < SALT_BYTES) continue;
      const authority = new PageAuthority(databaseKey, first);
      if (this.anyHolds(authority)) return authority;
      authority.wipe();
    }
    throw profileUnreadable();
  }

  private anyHolds(authority: PageAuthority): boolean {
    for (let number = 1; number <= TRIED; number++) {
      for (const page of [this.inData(number), ...this.readers.map((one) => one.page(number))]) {
        if (page?.length === PAGE_BYTES && authority.holds(page, number)) return true;
      }
    }
    return false;
  }

  /** The last whole frame of each page up to the last that ends a transaction. */
  private readLog() {
    const frames = new Map<number, number>();
    const { log } = this;
    if (log === null || log.size < LOG_HEADER_BYTES + LOG_FRAME_BYTES) {
      return { frames, size: null, broken: 0, stale: new Set<number>() };
    }
    const { little, salts, holds } = headerOf(log.exactly(0, LOG_HEADER_BYTES));
    const frame = (n: number) =>
      frameOf(log.exactly(LOG_HEADER_BYTES + n * LOG_FRAME_BYTES, LOG_FRAME_BYTES), little);
    const count = Math.floor((log.size - LOG_HEADER_BYTES) / LOG_FRAME_BYTES);
    const own = holds ? salts : frame(0).salts;
    const stale = new Set<number>();
    // Of each page the last frame; null for one that does not hold.
    const waiting = new Map<number, number | null>();
    let size: number | null = null;
    let broken = 0;
    let torn = 0;
    for (let n = 0; n < count; n++) {
      const one = frame(n);
      if (one.salts !== own) continue;
      const holds = this.authority.holds(one.page, one.number);
      const number = holds ? one.number : this.numberOf(one.page);
      if (!holds) torn += 1;
      waiting.set(number ?? one.number, number === null ? null : n);
      if (one.commit === 0) continue;
      // What follows the last of these was never said to be saved.
      for (const [page, at] of waiting) {
        if (at === null) frames.delete(page);
        else frames.set(page, at);
        if (at === null) stale.add(page);
        else stale.delete(page);
      }
      waiting.clear();
      size = one.commit;
      broken += torn;
      torn = 0;
    }
    return { frames, size, broken, stale };
  }

  /** Of a page whose frame may be wrong about it alone; null where it is none. */
  private numberOf(page: Uint8Array): number | null {
    const last = Math.floor(((this.data?.size ?? 0) + (this.log?.size ?? 0)) / PAGE_BYTES);
    for (let number = 1; number <= last; number++) {
      if (this.authority.holds(page, number)) return number;
    }
    return null;
  }

  private said(first: Uint8Array | null): number | null {
    if (first === null) return null;
    const pages = new DataView(first.buffer, first.byteOffset).getUint32(PAGES_AT);
    return pages === 0 ? null : pages;
  }

  /** Random bytes may stand behind the pages: they do not hold, and count for nothing. */
  private guessed(): number {
    const inData = Math.floor((this.data?.size ?? 0) / PAGE_BYTES);
    let last = 0;
    for (let number = 1; number <= inData; number++) {
      if (this.authority.holds(this.inData(number), number)) last = number;
    }
    return Math.max(last, ...this.copies.map(({ count }) => count), ...this.frames.keys());
  }

  private inData(number: number): Uint8Array {
    try {
      return this.data?.upTo((number - 1) * PAGE_BYTES, PAGE_BYTES).slice() ?? new Uint8Array();
    } catch {
      // A sector the disk does not give.
      return new Uint8Array();
    }
  }

  private inLog(frame: number): Uint8Array {
    const at = LOG_HEADER_BYTES + frame * LOG_FRAME_BYTES + LOG_FRAME_BYTES - PAGE_BYTES;
    return this.log?.upTo(at, PAGE_BYTES).slice() ?? new Uint8Array();
  }
}
