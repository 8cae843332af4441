/** What both sides of files need: the one that writes parts and the one that reads them. */
import { MINUTE, type Millis } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import type { FileRow, FileTable } from './table.ts';
import type { FileWord } from './words.ts';

/** How long a disk that failed is left alone. */
export const DISK_PAUSE: Millis = MINUTE;

export interface FileSideDeps {
  readonly store: ProfileStore;
  readonly table: FileTable;
  /** A word to the other side. In a transaction. */
  readonly say: (file: FileRow, word: Pick<FileWord, 'word' | 'round' | 'ranges'>) => void;
  /** Something to show changed. In a transaction. */
  readonly changed: (file: FileRow, now: Millis) => void;
  /** The line runs at the rate of Transfer. */
  readonly transfer: () => boolean;
  readonly alarm: (code: string, now: Millis) => void;
  /** Work on cells waits. */
  readonly kick: () => void;
}
