/**
 * Whether a contact still answers (docs/spec/15-trust.md, 7): worked out from what was written and
 * what came back, never guessed. Nobody is called failed for being away.
 */
import { DAY, type Millis } from '@tacet/base';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { num, numOrNull, text } from '../store/rows.ts';
import type { ReachView } from '../views.ts';

/** Without receipt and without a word for so long. */
const SILENT: Millis = 3 * DAY;

export function reachOf(store: ProfileStore, row: SqlRow, now: Millis): ReachView {
  const id = num(row, 'id');
  const open = store.get(
    `SELECT count(*) AS waiting, min(created_at) AS oldest, coalesce(max(posts), 0) AS postings
     FROM ciphertexts WHERE contact_id = ? AND seq > 0`,
    id,
  );
  const waiting = open === undefined ? 0 : num(open, 'waiting');
  return {
    contactId: String(id),
    heardAt: numOrNull(row, 'heard_at'),
    silentSince: silentSince(store, row, now),
    waiting,
    oldest: open === undefined ? null : numOrNull(open, 'oldest'),
    postings: open === undefined ? 0 : num(open, 'postings'),
  };
}

/** The first thing written since they were last heard, once it was stored and is old enough. */
export function silentSince(store: ProfileStore, row: SqlRow, now: Millis): Millis | null {
  if (text(row, 'state') !== 'ready') return null;
  const heard = numOrNull(row, 'heard_at') ?? 0;
  if (heard > now - SILENT) return null;
  // What no edge has taken yet says nothing about them.
  const oldest = store.get(
    `SELECT min(c.created_at) AS at FROM ciphertexts c
     WHERE c.contact_id = ? AND c.seq > 0 AND c.created_at >= ?
       AND (c.posts > 1 OR c.stored_at IS NOT NULL)`,
    num(row, 'id'),
    heard,
  );
  const at = oldest === undefined ? null : numOrNull(oldest, 'at');
  return at === null || at > now - SILENT ? null : at;
}
