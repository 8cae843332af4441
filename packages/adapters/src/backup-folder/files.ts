/** Files of a backup's folder: each whole and on the disk when it is said to be, whatever ends the program. */
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, hex, type Rng, randomBytes } from '@tacet/base';
import { openBox, sealBox } from '@tacet/crypto';
import { damaged, fromSystem } from './errors.ts';
import type { PieceRef } from './form.ts';
import { HEAD_BYTES, ID_BYTES, KEY_BYTES, NONCE_BYTES, PIECE_BYTES } from './limits.ts';

const HEAD = '0.head';
const NEXT_HEAD = '0.head.new';
const PIECE_NAME = /^[0-9a-f]{32}$/;
const PIECE_FILE_BYTES = NONCE_BYTES + PIECE_BYTES + 16;
/** Of all pieces, so that times do not tell filling from the rest: 2020-01-01. */
const SAME_DAY = new Date(Date.UTC(2020, 0, 1));
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export class BackupFiles {
  private readonly dir: string;
  private readonly rng: Rng;

  constructor(dir: string, rng: Rng) {
    this.dir = dir;
    this.rng = rng;
  }

  /** Makes the folder where there is none. Throws `backup-folder-other` where something else is in it. */
  async prepare(): Promise<void> {
    await ours(async () => {
      if ((await mkdir(this.dir, { recursive: true, mode: FOLDER_MODE })) !== undefined) {
        await chmod(this.dir, FOLDER_MODE);
      }
      const names = await readdir(this.dir);
      if (names.every(isOurs)) return;
      const message = 'something else is in that folder; choose one that is empty or not there';
      throw new AppError('backup-folder-other', 'usage', message);
    });
  }

  /** Null where there is none. */
  async head(): Promise<Uint8Array | null> {
    const bytes = await this.read(HEAD, HEAD_BYTES);
    if (bytes !== null && bytes.length !== HEAD_BYTES) throw damaged();
    return bytes;
  }

  /** A crash leaves the head of before or this one. */
  async putHead(bytes: Uint8Array): Promise<void> {
    await ours(async () => {
      await unlink(join(this.dir, NEXT_HEAD)).catch(ignoreMissing);
      await this.write(NEXT_HEAD, bytes);
      await rename(join(this.dir, NEXT_HEAD), join(this.dir, HEAD));
      await this.sync();
    });
  }

  /** Names of pieces, those of the wrong length left out. */
  async names(): Promise<Set<string>> {
    return await ours(async () => {
      const found = new Set<string>();
      for (const name of await readdir(this.dir)) {
        if (!PIECE_NAME.test(name)) continue;
        const stat = await lstat(join(this.dir, name));
        if (stat.isFile() && stat.size === PIECE_FILE_BYTES) found.add(name);
      }
      return found;
    });
  }

  /** Removes every file of ours but the head and these. */
  async keepOnly(names: ReadonlySet<string>, removed: () => void): Promise<void> {
    await ours(async () => {
      for (const name of await readdir(this.dir)) {
        if (name === HEAD || names.has(name) || !isOurs(name)) continue;
        await unlink(join(this.dir, name)).catch(ignoreMissing);
        removed();
      }
      await this.sync();
    });
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) await unlink(join(this.dir, name)).catch(() => undefined);
  }

  /** A new name and key. */
  newRef(): PieceRef {
    return { id: randomBytes(this.rng, ID_BYTES), key: randomBytes(this.rng, KEY_BYTES) };
  }

  /** @param plain PIECE_BYTES */
  seal({ id, key }: PieceRef, plain: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(PIECE_FILE_BYTES);
    const nonce = this.rng.fill(bytes.subarray(0, NONCE_BYTES));
    bytes.set(sealBox(key, nonce, plain, id), NONCE_BYTES);
    return bytes;
  }

  filling(): Uint8Array {
    return randomBytes(this.rng, PIECE_FILE_BYTES);
  }

  /** On the disk when it resolves; its name after `sync`. */
  async put(id: Uint8Array, bytes: Uint8Array): Promise<void> {
    await ours(() => this.write(hex(id), bytes));
  }

  /** Null for what is missing, damaged, or not what stood there. */
  async get({ id, key }: PieceRef): Promise<Uint8Array | null> {
    const bytes = await this.read(hex(id), PIECE_FILE_BYTES);
    if (bytes?.length !== PIECE_FILE_BYTES) return null;
    return openBox(key, bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES), id);
  }

  async sync(): Promise<void> {
    // Windows does it by itself and refuses the call.
    if (process.platform === 'win32') return;
    await ours(async () => {
      const folder = await open(this.dir, 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    });
  }

  private async write(name: string, bytes: Uint8Array): Promise<void> {
    const file = await open(join(this.dir, name), 'wx', FILE_MODE);
    try {
      await file.writeFile(bytes);
      if (PIECE_NAME.test(name)) await file.utimes(SAME_DAY, SAME_DAY);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** At most one byte more than asked for; null where there is no file. A link is none. */
  private async read(name: string, length: number): Promise<Uint8Array | null> {
    return await ours(async () => {
      // A pipe in its place would keep whoever opens it waiting for ever, and with it whoever waits behind.
      const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
      const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
      const file = await open(join(this.dir, name), flags).catch(ignoreMissing);
      if (file === undefined) return null;
      try {
        if (!(await file.stat()).isFile()) return null;
        const bytes = new Uint8Array(length + 1);
        let at = 0;
        for (;;) {
          const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
          at += bytesRead;
          if (bytesRead === 0 || at === bytes.length) return bytes.subarray(0, at);
        }
      } finally {
        await file.close();
      }
    });
  }
}

function isOurs(name: string): boolean {
  return PIECE_NAME.test(name) || name === HEAD || name === NEXT_HEAD;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')) return undefined;
  throw error;
}

async function ours<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromSystem(error);
  }
}
