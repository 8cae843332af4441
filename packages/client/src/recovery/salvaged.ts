/**
 * What is done to a profile while it is put together from what was left of a damaged one, before it is one
 * (docs/spec/20-recovery.md, 12), and what its owner is told of that.
 */
import { AppError, DAY, fromUtf8, type Millis } from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { migrate } from '../store/migrate.ts';
import { num, numOrNull, text } from '../store/rows.ts';
import { MIGRATIONS } from '../store/schema.ts';
import { readSetting, type Setting } from '../store/settings.ts';
import { fence } from './restored.ts';

/** Of one table: rows from the store's own pages, rows that a rolling copy alone had, where own ones were lost. */
export interface SalvagedRows {
  readonly name: string;
  readonly own: number;
  readonly copied: number;
  /** Row ids above `after`, up to `upTo`. */
  readonly missing: readonly { readonly after: number | null; readonly upTo: number | null }[];
}

export interface SalvagedView {
  readonly profile: string;
  readonly contacts: number;
  /** Contacts of whom nothing but their conversation is left. */
  readonly unnamed: number;
  readonly messages: number;
  /** Of them, rows that a rolling copy alone had: of its day, and maybe deleted since. */
  readonly messagesCopied: number;
  readonly conversations: readonly {
    readonly name: string;
    readonly messages: number;
    readonly from: Millis | null;
    readonly to: Millis | null;
  }[];
  /** Stretches of time in which messages are lost: at most so many, where that is known. */
  readonly lost: readonly {
    readonly from: Millis | null;
    readonly to: Millis | null;
    readonly atMost: number | null;
  }[];
  /** Other tables that lost rows. */
  readonly tables: readonly string[];
  readonly withFiles: boolean;
}

/** Without these nobody's contacts know who it is. */
const KEYS: readonly Setting[] = ['identity-key', 'signing-seed', 'root-secret', 'key-set-hash'];
/** The adapter's name for what goes with the identity key (`session-libsignal`). */
const IDENTITY_RECORD = 'identity';

/** Tables of a version; null: of this program's. Throws `profile-newer`. */
export function salvageTables(store: ProfileStore, version: number | null): void {
  if (version !== null && version <= MIGRATIONS.length) {
    migrate(store, MIGRATIONS.slice(0, version));
    return;
  }
  if (version === null) migrate(store, MIGRATIONS);
  else {
    const message = 'a newer version of Tacet wrote this profile; update Tacet to salvage it';
    throw new AppError('profile-newer', 'state', message);
  }
}

/** Before what refers to lost rows goes. In a transaction, without triggers. Throws `salvage-keys`. */
export function mendSalvaged(store: ProfileStore): void {
  const record = store.get('SELECT 1 AS one FROM session_records WHERE name = ?', IDENTITY_RECORD);
  if (record === undefined || KEYS.some((name) => readSetting(store, name) === null)) {
    const message =
      'the keys of this profile stood where it is damaged, and no rolling copy has them; only a backup brings it back';
    throw new AppError('salvage-keys', 'storage', message);
  }
  // Conversations outlive what was known of their contact.
  store.run(
    `INSERT INTO contacts (id, name, given_name, trust, state, reason, created_at, touched_at)
     SELECT contact_id, '${LOST_NAME}' || contact_id, '', 'link', 'ended', 'salvaged', min(sent_at), max(sent_at)
     FROM messages WHERE contact_id NOT IN (SELECT id FROM contacts) GROUP BY contact_id`,
  );
  const search = store.get("SELECT 1 AS one FROM sqlite_schema WHERE name = 'search'");
  if (search !== undefined) store.run("INSERT INTO search (search) VALUES ('rebuild')");
}

const LOST_NAME = 'lost-';

/** The fence of a restore, and what came of it all. Throws `profile-newer`. */
export function fenceSalvaged(
  store: ProfileStore,
  tables: readonly SalvagedRows[],
  withCells: boolean,
  now: Millis,
): SalvagedView {
  const rows = (name: string) => tables.find((table) => table.name === name);
  const lacks = (name: string): boolean => (rows(name)?.missing.length ?? 0) > 0;
  // A cell of which nobody knows whose it is helps nobody.
  const withFiles = withCells && !['files', 'file_cells', 'file_parts'].some(lacks);
  const number = numOrNull(store.get('SELECT max(number) AS n FROM backups') ?? {}, 'n') ?? 0;
  fence(store, { number, at: lastUsed(store, now), withFiles }, now);
  const count = (sql: string): number =>
    num(store.get(`SELECT count(*) AS n FROM ${sql}`) ?? {}, 'n');
  return {
    profile: fromUtf8(readSetting(store, 'profile-name') ?? new Uint8Array()),
    contacts: count("contacts WHERE state <> 'self'"),
    unnamed: count("contacts WHERE reason = 'salvaged'"),
    messages: count('messages'),
    messagesCopied: rows('messages')?.copied ?? 0,
    conversations: conversationsOf(store),
    lost: (rows('messages')?.missing ?? []).flatMap((gap) => lostIn(store, gap)),
    tables: tables.filter(({ name }) => name !== 'messages' && lacks(name)).map(({ name }) => name),
    withFiles,
  };
}

/** A moment at which it ran: of the last day it counted packets of, or its last message. */
function lastUsed(store: ProfileStore, now: Millis): Millis {
  const at = (sql: string): number => numOrNull(store.get(sql) ?? {}, 'at') ?? 0;
  const known = Math.max(
    at('SELECT max(day) AS at FROM usage') * DAY,
    at('SELECT max(coalesce(arrived_at, sent_at)) AS at FROM messages'),
  );
  return Math.floor(Math.min(known === 0 ? now : known, now));
}

function conversationsOf(store: ProfileStore): SalvagedView['conversations'] {
  return store
    .all(
      `SELECT c.name, count(m.id) AS messages, min(m.sent_at) AS since, max(m.sent_at) AS upto
       FROM contacts c LEFT JOIN messages m ON m.contact_id = c.id AND m.listed = 1
       GROUP BY c.id ORDER BY c.id`,
    )
    .map((row) => ({
      name: text(row, 'name'),
      messages: num(row, 'messages'),
      from: numOrNull(row, 'since'),
      to: numOrNull(row, 'upto'),
    }));
}

/** None where a copy had all of them. */
function lostIn(
  store: ProfileStore,
  { after, upTo }: SalvagedRows['missing'][number],
): SalvagedView['lost'] {
  const time = (where: string, id: number): number | null => {
    const sql = `SELECT coalesce(arrived_at, sent_at) AS at FROM messages WHERE ${where}`;
    const row = store.get(sql, id);
    return row === undefined ? null : numOrNull(row, 'at');
  };
  const from = after === null ? null : time('id <= ? ORDER BY id DESC LIMIT 1', after);
  const to = upTo === null ? null : time('id > ? ORDER BY id LIMIT 1', upTo);
  if (after === null || upTo === null) return [{ from, to, atMost: null }];
  const here = store.get(
    'SELECT count(*) AS n FROM messages WHERE id > ? AND id <= ?',
    after,
    upTo,
  );
  const atMost = upTo - after - num(here ?? {}, 'n');
  return atMost === 0 ? [] : [{ from, to, atMost }];
}
