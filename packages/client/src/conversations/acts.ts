/**
 * What reactions, edits and deletes do to lines (docs/spec/14-content.md, 4). An act that comes
 * before its line waits for it; the outcome is the same in any order. Everything here happens in
 * the transaction that saved the act or the line.
 */
import type { Millis } from '@tacet/base';
import { encodeCanonical } from '../content/cbor.ts';
import { contentMap } from '../content/content.ts';
import type { EventLog } from '../events/log.ts';
import { MAX_EDITS, MAX_WAITING_ACTS } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, num, text } from '../store/rows.ts';
import { contentOf, typeOf, WRITTEN } from './contents.ts';
import { LINES } from './places.ts';
import type { Removal } from './removal.ts';

export interface ActsDeps {
  readonly store: ProfileStore;
  readonly events: EventLog;
  readonly removal: Removal;
  /** Whether what a contact deletes is deleted here. */
  readonly obeys: (contactId: number) => boolean;
  /** Kept as a dead letter; nothing else comes of it. */
  readonly refuse: (contactId: number, content: Uint8Array, now: Millis) => void;
}

export class Acts {
  private readonly d: ActsDeps;

  constructor(deps: ActsDeps) {
    this.d = deps;
  }

  /** An act was saved. */
  onAct(id: number, now: Millis): void {
    const act = this.row(id);
    const line = this.line(num(act, 'contact_id'), text(act, 'target_direction'), act);
    if (line === undefined) this.wait(act, now);
    else this.apply(act, line, now);
  }

  /** A line was saved: what waited for it. */
  onLine(id: number, now: Millis): void {
    const line = this.row(id);
    const waiting = this.d.store.all(
      `SELECT * FROM messages WHERE contact_id = ? AND target_id = ? AND target_direction = ?
       AND waiting = 1 ORDER BY ${WRITTEN}, id`,
      num(line, 'contact_id'),
      blob(line, 'content_id'),
      text(line, 'direction'),
    );
    for (const act of waiting) {
      this.d.store.run(
        'UPDATE messages SET waiting = 0, expires_at = NULL WHERE id = ?',
        num(act, 'id'),
      );
      this.apply(act, this.row(id), now);
    }
    if (waiting.length > 0) this.d.removal.changed();
  }

  private row(id: number): SqlRow {
    return this.d.store.get('SELECT * FROM messages WHERE id = ?', id) ?? {};
  }

  private line(contactId: number, direction: string, act: SqlRow): SqlRow | undefined {
    return this.d.store.get(
      `SELECT * FROM messages WHERE contact_id = ? AND direction = ? AND content_id = ? AND ${LINES}`,
      contactId,
      direction,
      blob(act, 'target_id'),
    );
  }

  private wait(act: SqlRow, now: Millis): void {
    const { store, removal } = this.d;
    removal.waits(num(act, 'id'), now);
    for (const row of store.all(
      `SELECT id FROM messages WHERE contact_id = ? AND waiting = 1
       ORDER BY id DESC LIMIT -1 OFFSET ${MAX_WAITING_ACTS}`,
      num(act, 'contact_id'),
    )) {
      removal.dropAct(num(row, 'id'), now);
    }
  }

  private apply(act: SqlRow, line: SqlRow, now: Millis): void {
    const type = typeOf(act);
    if (!mayAct(act, line)) {
      const content = encodeCanonical(contentMap(contentOf(act, (at) => at)));
      this.d.removal.dropAct(num(act, 'id'), now);
      this.d.refuse(num(act, 'contact_id'), content, now);
      return;
    }
    // Of a line that is gone nothing is changed; one that was asked to go and kept goes on.
    const gone = num(line, 'gone') > 0 || (line['deleted_at'] !== null && num(line, 'kept') === 0);
    if (gone) {
      this.d.removal.dropAct(num(act, 'id'), now);
      return;
    }
    if (type === 'reaction') this.react(act, now);
    else if (type === 'edit') this.edit(act, line, now);
    else this.delete(act, line, now);
    this.d.events.append(now, 'message-state', String(num(line, 'id')));
  }

  /** Only the newest of each side is kept. */
  private react(act: SqlRow, now: Millis): void {
    for (const old of this.of(act).slice(1)) this.d.removal.dropAct(num(old, 'id'), now);
  }

  private edit(act: SqlRow, line: SqlRow, now: Millis): void {
    const id = num(line, 'id');
    const { store } = this.d;
    const versions = this.of(act);
    const newest = versions[0] ?? act;
    if (line['first_text'] === null) {
      store.run('UPDATE messages SET first_text = text, first_detail = detail WHERE id = ?', id);
    }
    store.run(
      'UPDATE messages SET text = ?, detail = ?, edited_at = ? WHERE id = ?',
      text(newest, 'text'),
      newest['detail'] ?? null,
      num(newest, 'sent_at'),
      id,
    );
    for (const old of versions.slice(MAX_EDITS)) this.d.removal.dropAct(num(old, 'id'), now);
  }

  private delete(act: SqlRow, line: SqlRow, now: Millis): void {
    const own = text(line, 'direction') === 'out';
    const at = num(act, 'sent_at');
    if (own || this.d.obeys(num(line, 'contact_id'))) {
      this.d.removal.delete(line, at, now);
    } else {
      this.d.store.run(
        'UPDATE messages SET deleted_at = ?, kept = 1 WHERE id = ?',
        at,
        num(line, 'id'),
      );
    }
    // The line says it from now on; an own request is kept while it is under way.
    if (!own) this.d.removal.dropAct(num(act, 'id'), now);
  }

  /** Acts of the same kind by the same side on the same line, newest first. */
  private of(act: SqlRow): readonly SqlRow[] {
    return this.d.store.all(
      `SELECT * FROM messages WHERE contact_id = ? AND target_id = ? AND target_direction = ?
       AND type = ? AND direction = ? AND gone = 0 AND waiting = 0 ORDER BY ${WRITTEN} DESC, id DESC`,
      num(act, 'contact_id'),
      blob(act, 'target_id'),
      text(act, 'target_direction'),
      num(act, 'type'),
      text(act, 'direction'),
    );
  }
}

/** Everybody may react; only its writer changes a line, and only what can be changed. */
export function mayAct(act: SqlRow, line: SqlRow): boolean {
  const type = typeOf(act);
  if (type === 'reaction') return true;
  if (text(act, 'direction') !== text(line, 'direction')) return false;
  const kind = typeOf(line);
  if (type === 'edit') return kind === 'text';
  return kind !== 'timer' && kind !== 'profile';
}
