/**
 * Making a backup (docs/spec/20-recovery.md, 4). Nothing the last one needs is touched before the new
 * head stands in its place; whatever ends this earlier leaves that one whole.
 */
import { AppError, equalBytes, hex, isAppError, type Rng } from '@tacet/base';
import { equalSecret, hashKeyed, systemRng } from '@tacet/crypto';
import { phraseWrong } from './errors.ts';
import { BackupFiles } from './files.ts';
import {
  type BodyPiece,
  encodeList,
  type Head,
  type List,
  listBytes,
  type PieceRef,
  pieces,
  sealHead,
  stepFor,
} from './form.ts';
import { KEY_BYTES, MAX_LIST_PIECES, PIECE_BYTES } from './limits.ts';
import { openWith } from './read.ts';

/** Bytes that are to be kept. */
export interface BackupBody {
  readonly bytes: number;
  /** `length` bytes from `at`; throws when they are not what they should be. */
  read(at: number, length: number): Promise<Uint8Array>;
}

export interface BackupRequest {
  readonly dir: string;
  readonly salt: Uint8Array;
  /** Of the phrase and that salt. */
  readonly root: Uint8Array;
  /** Of the phrase of before, whose backup may stand in the folder. */
  readonly formerRoot: Uint8Array | null;
  /** Of the last backup this profile knows it made; 0 for none. */
  readonly lastNumber: number;
  /** Of one that may have been made without its knowing: what `onHead` was told. */
  readonly pending: Uint8Array | null;
  /** Before the new head is written: what is told here is kept first. */
  readonly onHead: (pending: Uint8Array) => Promise<void>;
  readonly at: number;
  readonly databaseKey: Uint8Array;
  readonly data: BackupBody;
  /** Null: no file has bytes here, or without files. */
  readonly cells: BackupBody | null;
  readonly withFiles: boolean;
  /** Every piece is written anew. */
  readonly whole: boolean;
  readonly signal: AbortSignal;
  /** Does a piece of a processor's work, when there is room for it. */
  readonly work: <T>(piece: () => T) => Promise<T>;
  readonly onProgress: (done: number, total: number) => void;
  readonly rng?: Rng;
}

export interface BackupMade {
  readonly number: number;
  /** Pieces that hold something, those of them that were written now, and all of the folder. */
  readonly pieces: number;
  readonly written: number;
  readonly folder: number;
}

const NOTHING: List = { data: [], cells: [], filling: [] };

/**
 * Throws `backup-folder-other`, `backup-folder-foreign`, `backup-folder-full`, `backup-folder-failed`,
 * `backup-ahead`, `backup-ended`, `backup-large`, and what the bodies throw.
 */
export async function writeBackup(request: BackupRequest): Promise<BackupMade> {
  const files = new BackupFiles(request.dir, request.rng ?? systemRng);
  await files.prepare();
  const writing = new Writing(request, files);
  try {
    return await writing.run();
  } catch (error) {
    // What nothing leads to; the next backup removes what cannot be removed now.
    if (!writing.stands) await files.remove(writing.made);
    throw error;
  }
}

class Writing {
  /** The new head is in its place. */
  stands = false;
  /** Names of what was written. */
  readonly made: string[] = [];
  private readonly request: BackupRequest;
  private readonly files: BackupFiles;
  private written = 0;
  private done = 0;

  constructor(request: BackupRequest, files: BackupFiles) {
    this.request = request;
    this.files = files;
  }

  async run(): Promise<BackupMade> {
    const { request, files } = this;
    const { number, list } = await this.last();
    const there = await files.names();
    const known = request.whole ? NOTHING : list;
    const data = await this.body(request.data, known.data, there);
    const cells = request.cells === null ? [] : await this.body(request.cells, known.cells, there);
    const next = await this.fill(data, cells, list.filling, there);
    const refs = await this.list(next);
    await files.sync();
    const { dataBytes, cellsBytes } = this.sizes();
    const head = {
      number: number + 1,
      at: request.at,
      dataBytes,
      cellsBytes,
      withFiles: request.withFiles,
      databaseKey: request.databaseKey,
      filling: next.filling.length,
      list: refs,
    };
    const [first] = refs;
    if (first !== undefined) await request.onHead(first.id);
    this.alive();
    const bytes = sealHead(request.root, request.salt, head, request.rng ?? systemRng);
    await files.putHead(bytes);
    this.stands = true;
    const ids = [...data, ...cells, ...refs].map(({ id }) => id);
    const names = new Set([...ids, ...next.filling].map(hex));
    await files.keepOnly(names, () => undefined);
    return {
      number: head.number,
      pieces: data.length + cells.length,
      written: this.written,
      folder: names.size,
    };
  }

