/**
 * Files of conversations (docs/spec/19-files.md): brought in and sent, offered, wanted or not, read back.
 * Rules of writing and reading stand in `writer.ts` and `reader.ts`.
 */
import { AppError, type Millis, type Rng, randomBytes } from '@tacet/base';
import type { PutQueue } from '../boxes/puts.ts';
import type { ReadQueue } from '../boxes/reads.ts';
import type { Tombstones } from '../boxes/tombstones.ts';
import type { WatchList } from '../boxes/watches.ts';
import type { Contacts } from '../contacts/contacts.ts';
import { textBytes } from '../content/cbor.ts';
import type { Envelope } from '../content/envelope.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Messages } from '../conversations/messages.ts';
import type { Talk } from '../conversations/talk.ts';
import type { Levels } from '../levels/levels.ts';
import {
  MAX_FILE_NAME_BYTES,
  MAX_UNFINISHED_BYTES,
  MAX_UNFINISHED_FILES,
  MAX_VOICE_BYTES,
  UNASKED_FILE_BYTES,
} from '../limits.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import { blob, num, rowIdOf } from '../store/rows.ts';
import type { MessageView } from '../views.ts';
import { unreadable as unreadableVoice } from '../voice/errors.ts';
import { AheadReads } from './ahead.ts';
import { type CellJob, CellQueue, cellJob } from './cell-jobs.ts';
import { Consents } from './consents.ts';
import { type FilePreview, fitsLife, previewOf } from './estimate.ts';
import { decodeFacts, encodeFacts, type FileFacts, withoutSecret } from './facts.ts';
import { geometryOf } from './geometry.ts';
import { madeOf } from './made.ts';
import { FILE_WATCH, FileReader } from './reader.ts';
import { diskLow, hasRoom } from './room.ts';
import { type BlockRead, type FileRow, FileTable } from './table.ts';
import { Uploads } from './uploads.ts';
import { fileLine } from './view.ts';
import type { FileWord } from './words.ts';
import { FILE_PUTS, FileWriter } from './writer.ts';

/** Cells overwritten in one piece of work. */
const ERASED_AT_ONCE = 16;

export interface FilesDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly engine: {
    readonly puts: PutQueue;
    readonly watches: WatchList;
    readonly reads: Pick<ReadQueue, 'catchUp' | 'knows' | 'grace'>;
    readonly tombstones: Pick<Tombstones, 'add'>;
    readonly levels: Pick<Levels, 'period' | 'transfer'>;
    readonly conversations: Pick<Conversations, 'table'>;
  };
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly talk: () => Talk;
  readonly network: () => Network | null;
  readonly begin: (now: Millis) => void;
  readonly say: (contactId: number, envelope: Envelope) => void;
  readonly alarm: (code: string, now: Millis) => void;
  /** Bytes left on the disk. */
  readonly room: () => number;
  /** Ratchet work waits. */
  readonly kick: () => void;
}

export interface SendFileRequest {
  readonly contactId: string;
  /** Of `uploads.begin`. */
  readonly upload: number;
  /** Of a picture or voice note the rest is what was found when it was made anew. */
  readonly facts: Pick<FileFacts, 'name' | 'mediaType' | 'kind' | 'peaks'>;
  /** Words beside it; empty: none. */
  readonly text: string;
  readonly clientId: string | null;
  /** The line may show it (docs/spec/17-levels.md, 8). */
  readonly transfer?: boolean;
}

export class Files {
  private readonly d: FilesDeps;
  private readonly table: FileTable;
  readonly uploads: Uploads;
  readonly writer: FileWriter;
  readonly reader: FileReader;
  readonly ahead: AheadReads;
  readonly jobs: CellQueue;
  readonly consents: Consents;
  /** The disk failed to overwrite cells: not again before the next look. */
  private eraseLater = false;

