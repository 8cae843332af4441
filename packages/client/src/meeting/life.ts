/** How long an invitation lives (docs/spec/09-meeting.md, 4). */
import { AppError, dayOf, HOUR, type Millis } from '@tacet/base';
import type { SqlRow } from '../ports.ts';
import { num } from '../store/rows.ts';

/** Throws `invitation-life`. @param life null: as long as its boxes live */
export function checkLife(life: Millis | null, most: Millis): void {
  if (life === null || (life >= HOUR && life <= most)) return;
  throw new AppError(
    'invitation-life',
    'usage',
    'an invitation lives from one hour to as long as a box does',
  );
}

/** The day from which answers are ignored: the first one that is wholly after its life. */
export function endsDayOf(row: SqlRow): number {
  return dayOf(num(row, 'expires_at')) + (row['life_ms'] === null ? 0 : 1);
}