  /** Of the last one in the folder. */
  private async last(): Promise<{ readonly number: number; readonly list: List }> {
    const { root, formerRoot, lastNumber } = this.request;
    const none = { number: lastNumber, list: NOTHING };
    const bytes = await this.head();
    if (bytes === null) return none;
    for (const one of [root, formerRoot]) {
      if (one === null) continue;
      const opened = await openWith(this.files, bytes, one).catch((error: unknown) => {
        // Its head was ours: all of it is made anew.
        if (isAppError(error, 'backup-damaged')) return 'damaged' as const;
        throw error;
      });
      if (opened === 'damaged') return none;
      if (opened === null) continue;
      opened.head.databaseKey.fill(0);
      const { number } = opened.head;
      if (number <= lastNumber) return { number: lastNumber, list: opened.list };
      if (!this.isPending(opened.head)) throw ahead();
      return { number, list: opened.list };
    }
    const message = `${phraseWrong().message}: choose another folder`;
    throw new AppError('backup-folder-foreign', 'refused', message);
  }

  /** This profile made it, and died before it knew. */
  private isPending({ number, list: [first] }: Head): boolean {
    const { pending, lastNumber } = this.request;
    const same = pending !== null && first !== undefined && equalBytes(first.id, pending);
    return same && number === lastNumber + 1;
  }

  /** One that is cut off is nobody's any more, but is not written over unasked. */
  private async head(): Promise<Uint8Array | null> {
    try {
      return await this.files.head();
    } catch (error) {
      if (this.request.whole && isAppError(error, 'backup-damaged')) return null;
      throw error;
    }
  }

  private sizes(): { readonly dataBytes: number; readonly cellsBytes: number } {
    const { data, cells } = this.request;
    return { dataBytes: data.bytes, cellsBytes: cells?.bytes ?? 0 };
  }

  private async body(
    body: BackupBody,
    known: readonly BodyPiece[],
    there: ReadonlySet<string>,
  ): Promise<BodyPiece[]> {
    const made: BodyPiece[] = [];
    for (let n = 0; n < pieces(body.bytes); n++) {
      this.alive();
      const at = n * PIECE_BYTES;
      const bytes = await body.read(at, Math.min(PIECE_BYTES, body.bytes - at));
      const old = known[n];
      const same = await this.request.work(() =>
        old !== undefined && there.has(hex(old.id)) && equalSecret(sumOf(old.key, bytes), old.sum)
          ? old
          : null,
      );
      made.push(same ?? (await this.piece(bytes)));
      this.step();
    }
    return made;
  }

  private async piece(bytes: Uint8Array): Promise<BodyPiece> {
    const ref = this.files.newRef();
    const { sealed, sum } = await this.request.work(() => ({
      sealed: this.files.seal(ref, padded(bytes)),
      sum: sumOf(ref.key, bytes),
    }));
    await this.put(ref.id, sealed);
    this.written += 1;
    return { ...ref, sum };
  }

  /** As many pieces as the step has, those of the list with them. */
  private async fill(
    data: readonly BodyPiece[],
    cells: readonly BodyPiece[],
    old: readonly Uint8Array[],
    there: ReadonlySet<string>,
  ): Promise<List> {
    const held = data.length + cells.length;
    const listOf = (filling: number) => pieces(listBytes({ ...this.sizes(), filling }));
    const target = stepFor(held + listOf(0));
    // The list names the filling, too, so it may itself take more of the step.
    let wanted = target - held;
    while (wanted > 0 && held + wanted + listOf(wanted) > target) wanted -= 1;
    const filling = old.filter((id) => there.has(hex(id))).slice(0, wanted);
    while (filling.length < wanted) {
      this.alive();
      const { id } = this.files.newRef();
      await this.put(id, await this.request.work(() => this.files.filling()));
      filling.push(id);
    }
    return { data, cells, filling };
  }

  private async list(list: List): Promise<PieceRef[]> {
    const bytes = encodeList(list);
    const count = pieces(bytes.length);
    if (count > MAX_LIST_PIECES) {
      throw new AppError('backup-large', 'refused', 'this profile is too large for a backup');
    }
    const refs: PieceRef[] = [];
    for (let n = 0; n < count; n++) {
      this.alive();
      const ref = this.files.newRef();
      const part = padded(bytes.subarray(n * PIECE_BYTES, (n + 1) * PIECE_BYTES));
      await this.put(ref.id, await this.request.work(() => this.files.seal(ref, part)));
      refs.push(ref);
    }
    bytes.fill(0);
    return refs;
  }

  private async put(id: Uint8Array, bytes: Uint8Array): Promise<void> {
    this.made.push(hex(id));
    await this.files.put(id, bytes);
  }

  private step(): void {
    this.done += 1;
    const { dataBytes, cellsBytes } = this.sizes();
    this.request.onProgress(this.done, pieces(dataBytes) + pieces(cellsBytes));
  }

  private alive(): void {
    if (!this.request.signal.aborted) return;
    throw new AppError('backup-ended', 'state', 'the backup was ended; the last one is whole');
  }
}

function sumOf(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return hashKeyed(key, 'backup-sum', KEY_BYTES, padded(bytes));
}

function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length === PIECE_BYTES) return bytes;
  const whole = new Uint8Array(PIECE_BYTES);
  whole.set(bytes);
  return whole;
}

function ahead(): AppError {
  const message =
    'a later backup than this profile has made is there: another daemon of it writes there, or this one was set back';
  return new AppError('backup-ahead', 'refused', message);
}
