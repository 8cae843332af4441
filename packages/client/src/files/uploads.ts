/**
 * Bytes of a file that somebody here sends, brought into cells block by block (docs/spec/19-files.md, 5).
 * The host writes the cells and tells when one is on the disk. What was not finished is forgotten with the
 * process; a file is sent when all of it is here.
 */
import { AppError, concat, type Millis, type Rng, randomBytes, randomInt } from '@tacet/base';
import { MAX_UPLOADS, UPLOAD_IDLE } from '../limits.ts';
import type { CellPlace, ProfileStore } from '../ports.ts';
import type { FileFacts } from './facts.ts';
import { BLOCK_BYTES, type Geometry, geometryOf } from './geometry.ts';
import { diskLow, hasRoom } from './room.ts';
import type { BlockRead, FileTable } from './table.ts';
import { blockHash, treeHash } from './tree.ts';

/** A block to be written to its cell. */
export interface BlockWrite {
  readonly cell: number;
  readonly place: CellPlace;
  /** 144,832 bytes. */
  readonly bytes: Uint8Array;
  /** The cell is on the disk. */
  readonly done: () => void;
}

/** What is known of a picture that was made anew (docs/spec/19-files.md, 7). */
export type PictureFacts = { readonly kind: 'picture' } & Required<
  Pick<FileFacts, 'mediaType' | 'preview' | 'dimensions'>
>;

/** What is known of a voice note that was written anew (docs/spec/19-files.md, 9). */
export type VoiceFacts = { readonly kind: 'voice' } & Required<
  Pick<FileFacts, 'mediaType' | 'duration'>
>;

export type MadeFacts = PictureFacts | VoiceFacts;

interface Upload {
  readonly id: number;
  readonly key: Uint8Array;
  readonly secret: Uint8Array;
  readonly geometry: Geometry;
  /** Null: any bytes. */
  readonly made: MadeFacts | null;
  readonly list: Uint8Array[];
  /** Bytes that came. */
  at: number;
  /** The end of them, not in a cell yet. */
  rest: Uint8Array;
  touchedAt: Millis;
}

export interface LoadedFile {
  readonly id: number;
  readonly size: number;
  readonly secret: Uint8Array;
  readonly tree: Uint8Array;
}

export class Uploads {
  private readonly store: ProfileStore;
  private readonly table: FileTable;
  private readonly rng: Rng;
  private readonly room: () => number;
  /** By a number that nobody guesses: programs with a token share this door. */
  private readonly open = new Map<number, Upload>();

  /** @param room bytes left on the disk */
  constructor(store: ProfileStore, table: FileTable, rng: Rng, room: () => number) {
    this.room = room;
    this.store = store;
    this.table = table;
    this.rng = rng;
    // Of a process that ended.
    store.transaction(() => {
      for (const { id } of table.inState('loading')) table.remove(id);
    });
  }

  /**
   * One that its program left behind gives way, the one left for longest first.
   * Throws `file-size`, `uploads-many`, `disk-low`. Answers its number.
   */
  begin(size: number, now: Millis, made: MadeFacts | null = null): number {
    const geometry = geometryOf(size);
    if (this.open.size >= MAX_UPLOADS) this.dropLeft(now);
    if (this.open.size >= MAX_UPLOADS) {
      throw new AppError('uploads-many', 'state', 'too many files are being brought in at once');
    }
    if (!hasRoom(this.room(), size)) throw diskLow();
    const secret = randomBytes(this.rng, 32);
    const key = randomBytes(this.rng, 32);
    const row = { direction: 'out', state: 'loading', size, secret, key, tree: null } as const;
    const id = this.store.transaction(() => this.table.add(row, now));
    const rest = new Uint8Array();
    const handle = 2 ** 32 * (1 + randomInt(this.rng, 2 ** 20)) + randomInt(this.rng, 2 ** 32);
    const touchedAt = now;
    this.open.set(handle, { id, key, secret, geometry, made, list: [], at: 0, rest, touchedAt });
    return handle;
  }

