/**
 * The roots under which contacts would say that they were restored (docs/spec/20-recovery.md, 8 and 9):
 * the newest of each, and those it replaced in the last 60 days, which a backup of theirs may hold; and
 * the boxes in which they would say it.
 */
import { DAY, type Millis } from '@tacet/base';
import type { Watch, WatchList } from '../boxes/watches.ts';
import { MAX_RECOVERY_ROOTS } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, num } from '../store/rows.ts';
import type { CatchUp } from '../streams/recovery.ts';
import { periodOf, statementBox, TURNS } from './boxes.ts';
import { firstRoot } from './own-roots.ts';

/** A root that was replaced so long ago is forgotten. */
export const ROOT_LASTS: Millis = 60 * DAY;
/** Owner of the boxes. */
export const STATEMENTS_OF = 'recovery';
/** Periods asked for after an absence: statements are posted again within four. */
const ASKED = 6;
/** Digests that were missed for less leave the next posting to be seen. */
const ABSENT: Millis = DAY;
/** Turns that are waited for beyond the next one. */
const LOOK = 1;
/** Behind beacons. */
const RANK = 800;

export class TheirRoots {
  private readonly store: ProfileStore;
  private readonly watches: WatchList;
  private readonly catchUp: CatchUp;

  constructor(store: ProfileStore, watches: WatchList, catchUp: CatchUp) {
    this.store = store;
    this.watches = watches;
    this.catchUp = catchUp;
  }

  /** With the stream of this contact. In a transaction. @param root of that stream */
  begin(contactId: number, root: Uint8Array, now: Millis): void {
    this.add(contactId, firstRoot(root), now);
  }

  /** They told this root. In a transaction. */
  add(contactId: number, root: Uint8Array, now: Millis): void {
    const sql = 'INSERT INTO their_roots (contact_id, root) VALUES (?, ?) ON CONFLICT DO NOTHING';
    const { changes, rowId } = this.store.run(sql, contactId, root);
    if (changes === 0) return;
    this.store.run(
      'UPDATE their_roots SET replaced_at = ? WHERE contact_id = ? AND id < ? AND replaced_at IS NULL',
      Math.floor(now),
      contactId,
      rowId,
    );
    // Who tells many has the last of them.
    const rows = this.store.all(
      'SELECT id FROM their_roots WHERE contact_id = ? ORDER BY id DESC',
      contactId,
    );
    for (const row of rows.slice(MAX_RECOVERY_ROOTS)) this.forget(num(row, 'id'));
    this.watch(now);
  }

  /** Whose root it is; null: forgotten since. */
  find(id: number): { readonly contactId: number; readonly root: Uint8Array } | null {
    const row = this.store.get('SELECT contact_id, root FROM their_roots WHERE id = ?', id);
    return row === undefined
      ? null
      : { contactId: num(row, 'contact_id'), root: blob(row, 'root') };
  }

  /** Hourly. */
  tend(now: Millis): void {
    const old = this.store.all(
      'SELECT id FROM their_roots WHERE replaced_at <= ?',
      Math.floor(now - ROOT_LASTS),
    );
    const most = periodOf(now) + 2;
    const due = this.store.get('SELECT 1 AS one FROM their_roots WHERE watched <> ? LIMIT 1', most);
    if (old.length === 0 && due === undefined) return;
    this.store.transaction(() => {
      for (const row of old) this.forget(num(row, 'id'));
      this.watch(now);
      // Of contacts that are gone with their roots.
      for (const ref of this.watches.refs(STATEMENTS_OF)) {
        if (this.find(ref) === null) this.watches.cancel(STATEMENTS_OF, ref);
      }
    });
  }

  /** The boxes of this period, of the one before and of the next. In a transaction. */
  private watch(now: Millis): void {
    const [first, end] = [periodOf(now) - 1, periodOf(now) + 2];
    const rows = this.store.all(
      'SELECT id, root, watched FROM their_roots WHERE watched <> ?',
      end,
    );
    for (const row of rows) {
      const id = num(row, 'id');
      // Beyond the end: by a clock that was set back since.
      const watched = num(row, 'watched');
      for (let period = watched > end ? first : Math.max(first, watched); period < end; period++) {
        // An edge may call an empty box taken: the writer is at the next one then.
        for (let turn = 0; turn <= LOOK; turn++) this.waitFor(row, period, turn, now);
      }
      const others = [
        ...this.watches.range(STATEMENTS_OF, id, 0, first * TURNS),
        ...this.watches.range(STATEMENTS_OF, id, end * TURNS, Number.MAX_SAFE_INTEGER),
      ];
      for (const watch of others) this.watches.remove(watch);
      this.store.run('UPDATE their_roots SET watched = ? WHERE id = ?', end, id);
    }
  }

  /** @param row with `id` and `root` */
  private waitFor(row: SqlRow, period: number, turn: number, now: Millis): Watch {
    const id = num(row, 'id');
    const box = statementBox(blob(row, 'root'), period, turn);
    return (
      this.watches.at(box.mark) ??
      this.watches.add(STATEMENTS_OF, id, period * TURNS + turn, box, now)
    );
  }

  /** A box was read: the next ones of its period may be filled, too. In a transaction. */
  after({ ref, index }: Watch, now: Millis): void {
    const row = this.store.get('SELECT id, root FROM their_roots WHERE id = ?', ref);
    if (row === undefined) return;
    const [period, turn] = [Math.floor(index / TURNS), index % TURNS];
    for (let next = turn + 1; next <= Math.min(turn + 1 + LOOK, TURNS - 1); next++) {
      this.waitFor(row, period, next, now);
    }
  }

  /** Digests of so long were missed. */
  ask(since: Millis, now: Millis): void {
    if (now - since < ABSENT) return;
    this.store.transaction(() => {
      const first = Math.max(periodOf(since), periodOf(now) - ASKED + 1);
      for (const row of this.store.all('SELECT id, root FROM their_roots ORDER BY id')) {
        for (let period = first; period <= periodOf(now); period++) {
          this.catchUp(this.waitFor(row, period, 0, now), now, null, RANK);
        }
      }
    });
  }

  /** The contact goes. In a transaction. */
  drop(contactId: number): void {
    const sql = 'SELECT id FROM their_roots WHERE contact_id = ?';
    for (const row of this.store.all(sql, contactId)) this.forget(num(row, 'id'));
  }

  private forget(id: number): void {
    this.watches.cancel(STATEMENTS_OF, id);
    this.store.run('DELETE FROM their_roots WHERE id = ?', id);
  }
}