  constructor(deps: FilesDeps) {
    this.d = deps;
    const { store, network, alarm } = deps;
    const { puts, watches, reads, tombstones } = deps.engine;
    this.table = new FileTable(store);
    this.uploads = new Uploads(store, this.table, deps.rng, deps.room);
    this.consents = new Consents(store, this.table);
    const shared = {
      store,
      table: this.table,
      say: (file: FileRow, word: Pick<FileWord, 'word' | 'round' | 'ranges'>) =>
        this.say(file, word),
      changed: (file: FileRow, now: Millis) => this.changed(file, now),
      transfer: () => deps.engine.levels.transfer.on,
      alarm,
      kick: () => this.jobs.kick(),
    };
    this.writer = new FileWriter({ ...shared, puts, network });
    this.ahead = new AheadReads({
      rng: deps.rng,
      network,
      watches,
      transfer: shared.transfer,
      known: (watch) => reads.knows(watch),
    });
    reads.grace = (watch, at) => this.ahead.grace(watch, at);
    puts.copiesLast = shared.transfer;
    this.reader = new FileReader({
      ...shared,
      watches,
      ask: (watch, at, onAbsent, rank) => reads.catchUp(watch, at, onAbsent, rank),
      ahead: (list) => this.ahead.add(list),
      erase: (box, at) => tombstones.add(box, at),
    });
    this.jobs = new CellQueue(store, [
      this.reader,
      this.writer,
      { nextCellJob: () => this.eraser() },
    ]);
  }

  // Sending --------------------------------------------------------------------------------

  /**
   * Saves a file line and answers `queued`. Throws `upload-short`, `upload-unknown`, `file-name`,
   * `picture-as-it-is`, `voice-as-it-is`, `voice-peaks`.
   */
  send(request: SendFileRequest, now: Millis): MessageView {
    const { name } = request.facts;
    if (name === '' || textBytes(name) > MAX_FILE_NAME_BYTES) {
      throw new AppError('file-name', 'usage', 'the name of a file has 1 to 255 bytes');
    }
    const again = this.sentBefore(request, now);
    if (again !== null) {
      this.uploads.cancel(request.upload);
      return again;
    }
    const made = madeOf(request, this.uploads);
    const loaded = this.uploads.loaded(request.upload);
    this.checkTime(loaded.size, now);
    if (request.transfer === true) this.checkTransfer();
    const { id, secret, size, tree } = loaded;
    const facts: FileFacts = { ...request.facts, ...made, secret, size, tree };
    const view = this.d.talk().sendFile(
      {
        ...request,
        file: encodeFacts(facts),
        shown: fileLine(facts),
        saved: (messageId) => {
          const row = this.d.messages.row(messageId);
          const contactId = num(row, 'contact_id');
          this.table.belongs(id, {
            messageId,
            contactId,
            contentId: blob(row, 'content_id'),
            tree,
          });
          const state = size <= UNASKED_FILE_BYTES ? 'writing' : 'offered';
          this.table.change(id, { state }, now);
          if (request.transfer === true) this.consents.give(id, now);
        },
      },
      now,
    );
    this.uploads.close(request.upload);
    this.writer.look();
    return view;
  }

  /** What the first call with this client id sent; null: nothing yet. Throws `client-id-used`. */
  sentBefore(
    request: { readonly clientId: string | null; readonly contactId: string },
    now: Millis,
  ): MessageView | null {
    return this.d.talk().sentBefore(request, now);
  }

  /**
   * How long a file of so many bytes would be under way, and what Transfer would cost and show.
   * Throws `file-size`, `file-rhythm`.
   */
  preview(size: number, now: Millis): FilePreview {
    this.d.begin(now);
    const geometry = geometryOf(size);
    const parameters = this.d.network()?.current(now)?.parameters;
    if (parameters !== undefined) {
      return previewOf(geometry, this.d.engine.levels.period(parameters, now), parameters);
    }
    throw new AppError('file-rhythm', 'state', 'the rhythm of the network is not known yet');
  }

  /** Throws `transfer-absent`. */
  private checkTransfer(): void {
    if (this.d.engine.levels.transfer.possible) return;
    throw new AppError('transfer-absent', 'refused', 'this network has no rate for Transfer');
  }

  /** No more parts of an own file are written. Throws `file-unknown`, `file-over`. */
  withdraw(messageId: string, now: Millis): void {
    this.d.begin(now);
    const file = this.open(messageId, 'out');
    this.d.store.transaction(() => {
      this.say(file, { word: 'withdrawn', round: file.round, ranges: [] });
      this.writer.end(file.id, 'withdrawn', null, now);
    });
    this.d.kick();
  }

  // Receiving ------------------------------------------------------------------------------

