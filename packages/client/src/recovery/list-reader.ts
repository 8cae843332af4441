/**
 * Reads the contact list under the recovery phrase after a restore (docs/spec/20-recovery.md, 11), before
 * anything is said: who was met after the backup, and roots that are newer than its.
 */
import { DAY, HOUR, isAppError, type Millis } from '@tacet/base';
import type { Watch, WatchList, WatchOwner } from '../boxes/watches.ts';
import type { Contacts } from '../contacts/contacts.ts';
import type { Identities } from '../identities/identities.ts';
import { MAX_LIST_BOXES } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { blob, num, text } from '../store/rows.ts';
import type { CatchUp } from '../streams/recovery.ts';
import {
  decodeList,
  type ListEntry,
  type ListPage,
  listBox,
  listPeriodOf,
  listRoot,
} from './list-boxes.ts';

/** Boxes asked for beyond the last that was found. */
const AHEAD = 5;
/** An edge that does not answer must not keep a profile silent. */
const PATIENCE: Millis = HOUR;

export interface ListReaderDeps {
  readonly store: ProfileStore;
  readonly watches: WatchList;
  readonly contacts: Contacts;
  readonly identities: Identities;
  readonly catchUp: CatchUp;
}

export class ListReader implements WatchOwner {
  private readonly d: ListReaderDeps;
  /** Null: not begun since the program started. */
  private since: Millis | null = null;
  private readonly asked = new Set<number>();
  /** The highest counter that was read. */
  counter = 0;

  constructor(deps: ListReaderDeps) {
    this.d = deps;
    deps.watches.register('list', this);
  }

  /** At every turn, until it is true: all that can be known is here. */
  advance(lifeDays: number, now: Millis): boolean {
    const row = this.d.store.get('SELECT root FROM backups');
    if (row === undefined) return true;
    if (this.since === null) {
      this.since = now;
      const root = listRoot(blob(row, 'root'));
      const first = listPeriodOf(now - lifeDays * DAY, lifeDays);
      this.d.store.transaction(() => {
        for (let period = listPeriodOf(now, lifeDays); period >= first; period--) {
          this.ask(root, period, 0, now);
        }
      });
    }
    return this.asked.size === 0 || Math.abs(now - this.since) > PATIENCE;
  }

  /** In a transaction. */
  private ask(root: Uint8Array, period: number, from: number, now: Millis): void {
    for (let index = from; index < Math.min(from + AHEAD, MAX_LIST_BOXES); index++) {
      const box = listBox(root, period, index);
      const at = period * MAX_LIST_BOXES + index;
      const watch = this.d.watches.at(box.mark) ?? this.d.watches.add('list', 0, at, box, now);
      if (this.asked.has(watch.id)) continue;
      this.asked.add(watch.id);
      this.d.catchUp(watch, now, () => this.asked.delete(watch.id));
    }
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: unknown, now: Millis): void {
    this.asked.delete(watch.id);
    const row = this.d.store.get('SELECT root FROM backups');
    if (row === undefined) return;
    const [period, index] = [
      Math.floor(watch.index / MAX_LIST_BOXES),
      watch.index % MAX_LIST_BOXES,
    ];
    if (this.since !== null) this.ask(listRoot(blob(row, 'root')), period, index + 1, now);
    let page: ListPage;
    try {
      page = decodeList(plaintext);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      return;
    }
    this.counter = Math.max(this.counter, page.counter);
    for (const entry of page.entries) this.take(entry, now);
  }

  /** In a transaction. */
  private take(entry: ListEntry, now: Millis): void {
    const { store } = this.d;
    const identity = this.d.identities.withKeys(entry.own);
    // Met under an identity that was made after the backup: its keys are gone.
    if (identity === undefined) return;
    const known = store.get(
      "SELECT id, state FROM contacts WHERE key_set_hash = ? AND state <> 'ended' ORDER BY id DESC",
      entry.keySetHash,
    );
    const id = known === undefined ? this.create(entry, identity, now) : num(known, 'id');
    if (id === null) return;
    // Being met when the backup was made.
    if (known !== undefined && text(known, 'state') === 'meeting') this.met(id, entry, now);
    store.run(
      `INSERT INTO own_roots (contact_id, root, own_at, listed) VALUES (?, ?, ?, 1)
       ON CONFLICT (contact_id) DO UPDATE SET root = iif(excluded.own_at > own_at, excluded.root, root),
         own_at = max(own_at, excluded.own_at), listed = 1`,
      id,
      entry.root,
      entry.since,
    );
    const blocked = entry.blocked ? Math.floor(now) : null;
    store.run(
      'UPDATE contacts SET blocked_at = ? WHERE id = ? AND blocked_at IS NULL',
      blocked,
      id,
    );
  }

  private create(entry: ListEntry, identity: number | null, now: Millis): number | null {
    const { contacts } = this.d;
    if (contacts.full) return null;
    const id = contacts.create(entry.name, entry.name, now);
    this.d.identities.give(id, identity);
    this.met(id, entry, now);
    return id;
  }

  private met(id: number, entry: ListEntry, now: Millis): void {
    this.d.store.run(
      'UPDATE contacts SET identity_key = ?, key_set_hash = ?, ed25519 = ? WHERE id = ?',
      entry.identityKey,
      entry.keySetHash,
      entry.ed25519,
      id,
    );
    this.d.contacts.step(id, 'ready', now);
  }

  /** Nothing more is waited for. In a transaction. */
  end(): void {
    this.asked.clear();
    this.d.watches.cancel('list', 0);
  }
}
