/**
 * Words of a new message go into the search index (docs/spec/18-conversations.md, 3). Triggers of the
 * index do the rest: what changes or goes.
 */
import type { ProfileStore } from '../ports.ts';
import { text } from '../store/rows.ts';

/** A row was added to `messages`; one that is not found by words adds nothing. In its transaction. */
export function addToSearch(store: ProfileStore, id: number): void {
  const row = store.get('SELECT text, tags FROM search_source WHERE id = ?', id);
  if (row === undefined) return;
  const sql = 'INSERT INTO search (rowid, text, tags) VALUES (?, ?, ?)';
  store.run(sql, id, text(row, 'text'), text(row, 'tags'));
}