  /** A content that is a file came. In that transaction. */
  offered(messageId: number, bytes: Uint8Array, now: Millis): void {
    const row = this.d.messages.row(messageId);
    const { secret, size, tree } = decodeFacts(bytes);
    if (secret === null) return;
    const contactId = num(row, 'contact_id');
    const { fetchBytes } = this.d.engine.conversations.table.of(contactId).settings;
    const taken = size <= fetchBytes && this.refusal(contactId, size) === null;
    const state = taken ? 'wanted' : 'offered';
    const key = randomBytes(this.d.rng, 32);
    const id = this.table.add({ direction: 'in', state, size, secret, key, tree }, now);
    this.table.belongs(id, { messageId, contactId, contentId: blob(row, 'content_id'), tree });
    const file = this.table.get(id);
    if (!taken || file === null) return;
    // What is larger is not written before it is asked for.
    if (size > UNASKED_FILE_BYTES) this.say(file, { word: 'wanted', round: 0, ranges: [] });
    this.reader.begin(file, now);
  }

  /**
   * @param transfer the line may show it (docs/spec/17-levels.md, 8); for a file that is wanted already, too
   * Throws `file-unknown`, `file-over`, `file-room`, `disk-low`, `transfer-absent`.
   */
  want(messageId: string, transfer: boolean, now: Millis): void {
    this.d.begin(now);
    const file = this.open(messageId, 'in');
    if (transfer) this.checkTransfer();
    if (file.state === 'wanted') {
      if (transfer) this.d.store.transaction(() => this.consents.give(file.id, now));
      return;
    }
    const refusal = this.refusal(file.contactId ?? 0, file.geometry.size);
    if (refusal !== null) throw refusal;
    this.d.store.transaction(() => {
      this.table.change(file.id, { state: 'wanted' }, now);
      this.say(file, { word: 'wanted', round: 0, ranges: [] });
      this.changed({ ...file, state: 'wanted' }, now);
      this.reader.begin({ ...file, state: 'wanted' }, now);
      if (transfer) this.consents.give(file.id, now);
    });
    this.d.kick();
  }

  /** Throws `file-unknown`, `file-over`. */
  decline(messageId: string, now: Millis): void {
    this.d.begin(now);
    const file = this.open(messageId, 'in');
    this.d.store.transaction(() => {
      this.say(file, { word: 'not-wanted', round: file.round, ranges: [] });
      this.reader.end(file.id, 'declined', null, now);
    });
    this.d.kick();
  }

  /** What cannot arrive before its boxes expire is refused before anything is sent. */
  private checkTime(size: number, now: Millis): void {
    const parameters = this.d.network()?.current(now)?.parameters;
    if (parameters === undefined || fitsLife(geometryOf(size), parameters)) return;
    throw new AppError(
      'file-too-slow',
      'refused',
      'at the rhythm of this network the file would still be under way when its first boxes end',
    );
  }

  /** Why a file of this contact is not fetched now; null: it may be. */
  private refusal(contactId: number, size: number): AppError | null {
    const row = this.d.store.get(
      `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM files
       WHERE contact_id = ? AND direction = 'in' AND state = 'wanted'`,
      contactId,
    );
    const full = row === undefined || num(row, 'files') >= MAX_UNFINISHED_FILES;
    if (full || num(row, 'bytes') + size > MAX_UNFINISHED_BYTES) {
      const message = 'too many files of this contact, or too large ones, are being fetched';
      return new AppError('file-room', 'state', message);
    }
    return hasRoom(this.d.room(), size) ? null : diskLow();
  }

  /** Of a blocked contact nothing is written or read; when the block ends it begins anew. In a transaction. */
  pause(contactId: number, paused: boolean, now: Millis): void {
    for (const file of this.table.inState('writing', 'wanted')) {
      if (file.contactId !== contactId) continue;
      if (paused) {
        this.d.engine.puts.cancel(FILE_PUTS, file.id);
        this.d.engine.watches.cancel(FILE_WATCH, file.id);
      } else if (file.direction === 'out') {
        this.table.change(file.id, { next: 0, done: 0 }, now);
        this.writer.look();
      } else {
        this.table.change(file.id, { next: 0 }, now);
        this.reader.begin({ ...file, next: 0 }, now);
      }
    }
  }

