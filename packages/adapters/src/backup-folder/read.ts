/** Opening a backup (docs/spec/20-recovery.md, 2): a head its root opens, a list that belongs to it, bodies piece by piece. */
import { isAppError } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { backupMissing, damaged, phraseWrong } from './errors.ts';
import { BackupFiles } from './files.ts';
import { type BodyPiece, decodeList, type Head, type List, listBytes, openHead } from './form.ts';
import { PIECE_BYTES, SALT_BYTES } from './limits.ts';

export interface OpenedBackup {
  readonly head: Head;
  readonly list: List;
}

/** The salt for a phrase. Throws `backup-missing`, `backup-damaged`. */
export async function backupSalt(dir: string): Promise<Uint8Array> {
  const head = await new BackupFiles(dir, systemRng).head();
  if (head === null) throw backupMissing();
  return head.slice(0, SALT_BYTES);
}

/** Throws `backup-missing`, `recovery-phrase-wrong`, `backup-damaged`, `backup-newer-form`. */
export async function openBackup(dir: string, root: Uint8Array): Promise<Backup> {
  const files = new BackupFiles(dir, systemRng);
  const bytes = await files.head();
  if (bytes === null) throw backupMissing();
  const opened = await openWith(files, bytes, root);
  if (opened === null) throw phraseWrong();
  return new Backup(files, opened);
}

/** Null for a head the root does not open. */
export async function openWith(
  files: BackupFiles,
  bytes: Uint8Array,
  root: Uint8Array,
): Promise<OpenedBackup | null> {
  try {
    const head = openHead(root, bytes);
    if (head === null) return null;
    const list = new Uint8Array(head.list.length * PIECE_BYTES);
    for (const [i, ref] of head.list.entries()) {
      const plain = await files.get(ref);
      if (plain === null) throw damaged();
      list.set(plain, i * PIECE_BYTES);
    }
    if (listBytes(head) > list.length) throw damaged();
    return { head, list: decodeList(head, list) };
  } catch (error) {
    throw isAppError(error, 'malformed') ? damaged() : error;
  }
}

export type Body = 'data' | 'cells';

export class Backup {
  readonly head: Head;
  private readonly files: BackupFiles;
  private readonly list: List;

  constructor(files: BackupFiles, { head, list }: OpenedBackup) {
    this.files = files;
    this.head = head;
    this.list = list;
  }

  /** Pieces of both bodies. */
  get pieces(): number {
    return this.list.data.length + this.list.cells.length;
  }

  /** The bytes of a body, in order; the last piece only as far as it is one. Throws `backup-damaged`. */
  async *read(body: Body): AsyncGenerator<Uint8Array> {
    let left = body === 'data' ? this.head.dataBytes : this.head.cellsBytes;
    for (const piece of this.list[body]) {
      yield (await this.piece(piece)).subarray(0, left);
      left -= PIECE_BYTES;
    }
  }

  private async piece(piece: BodyPiece): Promise<Uint8Array> {
    const plain = await this.files.get(piece);
    if (plain === null) throw damaged();
    return plain;
  }
}