  /**
   * The next bytes, in order. Answers the blocks they made whole: to be written before the next call.
   * Throws `upload-unknown`, `upload-order`.
   */
  put(handle: number, at: number, bytes: Uint8Array, now: Millis): BlockWrite[] {
    const upload = this.upload(handle);
    upload.touchedAt = now;
    if (at !== upload.at || at + bytes.length > upload.geometry.size) {
      throw new AppError('upload-order', 'usage', 'bytes of a file come in order and end with it');
    }
    upload.at += bytes.length;
    upload.rest = concat(upload.rest, bytes);
    const writes: BlockWrite[] = [];
    while (upload.rest.length >= BLOCK_BYTES) {
      const block = upload.rest.slice(0, BLOCK_BYTES);
      upload.rest = upload.rest.slice(BLOCK_BYTES);
      writes.push(this.write(upload, this.hashed(upload, block), block));
    }
    return writes;
  }

  /** The last blocks, when all bytes came: the end of the file, and the list. Throws `upload-short`. */
  finish(handle: number): BlockWrite[] {
    const upload = this.upload(handle);
    const { geometry, rest } = upload;
    if (upload.at !== geometry.size) {
      throw short();
    }
    const first = Math.floor(geometry.size / BLOCK_BYTES);
    if (rest.length > 0 && upload.list.length < geometry.blocks) this.hashed(upload, rest);
    const tail = concat(rest, ...upload.list);
    return Array.from({ length: geometry.cells - first }, (_, n) => {
      const block = new Uint8Array(BLOCK_BYTES);
      block.set(tail.subarray(n * BLOCK_BYTES, (n + 1) * BLOCK_BYTES));
      return this.write(upload, first + n, block);
    });
  }

  /** Bytes it will have. Throws `upload-unknown`. */
  sizeOf(handle: number): number {
    return this.upload(handle).geometry.size;
  }

  /** Null: it was made by neither `picture.remake` nor `voice.remake`. Throws `upload-unknown`. */
  made(handle: number): MadeFacts | null {
    return this.upload(handle).made;
  }

  /** Where its bytes are, in order, when all of them are on the disk. Throws `upload-short`. */
  blocks(handle: number): BlockRead[] {
    const upload = this.upload(handle);
    return Array.from({ length: upload.geometry.blocks }, (_, block) => {
      const read = this.table.readOf(upload, block);
      if (read === null) throw short();
      return read;
    });
  }

  /** What a content says of it. Its blocks must be on the disk. Throws `upload-short`. */
  loaded(handle: number): LoadedFile {
    const { id, geometry, secret, list } = this.upload(handle);
    if (this.table.heldBlocks(id) < geometry.cells) {
      throw short();
    }
    return { id, size: geometry.size, secret, tree: treeHash(geometry.size, concat(...list)) };
  }

  /** It was sent. */
  close(handle: number): void {
    this.open.delete(handle);
  }

  /** Thrown away. */
  cancel(handle: number): void {
    const upload = this.open.get(handle);
    if (upload === undefined) return;
    this.open.delete(handle);
    this.store.transaction(() => this.table.remove(upload.id));
  }

  /** No program is asked whether it still lives. */
  private dropLeft(now: Millis): void {
    const [oldest] = [...this.open].toSorted(([, a], [, b]) => a.touchedAt - b.touchedAt);
    if (oldest === undefined || now - oldest[1].touchedAt < UPLOAD_IDLE) return;
    this.cancel(oldest[0]);
  }

  private hashed(upload: Upload, block: Uint8Array): number {
    const number = upload.list.length;
    upload.list.push(blockHash(number, block));
    return number;
  }

  private write(upload: Upload, block: number, bytes: Uint8Array): BlockWrite {
    const { id, key } = upload;
    const cell = this.store.transaction(() => this.table.cellFor(id, block));
    return {
      cell,
      place: { key, file: id, block },
      bytes,
      done: () => this.store.transaction(() => this.table.held(id, block)),
    };
  }

  private upload(handle: number): Upload {
    const upload = this.open.get(handle);
    if (upload !== undefined) return upload;
    throw new AppError('upload-unknown', 'missing', 'no such file is being brought in');
  }
}

function short(): AppError {
  return new AppError('upload-short', 'usage', 'bytes of the file are missing');
}
