/** Names of dead letters: which table, which row. */
import type { ProfileStore } from '../ports.ts';
import { num, rowIdOf } from '../store/rows.ts';

export interface LetterRef {
  /** Out: a row of `messages`. In: one of `dead_letters`. */
  readonly direction: 'out' | 'in';
  readonly rowId: number;
}

/** Null for what names none. */
export function letterRef(id: string): LetterRef | null {
  const [, direction, number] = /^(out|in)-(.+)$/.exec(id) ?? [];
  if (direction === undefined || number === undefined) return null;
  return { direction: direction === 'out' ? 'out' : 'in', rowId: rowIdOf(number) };
}

/** Whose it is; null where there is none. */
export function letterContact(store: ProfileStore, id: string): number | null {
  const ref = letterRef(id);
  if (ref === null) return null;
  const table = ref.direction === 'out' ? 'messages' : 'dead_letters';
  const row = store.get(`SELECT contact_id FROM ${table} WHERE id = ?`, ref.rowId);
  return row === undefined ? null : num(row, 'contact_id');
}
