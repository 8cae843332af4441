/** What goes to the thread that tests a backup, and what comes back. */
import type { Refusal } from '@tacet/base';
import type { Contents } from '@tacet/client';

export interface ThreadData {
  readonly folder: string;
  /** Of the phrase; wiped by the thread and by who started it. */
  readonly root: Uint8Array;
  /** Where the database is put together, encrypted as it was. */
  readonly path: string;
}

export interface Found extends Contents {
  readonly number: number;
  readonly at: number;
  readonly withFiles: boolean;
  /** Of database and files. */
  readonly bytes: number;
}

export type FromThread =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