  /** Words of a contact about files of both. In the transaction of their envelope. */
  onWords(contactId: number, words: readonly FileWord[], now: Millis): void {
    for (const word of words) {
      const direction = word.author === 'writer' ? 'in' : 'out';
      const file = this.table.ofContent(contactId, direction, word.contentId);
      if (file === null) continue;
      if (direction === 'in') this.reader.onWord(file, word, now);
      else this.writer.onWord(file, word, now);
    }
  }

  // Bytes ----------------------------------------------------------------------------------

  /**
   * Where a block of a file that is all here stands, own ones too.
   * Throws `file-unknown`, `file-incomplete`.
   */
  block(messageId: string, block: number): BlockRead {
    const file = this.file(messageId);
    const whole = file.direction === 'out' || file.state === 'here';
    const read = whole ? this.table.readOf(file, block) : null;
    if (read !== null) return read;
    throw new AppError('file-incomplete', 'state', 'not all bytes of this file are here');
  }

  /**
   * Where the bytes of a voice note stand, in order, and the duration its content says.
   * Throws `file-unknown`, `file-incomplete`; `voice-unreadable` for what is none by kind or size.
   */
  voice(messageId: string): { readonly blocks: BlockRead[]; readonly duration: Millis | null } {
    const { geometry } = this.file(messageId);
    const detail = decodeFacts(blob(this.d.messages.row(rowIdOf(messageId)), 'detail'));
    if (detail.kind !== 'voice' || geometry.size > MAX_VOICE_BYTES) throw unreadableVoice();
    const blocks = Array.from({ length: geometry.blocks }, (_, n) => this.block(messageId, n));
    return { blocks, duration: detail.duration ?? null };
  }

  // Machine --------------------------------------------------------------------------------

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.consents.setBack(by);
  }

  nextJob(now: Millis): CellJob | null {
    return this.jobs.next(now);
  }

  /** Now and then: what was removed leaves boxes and cells. */
  tend(now: Millis): void {
    this.reader.advance(now);
    this.writer.look();
    this.eraseLater = false;
    for (const id of this.d.engine.puts.refs(FILE_PUTS)) {
      if (this.table.get(id) === null) {
        this.d.store.transaction(() => this.d.engine.puts.cancel(FILE_PUTS, id));
      }
    }
    for (const id of this.d.engine.watches.refs(FILE_WATCH)) {
      if (this.table.get(id) === null) {
        this.d.store.transaction(() => this.d.engine.watches.cancel(FILE_WATCH, id));
      }
    }
    this.jobs.kick();
  }

  /** Cells of files that are gone are overwritten before they are used again. */
  private eraser(): CellJob | null {
    const cells = this.eraseLater ? [] : this.table.freed(ERASED_AT_ONCE);
    if (cells.length === 0) return null;
    return cellJob({
      run: (disk) => disk.erase(cells),
      commit: () => this.table.overwritten(cells),
      fail: (_error, now) => {
        this.eraseLater = true;
        this.d.alarm('profile-storage-failed', now);
      },
    });
  }

  private say(file: FileRow, word: Pick<FileWord, 'word' | 'round' | 'ranges'>): void {
    const { contactId, contentId, direction } = file;
    if (contactId === null || contentId === null) return;
    const author = direction === 'out' ? 'writer' : 'reader';
    this.d.say(contactId, { fileWords: [{ ...word, author, contentId }] });
    this.d.kick();
  }

  /** A file that is done keeps no secret, its line neither. */
  private changed(file: FileRow, now: Millis): void {
    const { messageId, secret } = file;
    if (messageId === null) return;
    if (secret === null) {
      const detail = this.d.messages.row(messageId)['detail'];
      if (detail instanceof Uint8Array) this.d.messages.setDetail(messageId, withoutSecret(detail));
    }
    this.d.messages.fileMoved(messageId, now);
  }

  private file(messageId: string): FileRow {
    const file = this.table.ofMessage(rowIdOf(messageId));
    if (file !== null) return file;
    throw new AppError('file-unknown', 'missing', 'this message has no file, or it is gone');
  }

  private open(messageId: string, direction: 'in' | 'out'): FileRow {
    const file = this.file(messageId);
    if (file.direction === direction && file.secret !== null) return file;
    throw new AppError('file-over', 'state', 'nothing of this file is under way');
  }
}
