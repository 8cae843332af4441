/**
 * Ids of contacts, messages and dead letters. Those of meetings that failed are deleted, but their ids stand in
 * the event log, in windows and in answers under way: none is ever given again.
 */
import { fromUtf8, utf8 } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { num } from './rows.ts';
import { readSetting, writeSetting } from './settings.ts';

const SETTING = {
  contacts: 'last-contact',
  messages: 'last-message',
  dead_letters: 'last-letter',
} as const;
type Numbered = keyof typeof SETTING;

/** The id of a new row. In the transaction that inserts it. */
export function nextId(store: ProfileStore, table: Numbered): number {
  return Math.max(highest(store, table), retired(store, table)) + 1;
}

/** Before rows are deleted. In the same transaction. */
export function retireIds(store: ProfileStore): void {
  for (const table of Object.keys(SETTING) as Numbered[]) {
    const last = Math.max(highest(store, table), retired(store, table));
    writeSetting(store, SETTING[table], utf8(String(last)));
  }
}

function highest(store: ProfileStore, table: Numbered): number {
  const row = store.get(`SELECT coalesce(max(id), 0) AS last FROM ${table}`);
  return row === undefined ? 0 : num(row, 'last');
}

function retired(store: ProfileStore, table: Numbered): number {
  const saved = readSetting(store, SETTING[table]);
  return saved === null ? 0 : Number(fromUtf8(saved));
}
