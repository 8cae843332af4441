/**
 * Where a line stands in its conversation (docs/spec/14-content.md, 3): after its parent, else by the
 * writer's clock, never after its arrival. The place depends on what is known and not on the order
 * it became known in; it is saved, so that pages are read by an index.
 */
import type { Millis } from '@tacet/base';
import { SECOND } from '@tacet/base';
import { MAX_MOVED_LINES } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, num } from '../store/rows.ts';

export interface Place {
  readonly at: Millis;
  /** Answers that stand within the same second below what they answer. */
  readonly sub: number;
}

/** Of `messages`: what is no act upon another line. A list of three would be made a table each time. */
export const LINES = 'type <> 2 AND type <> 3 AND type <> 4';

export class Places {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  /** @param at what its writer says, at most the arrival */
  of(contactId: number, parent: Uint8Array | null, at: Millis): Place {
    const own = Math.floor(at / SECOND) * SECOND;
    const above = parent === null ? undefined : this.parent(contactId, parent);
    return above === undefined ? { at: own, sub: 0 } : below(above, own);
  }

  private parent(contactId: number, contentId: Uint8Array): Place | undefined {
    // Both sides may, by malice, have one of that id: the lower one bounds.
    const theirs = this.line(contactId, 'in', contentId);
    const own = this.line(contactId, 'out', contentId);
    if (theirs === undefined || own === undefined) return theirs ?? own;
    const isLower = own.at > theirs.at || (own.at === theirs.at && own.sub > theirs.sub);
    return isLower ? own : theirs;
  }

  private line(contactId: number, direction: string, contentId: Uint8Array): Place | undefined {
    const row = this.store.get(
      `SELECT place_at, place_sub FROM messages
       WHERE contact_id = ? AND direction = ? AND content_id = ? AND ${LINES}`,
      contactId,
      direction,
      contentId,
    );
    return row === undefined ? undefined : placeOf(row);
  }

  /** A line came: what was written below it before moves down where it must. In its transaction. */
  settle(contactId: number, contentId: Uint8Array): void {
    const waiting: Uint8Array[] = [contentId];
    let left = MAX_MOVED_LINES;
    for (let parent = waiting.shift(); parent !== undefined; parent = waiting.shift()) {
      const above = this.parent(contactId, parent);
      if (above === undefined) return;
      const children = this.store.all(
        `SELECT id, content_id, sent_at, place_at, place_sub FROM messages
         WHERE contact_id = ? AND parent = ? AND content_id <> ? AND ${LINES} ORDER BY id LIMIT ?`,
        contactId,
        parent,
        // Parents in a circle are a lie: the line that closed it stays where it is.
        contentId,
        left,
      );
      for (const child of children) {
        const place = below(above, Math.floor(num(child, 'sent_at') / SECOND) * SECOND);
        const had = placeOf(child);
        if (place.at === had.at && place.sub === had.sub) continue;
        if (--left < 0) return;
        this.store.run(
          'UPDATE messages SET place_at = ?, place_sub = ? WHERE id = ?',
          place.at,
          place.sub,
          num(child, 'id'),
        );
        waiting.push(blob(child, 'content_id'));
      }
    }
  }

  /** True when a line that is shown stands below that place. */
  hasBelow(contactId: number, { at, sub }: Place, contentId: Uint8Array): boolean {
    const row = this.store.get(
      `SELECT 1 AS one FROM messages WHERE contact_id = ? AND listed = 1
       AND (place_at, place_sub, content_id) > (?, ?, ?) LIMIT 1`,
      contactId,
      at,
      sub,
      contentId,
    );
    return row !== undefined;
  }
}

function placeOf(row: SqlRow): Place {
  return { at: num(row, 'place_at'), sub: num(row, 'place_sub') };
}

function below(above: Place, own: Millis): Place {
  return own > above.at ? { at: own, sub: 0 } : { at: above.at, sub: above.sub + 1 };
}
