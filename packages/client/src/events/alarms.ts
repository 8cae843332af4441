/** Alarms of the event log that are still kept, one line for each kind (docs/spec/11-api.md, 5). */
import type { ProfileStore } from '../ports.ts';
import { num, text } from '../store/rows.ts';
import type { AlarmView } from '../views.ts';

/** The kind that came last first. Kinds are codes of our own: nobody outside makes more of them. */
export function alarmsOf(store: ProfileStore): AlarmView[] {
  return store
    .all(
      `SELECT subject, count(*) AS n, min(at) AS first, max(at) AS last FROM events
       WHERE kind = 'alarm' GROUP BY subject ORDER BY max(cursor) DESC`,
    )
    .map((row) => ({
      code: text(row, 'subject'),
      count: num(row, 'n'),
      firstAt: num(row, 'first'),
      lastAt: num(row, 'last'),
    }));
}
