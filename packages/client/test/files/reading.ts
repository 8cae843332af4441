/** One file that is read over a store and cells in memory, without a network: records are handed in. */
import { DAY, type Millis } from '@tacet/base';
import type { NetworkId } from '@tacet/directory';
import { MemoryCells } from '@tacet/testkit';
import { type Watch, WatchList } from '../../src/boxes/watches.ts';
import { FILE_WATCH, FileReader } from '../../src/files/reader.ts';
import { type FileRow, FileTable } from '../../src/files/table.ts';
import type { FileWord } from '../../src/files/words.ts';
import type { Network } from '../../src/network/network.ts';
import { migratedStore } from '../migrated-store.ts';

export interface ReadFile {
  readonly networkId: Uint8Array;
  readonly secret: Uint8Array;
  readonly size: number;
  readonly tree: Uint8Array;
}

export class Reading {
  now: Millis = 100 * DAY;
  readonly store = migratedStore();
  readonly cells = new MemoryCells();
  readonly table = new FileTable(this.store);
  readonly watches: WatchList;
  readonly reader: FileReader;
  readonly said: Pick<FileWord, 'word' | 'round' | 'ranges'>[] = [];
  /** Boxes asked for without an announcement, and who hears that they are at no home. */
  readonly asked: { readonly watch: Watch; readonly absent: ((now: Millis) => void) | null }[] = [];
  readonly id: number;

  constructor({ networkId, secret, size, tree }: ReadFile, state: 'wanted' | 'offered' = 'wanted') {
    const network = { id: networkId as NetworkId } as Network;
    const ignored = { onAnnounced: () => undefined, onRead: () => undefined };
    this.watches = new WatchList(this.store, () => network, ignored);
    this.reader = new FileReader({
      store: this.store,
      table: this.table,
      watches: this.watches,
      // Asked twice is asked once, as a queue has it.
      ask: (watch, _now, absent) => {
        if (!this.asked.some((one) => one.watch.id === watch.id))
          this.asked.push({ watch, absent });
      },
      erase: () => undefined,
      say: (_file, word) => this.said.push(word),
      transfer: () => false,
      ahead: () => undefined,
      changed: () => undefined,
      alarm: (code) => {
        throw new Error(code);
      },
      kick: () => undefined,
    });
    const key = new Uint8Array(32).fill(4);
    this.id = this.table.add({ direction: 'in', state, size, secret, key, tree }, this.now);
    if (state === 'wanted') this.reader.begin(this.file, this.now);
  }

  get file(): FileRow {
    const file = this.table.get(this.id);
    if (file === null) throw new Error('no file');
    return file;
  }

  /** The box of a part in the file's round, if it is waited for. */
  watch(part: number): Watch | null {
    return this.watches.find(FILE_WATCH, this.id, this.file.round * 2 ** 20 + part);
  }

  /** A digest names its box. */
  announce(part: number): void {
    const watch = this.watch(part);
    if (watch !== null) this.reader.announced(watch);
  }

  /** What an edge returned for it. True when it was the box. */
  offer(part: number, record: Uint8Array): boolean {
    const watch = this.watch(part);
    return watch !== null && this.watches.offer(watch, record, this.now);
  }

  word(word: Pick<FileWord, 'word' | 'round' | 'ranges'>): void {
    const whole = { ...word, author: 'writer', contentId: new Uint8Array(16) } as const;
    this.store.transaction(() => this.reader.onWord(this.file, whole, this.now));
  }

  /** All work on cells. */
  async work(): Promise<void> {
    for (let job = this.reader.nextCellJob(); job !== null; job = this.reader.nextCellJob()) {
      const { commit } = await job.run(this.cells);
      this.store.transaction(() => commit(this.now));
    }
  }

  /** The bytes that are kept. */
  async bytes(): Promise<Uint8Array> {
    const { size, cells } = this.file.geometry;
    const blocks: Uint8Array[] = [];
    for (let block = 0; block < cells; block++) {
      const held = this.table.cellOf(this.id, block);
      if (held === null) throw new Error('no cell');
      blocks.push(await this.cells.read(held.cell, this.table.place(this.file, block)));
    }
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, size));
  }
}
