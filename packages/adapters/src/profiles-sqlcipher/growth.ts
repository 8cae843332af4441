/**
 * Data files of all slots grow together while one of them is open (docs/spec/10-store.md, 9). SQLite takes the
 * pages behind the last one for free as long as the file had them when it was opened, and cuts away what came
 * later: so a database is closed for the moment in which the files grow.
 */
import { closeSync, fstatSync, fsyncSync, openSync, statfsSync } from 'node:fs';
import type { Database } from '@signalapp/sqlcipher';
import type { Rng } from '@tacet/base';
import { openDatabase } from './database.ts';
import { codeOf } from './errors.ts';
import { DATA_GROWTH, DATA_MARGIN, DATA_STEP, GROWTH_SPARE, PAGE_BYTES, SLOTS } from './limits.ts';
import { appendUpTo } from './sizes.ts';
import type { StoreGrowth } from './store.ts';

const PIECE_BYTES = 262_144;

export interface GrowthParts {
  /** Data files of all slots. */
  readonly paths: readonly string[];
  /** The open one's place among them. */
  readonly slot: number;
  /** Wiped by its owner when the profile is closed. */
  readonly databaseKey: Uint8Array;
  readonly rng: Rng;
  /** Pages of the first step. */
  readonly first?: number | undefined;
}

export class EvenGrowth implements StoreGrowth {
  private readonly parts: GrowthParts;
  /**
   * Of the open slot's file, opened before SQLite's and closed after it: closing any handle of a file drops
   * the locks that SQLite has on it.
   */
  private readonly own: number;
  private readonly step: number;
  private readonly margin: number;
  /** Pages of the database. */
  private pages: number;
  /** Pages its file has. */
  private held = 0;

  /** @param pages of the database, also of those its log has */
  constructor(parts: GrowthParts, pages: number) {
    const first = parts.first ?? DATA_STEP;
    this.parts = parts;
    this.step = Math.ceil(first * DATA_GROWTH);
    this.margin = Math.ceil(first * DATA_MARGIN);
    this.pages = pages;
    this.own = openSync(this.path, 'r+');
    try {
      // Half a page is left where a growth was killed.
      this.quietly(() => {
        appendUpTo(
          this.own,
          Math.ceil(fstatSync(this.own).size / PAGE_BYTES) * PAGE_BYTES,
          parts.rng,
        );
      });
      this.look();
      if (pages > this.held) this.reach();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  isDue(): boolean {
    return this.pages + this.margin > this.held && this.isRoom(this.step);
  }

  lengthen(): void {
    this.allTo(this.held + this.step);
  }

  isBeyond(pages: number): boolean {
    this.pages = pages;
    return pages > this.held;
  }

  reach(): void {
    if (this.isRoom(this.pages - this.held)) this.allTo(this.pages);
    // Without room SQLite lengthens the one file; the others follow when it is closed.
    this.held = Math.max(this.held, this.pages);
  }

  /** Whether all files hold a database of so many pages. */
  holds(pages: number): boolean {
    return pages <= this.held;
  }

  lengthenFor(pages: number): void {
    this.allTo(Math.max(pages, this.held));
  }

  open(): Database {
    return openDatabase(this.path, this.parts.databaseKey);
  }

  /** After SQLite closed the file. */
  close(): void {
    closeSync(this.own);
  }

  private get path(): string {
    const path = this.parts.paths[this.parts.slot];
    if (path === undefined) throw new RangeError(`no slot ${this.parts.slot}`);
    return path;
  }

  /** In one order, each on the disk before the next. */
  private allTo(pages: number): void {
    const { paths, slot, rng } = this.parts;
    this.quietly(() => {
      for (const [at, path] of paths.entries()) {
        const file = at === slot ? this.own : openSync(path, 'r+');
        try {
          grow(file, pages * PAGE_BYTES, rng);
        } finally {
          if (at !== slot) closeSync(file);
        }
      }
    });
    this.look();
  }

  private isRoom(pages: number): boolean {
    try {
      const { bavail, bsize } = statfsSync(this.path);
      return bavail * bsize >= SLOTS * pages * PAGE_BYTES + GROWTH_SPARE;
    } catch (error) {
      if (codeOf(error) === '') throw error;
      return false;
    }
  }

  private look(): void {
    this.held = Math.floor(fstatSync(this.own).size / PAGE_BYTES);
  }

  /** What the system refuses leaves lengths apart, and stops nobody from writing. */
  private quietly(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (codeOf(error) === '') throw error;
    }
  }
}

function grow(file: number, length: number, rng: Rng): void {
  const { size } = fstatSync(file);
  if (size >= length) return;
  for (let at = size; at < length; at += PIECE_BYTES) {
    appendUpTo(file, Math.min(at + PIECE_BYTES, length), rng);
  }
  fsyncSync(file);
}
