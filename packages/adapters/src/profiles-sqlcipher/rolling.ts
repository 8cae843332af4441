/**
 * The rolling copies of one slot (docs/spec/10-store.md, 10): two whole copies of the database's pages, of
 * different days. One of them is written in its place while the other stands; a copy counts when its head
 * is written, last of all, and ends when that is overwritten, first of all.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError, type Millis, type Rng, randomBytes } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import type { RollingCopies, RollingRequest } from './contract.ts';
import { fromSystem } from './errors.ts';
import { FILE_MODE } from './files.ts';
import {
  HEAD_BYTES,
  KEY_BYTES,
  PAGE_BYTES,
  ROLLING_AHEAD,
  ROLLING_CHUNK,
  ROLLING_EVERY,
  ROLLING_LIFE,
  ROLLING_OLDER,
  ROLLING_SPARE,
} from './limits.ts';
import { openRollingHead, rollingBytes, sealChunk, sealRollingHead } from './rolling-form.ts';
import type { Piece } from './sizes.ts';

export interface RollingParts {
  readonly paths: readonly string[];
  readonly databaseKey: Uint8Array;
  readonly rng: Rng;
  /** Bytes left on the disk for this slot. */
  readonly room: () => number;
  /** Makes the copies of all slots long enough for so many chunks: pieces of a millisecond. */
  readonly level: (chunks: number) => Iterable<Piece>;
  /** Throws when the profile was closed. */
  readonly assertOpen: () => void;
}

/** Null: there is none in that file. */
type Moments = readonly (Millis | null)[];

export class Rolling implements RollingCopies {
  private readonly parts: RollingParts;

  constructor(parts: RollingParts) {
    this.parts = parts;
  }

  async kept(): Promise<readonly Millis[]> {
    const moments = await this.moments();
    return moments.filter((at) => at !== null).toSorted((a, b) => b - a);
  }

  async due(now: Millis): Promise<boolean> {
    return replaced(await this.moments(), now) !== null;
  }

  async expire(now: Millis): Promise<void> {
    for (const [which, at] of (await this.moments()).entries()) {
      if (at === null || isOfLife(at, now)) continue;
      await this.on(which, (file) => this.erase(file));
    }
  }

  async make(request: RollingRequest): Promise<void> {
    const which = replaced(await this.moments(), request.at);
    if (which === null) return;
    const chunks = Math.ceil(request.data.bytes / ROLLING_CHUNK);
    // All of it before anything is given up: damage must not cost a copy.
    for (let n = 0; n < chunks; n++) await this.pages(request, n, () => undefined);
    await this.on(which, async (file) => {
      const grows = Math.max(0, rollingBytes(chunks) - (await file.stat()).size);
      // Both of each slot grow.
      if (this.parts.room() < this.parts.paths.length * grows + ROLLING_SPARE) throw noRoom();
      // What the disk has no room for is known before anything is given up, and closing has less to do.
      for (const piece of this.parts.level(chunks)) {
        await request.turn(piece);
        this.alive(request);
      }
      // From here on the copy of before is none.
      await this.erase(file);
      const key = randomBytes(this.parts.rng, KEY_BYTES);
      try {
        await this.write(file, request, key, chunks);
        const head = { at: Math.floor(request.at), pages: request.data.bytes / PAGE_BYTES, key };
        const { databaseKey, rng } = this.parts;
        await put(file, sealRollingHead(databaseKey, which, head, rng), 0);
        await file.datasync();
      } finally {
        wipe(key);
      }
    });
  }

  private async write(
    file: FileHandle,
    request: RollingRequest,
    key: Uint8Array,
    chunks: number,
  ): Promise<void> {
    for (let n = 0; n < chunks; n++) {
      const seal = (pages: Uint8Array) => sealChunk(key, n, pages, this.parts.rng);
      await put(file, await this.pages(request, n, seal), rollingBytes(n));
    }
    await file.datasync();
    this.alive(request);
  }

  /** What becomes of a chunk's pages, which were looked over. */
  private async pages<T>(
    request: RollingRequest,
    chunk: number,
    work: (pages: Uint8Array) => T,
  ): Promise<T> {
    this.alive(request);
    const { data, turn } = request;
    const at = chunk * ROLLING_CHUNK;
    const pages = await data.read(at, Math.min(ROLLING_CHUNK, data.bytes - at));
    return await turn(() => {
      data.check(at, pages);
      return work(pages);
    });
  }

  private async erase(file: FileHandle): Promise<void> {
    await put(file, randomBytes(this.parts.rng, HEAD_BYTES), 0);
    await file.datasync();
  }

  private async moments(): Promise<Moments> {
    const moments: (Millis | null)[] = [];
    for (const which of this.parts.paths.keys()) {
      const bytes = await this.on(which, (file) => readHead(file));
      this.parts.assertOpen();
      const head = openRollingHead(this.parts.databaseKey, which, bytes);
      if (head !== null) wipe(head.key);
      moments.push(head?.at ?? null);
    }
    return moments;
  }

  private async on<T>(which: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
    try {
      const path = this.parts.paths[which];
      if (path === undefined) throw new RangeError(`no rolling copy ${which}`);
      const file = await open(path, constants.O_RDWR | constants.O_CREAT, FILE_MODE);
      try {
        return await work(file);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw fromSystem(error);
    }
  }

  private alive({ signal }: RollingRequest): void {
    this.parts.assertOpen();
    if (!signal.aborted) return;
    throw new AppError('rolling-ended', 'state', 'the rolling copy was ended; another one is kept');
  }
}

/**
 * The file that the next copy goes into; null while none is due. The newer one is made anew each day, until
 * the older one has had its days.
 */
export function replaced(moments: Moments, now: Millis): number | null {
  const kept = moments.map((at) => (at !== null && isOfLife(at, now) ? at : null));
  const known = kept.filter((at) => at !== null);
  const newest = Math.max(...known);
  if (known.length > 0 && now - newest < ROLLING_EVERY) return null;
  const free = kept.indexOf(null);
  if (free >= 0) return free;
  const oldest = Math.min(...known);
  return kept.indexOf(now - oldest >= ROLLING_OLDER ? oldest : newest);
}

function isOfLife(at: Millis, now: Millis): boolean {
  return at <= now + ROLLING_AHEAD && now - at < ROLLING_LIFE;
}

/** The first bytes of it, fewer where it is short. */
async function readHead(file: FileHandle): Promise<Uint8Array> {
  const bytes = new Uint8Array(HEAD_BYTES);
  const { bytesRead } = await file.read(bytes, 0, HEAD_BYTES, 0);
  return bytes.subarray(0, bytesRead);
}

async function put(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const left = bytes.length - done;
    const { bytesWritten } = await file.write(bytes, done, left, at + done);
    done += bytesWritten;
  }
}

function noRoom(): AppError {
  const message = 'there is too little room on the disk for a rolling copy; the last one is kept';
  return new AppError('rolling-room', 'storage', message);
}
